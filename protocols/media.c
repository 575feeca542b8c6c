/* SPDX-License-Identifier: MIT */

#include "protocols/media.h"

#include <errno.h>
#include <string.h>

#include "protocols/put.h"

#define THE_EVENT 0

const struct events_layout media_events = {
	.indices = 0,
	.slots = 64,
	.n_slots = 63,
	.size = MEDIA_SLOT,
};

struct span media_take(const void *slot, struct media_header *header)
{
	struct span in = span_of(slot, MEDIA_SLOT);

	header->id = span_le16(&in);
	header->op = span_u8(&in);
	span_bytes(&in, 1);
	header->status = span_le32(&in);
	return in;
}

uint8_t *media_put(void *slot, uint16_t id, uint8_t op, int32_t status)
{
	uint8_t *at = slot;

	/* All of it: guests add flags to what they find in a slot. */
	memset(slot, 0, MEDIA_SLOT);
	put_le(&at, 2, id);
	put_le(&at, 2, op);
	put_le(&at, 4, status);
	return at;
}

void media_encode_event(const struct media_event *event, void *slot)
{
	uint8_t *at = media_put(slot, event->id, THE_EVENT, 0);

	put_le(&at, 8, event->what);
}

int media_decode_event(const void *slot, struct media_event *event)
{
	struct media_header header;
	struct span in = media_take(slot, &header);

	event->id = header.id;
	event->what = span_le64(&in);
	return header.op == THE_EVENT ? 0 : -EPROTO;
}
