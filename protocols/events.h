/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * events - one-way messages on a shared page: what happened, to whom it may
 * concern.
 *
 * Nobody answers.  The writer must not overrun the reader and is not told when
 * there is room again, so it looks when it has something to say.  The peer can
 * write to the page at any moment: our own index is kept private and never
 * read back, the peer's is read once for each look.  See docs/protocols/
 * events.md.
 */

#include <stdbool.h>
#include <stdint.h>

/* Where a protocol has its events on the page. */
struct events_layout {
	uint16_t indices; /* offset of the reader's index, then the writer's */
	uint16_t slots;   /* offset of the first event */
	uint16_t n_slots; /* not a power of two */
	uint16_t size;    /* of an event */
};

#define EVENTS_SIZE_MAX 64

/* The writing end. */
struct events_out {
	const struct events_layout *layout;
	uint8_t *page;
	uint32_t put;       /* events written so far */
	uint32_t published; /* events that the reader was shown */
};

/* It goes on where the page says that events end: at 0 on a new page. */
void events_out_init(struct events_out *out, void *page,
		     const struct events_layout *layout);

/* How many events there is room for.  A reader who claims to be where it
 * cannot be has no room. */
uint32_t events_room(const struct events_out *out);

/* Write an event of the layout's size, for which there is room. */
void events_put(struct events_out *out, const void *event);

/* Show the reader what was put; whether that is anything. */
bool events_publish(struct events_out *out);

/* The reading end. */
struct events_in {
	const struct events_layout *layout;
	uint8_t *page;
	uint32_t taken; /* events read so far */
};

/* It goes on where the page says that it was: at 0 on a new page. */
void events_in_init(struct events_in *in, void *page,
		    const struct events_layout *layout);

/* How many events there are to take, or -EPROTO. */
int events_ready(const struct events_in *in);

/* Copy out an event that events_ready() reported. */
void events_take(struct events_in *in, void *event);

/* Give the room of what was taken back to the writer. */
void events_release(struct events_in *in);
