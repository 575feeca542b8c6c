/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * source - where input comes from, on the host.
 *
 * A source is a talloc child of @mem that begins when it is made and calls back
 * from the loop.
 *
 *     script.c   a text that says what happens when; needs nothing
 *     socket.c   whoever connects says what happens, in the same words
 *     evdev.c    a device of the host
 */

#include "base/loop.h"
#include "protocols/kbd.h"

struct source;

struct source_ops {
	/* Something happened.  Positions are in the range of the guest's. */
	void (*event)(void *arg, const struct kbd_event *event);

	/* All that belongs to the same moment was said. */
	void (*frame)(void *arg);

	/* Nobody is there any more to say that a key is released. */
	void (*gone)(void *arg);
};

/* How far positions go: those of the guest's pointer and of its touches. */
struct source_range {
	int32_t x_max;
	int32_t y_max;
	int32_t touch_x_max;
	int32_t touch_y_max;
};

/* Lines as in lines.h, until the file at @fd ends, or a line is wrong: then
 * *line is its number.  Nothing is read of the file later on. */
int source_new_script(void *mem, struct loop *loop, int fd,
		      const struct source_ops *ops, void *arg,
		      unsigned int *line);

/* Lines from all who connect to the listening socket @fd, which does not block
 * and which the caller keeps open.  Who says something wrong is told, and
 * disconnected. */
int source_new_socket(void *mem, struct loop *loop, int fd,
		      const struct source_ops *ops, void *arg);

/* The device that @fd is open on, which does not block and which the caller
 * keeps open. */
int source_new_evdev(void *mem, struct loop *loop, int fd,
		     const struct source_range *range,
		     const struct source_ops *ops, void *arg);
