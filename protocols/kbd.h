/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * kbd - what a keyboard, a pointer and fingers do.
 *
 * The host tells the guest by events (events.h) on a page that has room for
 * events in the other direction too, of which there is no kind.  Keys and
 * buttons have the numbers of Linux (KEY_*, BTN_*).  See docs/protocols/kbd.md.
 */

#include "protocols/events.h"

enum kbd_type {
	KBD_MOTION = 1,
	KBD_KEY = 3,
	KBD_POSITION = 4,
	KBD_TOUCH = 5,
};

enum kbd_touch_kind {
	KBD_DOWN,
	KBD_UP,
	KBD_MOVE,
	KBD_SYNC, /* what came before belongs together, and is all */
	KBD_SHAPE,
	KBD_ORIENTATION,
};

/* Of the pointer, by some pixels or to a place. */
struct kbd_motion {
	int32_t x;
	int32_t y;
	int32_t wheel; /* down, by notches; up if negative */
};

struct kbd_key {
	bool pressed;
	uint32_t code;
};

struct kbd_touch {
	enum kbd_touch_kind kind;
	uint8_t contact;
	union {
		struct {
			int32_t x;
			int32_t y;
		}; /* down, move */
		struct {
			uint32_t major;
			uint32_t minor;
		};               /* shape, in pixels */
		int16_t degrees; /* orientation, clockwise from the y axis */
	};
};

struct kbd_event {
	enum kbd_type type;
	union {
		struct kbd_motion motion; /* and position */
		struct kbd_key key;
		struct kbd_touch touch;
	};
};

#define KBD_EVENT_SIZE 40

extern const struct events_layout kbd_events;     /* to the guest */
extern const struct events_layout kbd_out_events; /* from it */

void kbd_encode(const struct kbd_event *event, void *slot);

/* The guest's side.  -EPROTO if it is an event of no known kind, which is to be
 * ignored. */
int kbd_decode(const void *slot, struct kbd_event *event);
