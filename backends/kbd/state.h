/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * state - what is pressed, where the pointer is and which fingers touch, after
 * some events.
 *
 * Two of these, one for what is and one for what the guest was told, say what
 * to tell it next, however many events it has missed.
 */

#include "protocols/kbd.h"

#define STATE_KEYS     0x300 /* more than any code */
#define STATE_CONTACTS 32    /* fingers, more than anybody has */

struct state_contact {
	uint32_t number; /* of the touch, since ever; 0 before the first one */
	bool down;
	int32_t x;
	int32_t y;
	uint32_t major;
	uint32_t minor;
	int16_t degrees;
};

struct state {
	uint64_t keys[STATE_KEYS / 64];
	int64_t moved_x; /* all motion so far */
	int64_t moved_y;
	int64_t wheel;
	bool has_position; /* the pointer, namely this: */
	int32_t x;
	int32_t y;
	struct state_contact contact[STATE_CONTACTS];
	bool unsynced; /* there were touches since the last sync */
};

bool state_key(const struct state *state, uint32_t code);

/* After an event, whose code is below STATE_KEYS and whose contact is below
 * STATE_CONTACTS. */
void state_apply(struct state *state, const struct kbd_event *event);

/* Take @told nearer to @now by one event; false if they are the same.  Where
 * @now is in the midst of a frame, @told gets there and no further. */
bool state_catch_up(struct state *told, const struct state *now,
		    struct kbd_event *event);

/* All keys and fingers are lifted. */
void state_lift(struct state *state);
