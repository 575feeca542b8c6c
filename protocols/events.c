/* SPDX-License-Identifier: MIT */

#include "protocols/events.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/shared.h"

static uint32_t *cons_on(uint8_t *page, const struct events_layout *layout)
{
	return (uint32_t *)(void *)(page + layout->indices);
}

static uint32_t *prod_on(uint8_t *page, const struct events_layout *layout)
{
	return cons_on(page, layout) + 1;
}

static uint8_t *slot_on(uint8_t *page, const struct events_layout *layout,
			uint32_t index)
{
	return page + layout->slots +
	       (size_t)(index % layout->n_slots) * layout->size;
}

void events_out_init(struct events_out *out, void *page,
		     const struct events_layout *layout)
{
	uint32_t prod = shared_read(prod_on(page, layout));

	*out = (struct events_out){
		.layout = layout,
		.page = page,
		.put = prod,
		.published = prod,
	};
}

/* The number of slots does not divide 2^32, so where an index wraps, the slot
 * jumps to one that may hold an event that was not read yet.  Hence nothing is
 * put after that point before all is read. */
uint32_t events_room(const struct events_out *out)
{
	uint32_t n_slots = out->layout->n_slots;
	uint32_t fresh = out->put - out->published;
	uint32_t unread =
		out->published - shared_read(cons_on(out->page, out->layout));
	uint32_t until_wrap = -out->put;
	uint32_t room;

	if (unread > n_slots - fresh)
		return 0;
	room = n_slots - fresh - unread;
	if (out->put == 0)
		return room == n_slots ? room : 0;

	return room < until_wrap ? room : until_wrap;
}

void events_put(struct events_out *out, const void *event)
{
	assert(out->put - out->published < out->layout->n_slots);

	memcpy(slot_on(out->page, out->layout, out->put), event,
	       out->layout->size);
	out->put++;
}

bool events_publish(struct events_out *out)
{
	if (out->put == out->published)
		return false;

	out->published = out->put;
	shared_write(prod_on(out->page, out->layout), out->put);
	return true;
}

void events_in_init(struct events_in *in, void *page,
		    const struct events_layout *layout)
{
	*in = (struct events_in){
		.layout = layout,
		.page = page,
		.taken = shared_read(cons_on(page, layout)),
	};
}

int events_ready(const struct events_in *in)
{
	uint32_t ready = shared_read(prod_on(in->page, in->layout)) - in->taken;

	return ready <= in->layout->n_slots ? (int)ready : -EPROTO;
}

void events_take(struct events_in *in, void *event)
{
	memcpy(event, slot_on(in->page, in->layout, in->taken),
	       in->layout->size);
	/* What follows works on the copy and not on the slot again. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	in->taken++;
}

void events_release(struct events_in *in)
{
	shared_write(cons_on(in->page, in->layout), in->taken);
}
