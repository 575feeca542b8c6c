/* SPDX-License-Identifier: MIT */

#include "protocols/9pfs-ring.h"

#include <assert.h>
#include <errno.h>

const struct duplex_layout p9_ring_layout = {
	.order = offsetof(struct p9_ring_page, order),
	.refs = offsetof(struct p9_ring_page, refs),
};

int p9_ring_refs(const struct p9_ring_page *page, unsigned int max,
		 grant_ref_t refs[P9_RING_PAGES_MAX])
{
	return duplex_refs(&p9_ring_layout, page, max, refs);
}

static struct p9_ring end_of(struct duplex duplex)
{
	return (struct p9_ring){ .in = duplex.in, .out = duplex.out };
}

void p9_ring_init_host(struct p9_ring *ring, struct p9_ring_page *page,
		       void *data, unsigned int order)
{
	*ring = end_of(duplex_host(page, data, order));
}

void p9_ring_init_guest(struct p9_ring *ring, struct p9_ring_page *page,
			void *data, unsigned int order)
{
	*ring = end_of(duplex_guest(page, data, order));
}

uint32_t p9_ring_size(const struct p9_ring *ring)
{
	return ring->in.size;
}

int p9_ring_next(const struct p9_ring *ring, uint32_t max,
		 struct p9_header *header)
{
	uint8_t bytes[P9_HEADER_SIZE];
	int ready = bytes_ready(&ring->in);
	uint32_t fresh;

	/* Less than was ready before: some was taken back. */
	if (ready < 0 || (uint32_t)ready < ring->n_held)
		return -EPROTO;
	fresh = ready - ring->n_held;
	if (fresh < P9_HEADER_SIZE)
		return 0;

	p9_ring_peek(ring, 0, bytes, sizeof(bytes));
	*header = p9_header_decode(bytes);
	if (header->size < P9_HEADER_SIZE || header->size > max ||
	    header->size > ring->in.size)
		return -EPROTO;

	return header->size <= fresh;
}

void p9_ring_peek(const struct p9_ring *ring, uint32_t skip, void *to,
		  uint32_t len)
{
	bytes_peek(&ring->in, ring->n_held + skip, to, len);
}

unsigned int p9_ring_at(const struct p9_ring *ring, uint32_t skip, uint32_t len,
			struct iovec parts[2])
{
	return bytes_ready_at(&ring->in, ring->n_held + skip, len, parts);
}

void p9_ring_take(struct p9_ring *ring, uint32_t size)
{
	ring->n_held += size;
}

void p9_ring_release(struct p9_ring *ring, uint32_t size)
{
	assert(size <= ring->n_held);
	ring->n_held -= size;
	bytes_drop(&ring->in, size);
}
