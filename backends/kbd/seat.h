/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * seat - what a guest is told of the input on the host.
 *
 * What its devices do not have is left out or converted, what is out of range
 * is clamped.  A guest that does not read is told less, but never wrong: motion
 * is merged, and whatever is pressed or touches in the end is so for the guest
 * too, once it reads again.
 */

#include "base/loop.h"
#include "protocols/kbd.h"

struct seat;

/* The guest's devices. */
struct seat_devices {
	bool keyboard;
	bool pointer;
	bool absolute; /* it has positions, not motion */
	int32_t x_max; /* of positions, from 0; not negative */
	int32_t y_max;
	unsigned int n_contacts; /* 0: it knows no touches */
	int32_t touch_x_max;
	int32_t touch_y_max;
};

/* A seat writes to the guest's @page, and calls @notify when there is
 * something new on it. */
struct seat *seat_new(void *mem, struct loop *loop,
		      const struct seat_devices *devices, void *page,
		      loop_fn *notify, void *arg);

/* An event.  Positions are in the range of the guest's device. */
void seat_event(struct seat *seat, const struct kbd_event *event);

/* What was said so far belongs together. */
void seat_frame(struct seat *seat);

/* Whoever pressed and touched is gone. */
void seat_release(struct seat *seat);

/* The guest has read something, maybe. */
void seat_look(struct seat *seat);
