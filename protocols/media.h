/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * media - what the wires of sound and displays have in common: how a slot
 * begins, and the one event that each has.
 */

#include "base/span.h"
#include "protocols/events.h"

#define MEDIA_SLOT 64

/* What requests, responses and events begin with; where the rest begins is
 * returned.  Requests and events have status 0. */
struct media_header {
	uint16_t id;
	uint8_t op;
	int32_t status;
};
struct span media_take(const void *slot, struct media_header *header);
uint8_t *media_put(void *slot, uint16_t id, uint8_t op, int32_t status);

/* Something got so far: a stream to this position, in bytes since it was
 * opened; a display to show the framebuffer with this cookie. */
struct media_event {
	uint16_t id; /* the number of the event on its page */
	uint64_t what;
};

extern const struct events_layout media_events;

void media_encode_event(const struct media_event *event, void *slot);

/* -EPROTO if it is another kind of event. */
int media_decode_event(const void *slot, struct media_event *event);
