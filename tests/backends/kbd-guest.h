/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * kbd-guest - a guest's driver for input that has just a page: it reads when a
 * test says so, and believes what it reads.
 */

#include "backends/kbd/seat.h"
#include "backends/kbd/state.h"

struct test;

struct kbd_guest {
	struct loop *loop; /* virtual */
	uint32_t page[1024];
	struct events_in in;
	struct seat *seat;
	unsigned int n_notified;

	struct state state; /* after all that was read */
	struct kbd_event last;
	unsigned int n_read;
};

/* The seat of a guest with these devices, that reads nothing by itself. */
struct kbd_guest *kbd_guest_new(void *mem, const struct seat_devices *devices);

/* Read up to @max events; how many there were. */
unsigned int kbd_guest_read(struct kbd_guest *guest, unsigned int max);

/* Read all there is and will be. */
void kbd_guest_catch_up(struct kbd_guest *guest);

/* Everything on the host's side: 1024 by 768 pixels, 10 fingers. */
extern const struct seat_devices kbd_everything;

void seat_key(struct seat *seat, uint32_t code, bool pressed);
void seat_touch(struct seat *seat, enum kbd_touch_kind kind, uint8_t contact,
		int32_t x, int32_t y);
void seat_motion(struct seat *seat, enum kbd_type type, int32_t x, int32_t y,
		 int32_t wheel);
