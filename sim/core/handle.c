/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/areas.h"
#include "sim/core/core.h"

/* A notification that comes too late goes to a pipe without readers.  Nobody
 * who uses event channels means to die of that. */
static void survive_late_notifications(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 &&
	    action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

int sim_handle_open(enum sim_handle_kind kind, bool cloexec,
		    struct sim_handle *handle)
{
	struct sim_msg msg = { .op = SIM_OPEN, .arg = { kind } };
	struct sim_extra extra = { .fd = &handle->fd, .n_fds = 1 };
	int r;

	r = sim_call(&msg, &extra);
	if (r < 0)
		return r;

	if (!cloexec)
		fcntl(handle->fd, F_SETFD, 0);
	handle->id = msg.handle;
	if (kind != SIM_EVTCHN)
		return 0;

	survive_late_notifications();
	sim_meet(handle->id);
	return 0;
}

/* The ports of the handle may be notified and unmasked at once, without
 * anything that a sandbox might deny. */
static void meet_all(const struct sim_handle *handle)
{
	struct sim_tables *tables = sim_tables();

	sim_meet(handle->id);
	for (uint32_t i = 1; i < SIM_PORTS; i++) {
		const struct sim_port *port = &tables->port[i];

		if (port->handle == handle->id &&
		    port->type == SIM_PORT_INTERDOMAIN)
			sim_meet(tables->port[port->remote].handle);
	}
}

int sim_handle_find(int fd, struct sim_handle *handle)
{
	struct sim_msg msg = { .op = SIM_FIND };
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;

	msg.arg[0] = st.st_dev;
	msg.arg[1] = st.st_ino;
	r = sim_call(&msg, NULL);
	if (r < 0)
		return r;

	handle->fd = fd;
	handle->id = msg.handle;
	return 0;
}

int sim_handle_adopt(int fd, struct sim_handle *handle)
{
	int r;

	r = sim_handle_find(fd, handle);
	if (r < 0)
		return r;

	survive_late_notifications();
	meet_all(handle);
	return 0;
}

void sim_handle_close(struct sim_handle *handle)
{
	struct sim_msg msg = { .op = SIM_CLOSED, .handle = handle->id };

	sim_areas_forget(handle->id);
	close(handle->fd);
	sim_call(&msg, NULL);
}

int sim_handle_restrict(const struct sim_handle *handle, uint16_t domid)
{
	struct sim_msg msg = {
		.op = SIM_RESTRICT,
		.handle = handle->id,
		.other = domid,
	};

	return sim_call(&msg, NULL);
}
