/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * program - a program that has /dev/xen/xenbus open: a stream of messages.
 */

#include "base/list.h"
#include "base/loop.h"
#include "sim/kernel/xenbus.h"

struct program {
	struct list link; /* of the kernel's programs */
	struct xenbus *xenbus;
	struct xenbus_user *user;
	int fd;
	struct loop_fd *ready;
	struct message incoming;
	struct buffer outgoing;
	struct loop_task *flush;
	loop_fn *asked;
	void *arg;
	bool is_waiting; /* until xenbus is no longer busy */
	bool is_lost;    /* and goes at the end of this turn */
};

/* @asked is called after it asked for something.  On success @fd is its own.
 * It frees itself when the program is gone. */
int program_new(void *mem, struct loop *loop, struct xenbus *xenbus, int fd,
		loop_fn *asked, void *arg, struct program **program);

/* Read on, if it had to wait. */
void program_resume(struct program *program);

/* Let it go, soon. */
void program_hang_up(struct program *program);
