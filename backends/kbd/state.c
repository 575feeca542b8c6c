/* SPDX-License-Identifier: MIT */

#include "backends/kbd/state.h"

#include <string.h>

#include "base/array.h"

#define BITS 64

bool state_key(const struct state *state, uint32_t code)
{
	return state->keys[code / BITS] >> code % BITS & 1;
}

static void apply_key(struct state *state, const struct kbd_key *key)
{
	uint64_t bit = UINT64_C(1) << key->code % BITS;

	if (key->pressed)
		state->keys[key->code / BITS] |= bit;
	else
		state->keys[key->code / BITS] &= ~bit;
}

static void apply_touch(struct state *state, const struct kbd_touch *touch)
{
	struct state_contact *contact = &state->contact[touch->contact];

	state->unsynced = touch->kind != KBD_SYNC;
	switch (touch->kind) {
	case KBD_DOWN:
		*contact = (struct state_contact){
			.number = contact->number + 1,
			.down = true,
			.x = touch->x,
			.y = touch->y,
		};
		break;
	case KBD_UP:
		contact->down = false;
		break;
	case KBD_MOVE:
		contact->x = touch->x;
		contact->y = touch->y;
		break;
	case KBD_SHAPE:
		contact->major = touch->major;
		contact->minor = touch->minor;
		break;
	case KBD_ORIENTATION:
		contact->degrees = touch->degrees;
		break;
	case KBD_SYNC:
		break;
	}
}

void state_apply(struct state *state, const struct kbd_event *event)
{
	switch (event->type) {
	case KBD_MOTION:
		state->moved_x += event->motion.x;
		state->moved_y += event->motion.y;
		state->wheel += event->motion.wheel;
		break;
	case KBD_POSITION:
		state->has_position = true;
		state->x = event->motion.x;
		state->y = event->motion.y;
		state->wheel += event->motion.wheel;
		break;
	case KBD_KEY:
		apply_key(state, &event->key);
		break;
	case KBD_TOUCH:
		apply_touch(state, &event->touch);
		break;
	}
}

static bool key_difference(const struct state *told, const struct state *now,
			   struct kbd_event *event)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(now->keys); i++) {
		uint64_t changed = told->keys[i] ^ now->keys[i];
		unsigned int code;

		if (!changed)
			continue;

		code = i * BITS + __builtin_ctzll(changed);
		*event = (struct kbd_event){
			.type = KBD_KEY,
			.key = { state_key(now, code), code },
		};
		return true;
	}

	return false;
}

/* As much of a way as fits into an event. */
static int32_t part_of(int64_t way)
{
	return way > INT32_MAX ? INT32_MAX : way < INT32_MIN ? INT32_MIN : way;
}

static bool position_difference(const struct state *told,
				const struct state *now,
				struct kbd_event *event)
{
	*event = (struct kbd_event){
		.type = KBD_POSITION,
		.motion = { now->x, now->y, part_of(now->wheel - told->wheel) },
	};

	return now->has_position && (!told->has_position || told->x != now->x ||
				     told->y != now->y || event->motion.wheel);
}

static bool motion_difference(const struct state *told, const struct state *now,
			      struct kbd_event *event)
{
	*event = (struct kbd_event){
		.type = KBD_MOTION,
		.motion = { part_of(now->moved_x - told->moved_x),
			    part_of(now->moved_y - told->moved_y),
			    part_of(now->wheel - told->wheel) },
	};

	return event->motion.x || event->motion.y || event->motion.wheel;
}

/* What is to be said of one contact. */
static bool contact_difference(const struct state_contact *told,
			       const struct state_contact *now,
			       struct kbd_touch *touch)
{
	bool same = told->number == now->number;

	if (told->down && !(now->down && same)) {
		touch->kind = KBD_UP;
	} else if (now->down && !told->down) {
		touch->kind = KBD_DOWN;
		touch->x = now->x;
		touch->y = now->y;
	} else if (!now->down) {
		return false;
	} else if (told->x != now->x || told->y != now->y) {
		touch->kind = KBD_MOVE;
		touch->x = now->x;
		touch->y = now->y;
	} else if (told->major != now->major || told->minor != now->minor) {
		touch->kind = KBD_SHAPE;
		touch->major = now->major;
		touch->minor = now->minor;
	} else {
		touch->kind = KBD_ORIENTATION;
		touch->degrees = now->degrees;
		return told->degrees != now->degrees;
	}

	return true;
}

static bool touch_difference(const struct state *told, const struct state *now,
			     struct kbd_event *event)
{
	*event = (struct kbd_event){ .type = KBD_TOUCH };
	for (unsigned int i = 0; i < STATE_CONTACTS; i++) {
		event->touch.contact = i;
		if (contact_difference(&told->contact[i], &now->contact[i],
				       &event->touch))
			return true;
	}

	event->touch = (struct kbd_touch){ .kind = KBD_SYNC };
	return told->unsynced && !now->unsynced;
}

bool state_catch_up(struct state *told, const struct state *now,
		    struct kbd_event *event)
{
	if (!key_difference(told, now, event) &&
	    !position_difference(told, now, event) &&
	    !motion_difference(told, now, event) &&
	    !touch_difference(told, now, event))
		return false;

	state_apply(told, event);
	if (event->type == KBD_TOUCH && event->touch.kind == KBD_DOWN) {
		uint8_t i = event->touch.contact;

		told->contact[i].number = now->contact[i].number;
	}
	return true;
}

void state_lift(struct state *state)
{
	memset(state->keys, 0, sizeof(state->keys));
	for (unsigned int i = 0; i < STATE_CONTACTS; i++)
		state->contact[i].down = false;
	state->unsynced = false;
}
