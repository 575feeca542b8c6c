/* SPDX-License-Identifier: MIT */

#include "protocols/kbd.h"

#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/put.h"

const struct events_layout kbd_events = {
	.indices = 0,
	.slots = 1024,
	.n_slots = 51,
	.size = KBD_EVENT_SIZE,
};

const struct events_layout kbd_out_events = {
	.indices = 8,
	.slots = 3072,
	.n_slots = 25,
	.size = KBD_EVENT_SIZE,
};

static void put_motion(uint8_t *at, const struct kbd_motion *motion)
{
	put_le(&at, 3, 0);
	put_le(&at, 4, motion->x);
	put_le(&at, 4, motion->y);
	put_le(&at, 4, motion->wheel);
}

static void put_touch(uint8_t *at, const struct kbd_touch *touch)
{
	put_le(&at, 1, touch->kind);
	put_le(&at, 1, touch->contact);
	put_le(&at, 5, 0);
	switch (touch->kind) {
	case KBD_DOWN:
	case KBD_MOVE:
		put_le(&at, 4, touch->x);
		put_le(&at, 4, touch->y);
		break;
	case KBD_SHAPE:
		put_le(&at, 4, touch->major);
		put_le(&at, 4, touch->minor);
		break;
	case KBD_ORIENTATION:
		put_le(&at, 2, touch->degrees);
		break;
	case KBD_UP:
	case KBD_SYNC:
		break;
	}
}

void kbd_encode(const struct kbd_event *event, void *slot)
{
	uint8_t *at = slot;

	memset(slot, 0, KBD_EVENT_SIZE);
	put_le(&at, 1, event->type);
	switch (event->type) {
	case KBD_MOTION:
	case KBD_POSITION:
		put_motion(at, &event->motion);
		break;
	case KBD_KEY:
		put_le(&at, 3, event->key.pressed);
		put_le(&at, 4, event->key.code);
		break;
	case KBD_TOUCH:
		put_touch(at, &event->touch);
		break;
	}
}

static void decode_motion(struct span *in, struct kbd_motion *motion)
{
	span_bytes(in, 3);
	motion->x = span_le32(in);
	motion->y = span_le32(in);
	motion->wheel = span_le32(in);
}

static void decode_key(struct span *in, struct kbd_key *key)
{
	key->pressed = span_u8(in);
	span_bytes(in, 2);
	key->code = span_le32(in);
}

static int decode_touch(struct span *in, struct kbd_touch *touch)
{
	uint8_t kind = span_u8(in);

	if (kind > KBD_ORIENTATION)
		return -EPROTO;

	touch->kind = kind;
	touch->contact = span_u8(in);
	span_bytes(in, 5);
	switch (touch->kind) {
	case KBD_DOWN:
	case KBD_MOVE:
		touch->x = span_le32(in);
		touch->y = span_le32(in);
		break;
	case KBD_SHAPE:
		touch->major = span_le32(in);
		touch->minor = span_le32(in);
		break;
	case KBD_ORIENTATION:
		touch->degrees = span_le16(in);
		break;
	case KBD_UP:
	case KBD_SYNC:
		break;
	}
	return 0;
}

int kbd_decode(const void *slot, struct kbd_event *event)
{
	struct span in = span_of(slot, KBD_EVENT_SIZE);
	uint8_t type = span_u8(&in);

	memset(event, 0, sizeof(*event));
	event->type = type;
	switch (type) {
	case KBD_MOTION:
	case KBD_POSITION:
		decode_motion(&in, &event->motion);
		return 0;
	case KBD_KEY:
		decode_key(&in, &event->key);
		return 0;
	case KBD_TOUCH:
		return decode_touch(&in, &event->touch);
	default:
		return -EPROTO;
	}
}
