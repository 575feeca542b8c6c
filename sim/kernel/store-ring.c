/* SPDX-License-Identifier: MIT */

#include "sim/kernel/store-ring.h"

#include <errno.h>

#include "protocols/shared.h"

void store_ring_init(struct store_ring *ring, struct xs_page *page,
		     store_ring_fn *fn, void *arg)
{
	*ring = (struct store_ring){
		.in = {
			.data = page->rsp,
			.size = XS_RING_SIZE,
			.prod = &page->rsp_prod,
			.cons = &page->rsp_cons,
			.taken = shared_read(&page->rsp_cons),
		},
		.out = {
			.data = page->req,
			.size = XS_RING_SIZE,
			.prod = &page->req_prod,
			.cons = &page->req_cons,
			.put = shared_read(&page->req_prod),
		},
		.fn = fn,
		.arg = arg,
	};
}

int store_ring_send(void *mem, struct store_ring *ring,
		    const struct xs_header *header, const void *payload)
{
	int r;

	r = buffer_put(mem, &ring->waiting, header, sizeof(*header));
	return r < 0 ? r
		     : buffer_put(mem, &ring->waiting, payload, header->len);
}

static int put_some(struct store_ring *ring)
{
	size_t n = buffer_len(&ring->waiting);
	int room = bytes_room(&ring->out);

	if (room < 0)
		return room;
	if (n > (size_t)room)
		n = (size_t)room;
	if (n == 0)
		return 0;

	bytes_put(&ring->out, buffer_at(&ring->waiting), (uint32_t)n);
	buffer_take(&ring->waiting, n);
	return 1;
}

/* Take the next piece of the message that is coming: whether there was one. */
static int take_some(struct store_ring *ring)
{
	int ready = bytes_ready(&ring->in);
	int n = message_wants(&ring->incoming);

	if (n < 0 || ready < 0)
		return -EPROTO;
	if (n > ready)
		n = ready;
	if (n == 0)
		return 0;

	bytes_peek(&ring->in, 0, message_room(&ring->incoming), (uint32_t)n);
	bytes_drop(&ring->in, (uint32_t)n);
	message_got(&ring->incoming, (size_t)n);
	return 1;
}

/* At most one ring full: then xenstored is told that there is room again. */
static int take_all(struct store_ring *ring)
{
	uint32_t from = ring->in.taken;
	int r = 1;

	while (r > 0 && ring->in.taken - from < XS_RING_SIZE) {
		r = take_some(ring);
		if (r > 0 && message_wants(&ring->incoming) == 0) {
			ring->fn(ring->arg, &ring->incoming);
			ring->incoming.have = 0;
		}
	}

	return r < 0 ? r : ring->in.taken != from;
}

int store_ring_turn(struct store_ring *ring)
{
	int took, put;

	took = take_all(ring);
	if (took < 0)
		return took;

	put = put_some(ring);
	return put < 0 ? put : took || put;
}
