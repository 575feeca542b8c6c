/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/hypervisor/ports.h"

#define PIPE_SIZE_MAX (1024 * 1024)

static int release(struct handle *handle)
{
	ports_forget_handle(handle->machine, handle);
	handle->machine->handle[sim_handle_slot(handle->id)] = NULL;
	talloc_free(handle->watch);
	close(handle->writer);
	return 0;
}

bool handle_reap(struct handle *handle)
{
	struct pollfd fd = { .fd = handle->writer };

	if (poll(&fd, 1, 0) != 1 || !(fd.revents & POLLERR))
		return false;

	talloc_free(handle);
	return true;
}

static void readers_are_gone(void *arg, unsigned int ready)
{
	(void)ready;
	handle_reap(arg);
}

/* Slots are used in turn, so that a number comes back as late as possible. */
static int take_slot(struct machine *machine, struct handle *handle)
{
	for (uint32_t i = 0; i < SIM_HANDLES; i++) {
		uint32_t id = ++machine->next_handle;
		struct handle **slot = &machine->handle[sim_handle_slot(id)];

		if (!id || *slot)
			continue;

		handle->id = id;
		*slot = handle;
		if (sim_handle_slot(id) >= machine->handles_end)
			machine->handles_end = sim_handle_slot(id) + 1;
		return 0;
	}

	return -ENFILE;
}

/* How many ports fit: half of the pipe is for the numbers of ports that were
 * closed meanwhile. */
static uint32_t room_for_ports(const struct handle *handle)
{
	int size = fcntl(handle->writer, F_GETPIPE_SZ);

	return size < 0 ? 0 : (uint32_t)size / sizeof(uint32_t) / 2;
}

/* The watch is for reading: a pipe's write end is never that, but it reports
 * the error that nobody reads. */
static int open_pipe(struct handle *handle, int *reader)
{
	CLEANUP(cleanup_fd) int read_end = -1;
	CLEANUP(cleanup_fd) int write_end = -1;
	struct stat st;
	int fds[2];
	int r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	read_end = fds[0];
	write_end = fds[1];

	if (fstat(read_end, &st) < 0 ||
	    fcntl(write_end, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r = loop_fd_new(handle, handle->machine->loop, write_end, LOOP_READ,
			readers_are_gone, handle, &handle->watch);
	if (r < 0)
		return r;

	handle->dev = st.st_dev;
	handle->ino = st.st_ino;
	handle->writer = take_fd(write_end);
	handle->max_ports = room_for_ports(handle);
	*reader = take_fd(read_end);
	return 0;
}

int handle_open(struct machine *machine, enum sim_handle_kind kind,
		struct handle **result, int *reader)
{
	CLEANUP(cleanup_talloc)
	struct handle *handle = talloc_zero(machine, struct handle);
	int r;

	if (!handle)
		return -ENOMEM;

	handle->machine = machine;
	handle->kind = kind;
	handle->writer = -1;
	list_init(&handle->ports);
	list_init(&handle->mappings);
	r = take_slot(machine, handle);
	if (r < 0)
		return r;
	r = open_pipe(handle, reader);
	if (r < 0) {
		machine->handle[sim_handle_slot(handle->id)] = NULL;
		return r;
	}

	talloc_set_destructor(handle, release);
	*result = take_ptr(handle);
	return 0;
}

struct handle *handle_find(const struct machine *machine, uint32_t id)
{
	struct handle *handle = machine->handle[sim_handle_slot(id)];

	return handle && handle->id == id ? handle : NULL;
}

struct handle *handle_find_pipe(const struct machine *machine, dev_t dev,
				ino_t ino)
{
	for (uint32_t i = 0; i < machine->handles_end; i++) {
		struct handle *handle = machine->handle[i];

		if (handle && handle->dev == dev && handle->ino == ino)
			return handle;
	}

	return NULL;
}

int handle_add_port(struct handle *handle, struct list *link)
{
	if (handle->n_ports == handle->max_ports) {
		fcntl(handle->writer, F_SETPIPE_SZ, PIPE_SIZE_MAX);
		handle->max_ports = room_for_ports(handle);
	}
	if (handle->n_ports == handle->max_ports)
		return -ENOSPC;

	list_add(&handle->ports, link);
	handle->n_ports++;
	return 0;
}

void handle_remove_port(struct handle *handle, struct list *link)
{
	list_remove(link);
	handle->n_ports--;
}

void handle_write(struct handle *handle, uint32_t port)
{
	if (write(handle->writer, &port, sizeof(port)) < 0)
		log_debug(handle->machine->log, "port %u: %m", port);
}
