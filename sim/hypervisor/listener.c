/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/listener.h"

#include <errno.h>
#include <sys/socket.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/hypervisor/dir.h"

/* When there are no descriptors left, the others wait so long. */
#define PAUSE_US 100000

struct listener {
	struct machine *machine;
	int fd;
	struct loop_fd *ready;
	struct loop_timer *pause;
	listener_fn *fn;
	void *arg;
};

static void go_on(void *arg)
{
	struct listener *listener = arg;

	loop_fd_want(listener->ready, LOOP_READ);
}

static void somebody_connects(void *arg, unsigned int ready)
{
	struct listener *listener = arg;
	int fd =
		accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)ready;
	if (fd >= 0) {
		listener->fn(listener->arg, fd);
		return;
	}

	log_host(listener->machine->log, "accept: %m");
	loop_fd_want(listener->ready, 0);
	loop_timer_set(listener->pause, PAUSE_US);
}

static int stop_listening(struct listener *listener)
{
	TALLOC_FREE(listener->ready);
	close(listener->fd);
	return 0;
}

int listener_new(void *mem, struct machine *machine, const char *name, int type,
		 listener_fn *fn, void *arg)
{
	CLEANUP(cleanup_talloc)
	struct listener *listener = talloc_zero(mem, struct listener);
	CLEANUP(cleanup_fd) int fd = -1;
	int r;

	if (!listener)
		return -ENOMEM;

	listener->machine = machine;
	listener->fn = fn;
	listener->arg = arg;
	listener->pause =
		loop_timer_new(listener, machine->loop, go_on, listener);
	if (!listener->pause)
		return -ENOMEM;
	r = dir_listen(machine, name, type, &fd);
	if (r < 0)
		return r;
	r = loop_fd_new(listener, machine->loop, fd, LOOP_READ,
			somebody_connects, listener, &listener->ready);
	if (r < 0)
		return r;

	listener->fd = take_fd(fd);
	talloc_set_destructor(listener, stop_listening);
	take_ptr(listener);
	return 0;
}
