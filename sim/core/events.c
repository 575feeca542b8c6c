/* SPDX-License-Identifier: MIT */

#include "sim/common/events.h"

#include <errno.h>
#include <unistd.h>

#include "sim/core/core.h"

/* The descriptors to write to others' handles, each in its handle's slot.  The
 * lock keeps a descriptor open while it is written to. */
static struct writer {
	uint32_t handle;
	int fd;
} writers[SIM_HANDLES];

static void forget(struct writer *writer)
{
	if (writer->handle)
		close(writer->fd);
	writer->handle = 0;
}

/* The writer of @handle, or NULL if that is gone. */
static struct writer *find_writer(uint32_t handle)
{
	struct writer *writer = &writers[sim_handle_slot(handle)];
	struct sim_msg msg = { .op = SIM_WRITER, .handle = handle };
	struct sim_extra extra = { .n_fds = 1 };
	int fd;

	if (writer->handle == handle)
		return writer;

	extra.fd = &fd;
	if (sim_call(&msg, &extra) < 0)
		return NULL;

	forget(writer);
	writer->handle = handle;
	writer->fd = fd;
	return writer;
}

/* Whether there still is somebody to be told. */
static bool write_number(uint32_t handle, uint32_t port)
{
	struct writer *writer = find_writer(handle);

	if (!writer)
		return false;
	if (write(writer->fd, &port, sizeof(port)) == sizeof(port))
		return true;

	if (errno == EPIPE)
		forget(writer);
	return false;
}

static void deliver(struct sim_tables *tables, uint32_t port)
{
	struct sim_port *row = &tables->port[port];
	uint32_t handle = __atomic_load_n(&row->handle, __ATOMIC_ACQUIRE);
	bool delivered;

	if (!handle)
		return;

	sim_lock();
	delivered = write_number(handle, port);
	sim_unlock();
	if (delivered)
		sim_count(tables, row->domid, SIM_COUNT_EVENT, 1);
}

void sim_meet(uint32_t handle)
{
	if (!handle)
		return;

	sim_lock();
	find_writer(handle);
	sim_unlock();
}

static struct sim_port *own_port(const struct sim_handle *handle,
				 struct sim_tables *tables, uint32_t port)
{
	if (!tables || port >= SIM_PORTS ||
	    tables->port[port].handle != handle->id)
		return NULL;

	return &tables->port[port];
}

int sim_notify(const struct sim_handle *handle, uint32_t port)
{
	struct sim_tables *tables = sim_tables();
	struct sim_port *own = own_port(handle, tables, port);
	uint32_t remote;

	if (!own)
		return -ENOTCONN;

	sim_count(tables, own->domid, SIM_COUNT_NOTIFY, 1);
	__atomic_fetch_add(&own->n_notified, 1, __ATOMIC_RELAXED);
	remote = __atomic_load_n(&own->remote, __ATOMIC_ACQUIRE);
	if (own->type == SIM_PORT_INTERDOMAIN && remote < SIM_PORTS &&
	    sim_port_raise(&tables->port[remote].state))
		deliver(tables, remote);
	return 0;
}

/* As with Linux' driver, it is no error if the port went away meanwhile. */
int sim_unmask(const struct sim_handle *handle, uint32_t port)
{
	struct sim_tables *tables = sim_tables();
	struct sim_port *own = own_port(handle, tables, port);

	if (own && sim_port_unmask(&own->state))
		deliver(tables, port);
	return 0;
}
