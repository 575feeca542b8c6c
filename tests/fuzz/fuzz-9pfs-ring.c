/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/9pfs-ring.h"
#include "tests/fuzz/fuzz.h"

static struct p9_ring_page page;
static uint8_t data[2 * XEN_PAGE_SIZE];

/* Read all of the next message, wherever it is. */
static void read_all(const struct p9_ring *ring, uint32_t size)
{
	static uint8_t copy[XEN_PAGE_SIZE];
	struct iovec part[2];
	unsigned int n = p9_ring_at(ring, 0, size, part);

	p9_ring_peek(ring, 0, copy, size);
	assert(part[0].iov_len + (n == 2 ? part[1].iov_len : 0) == size);
	for (unsigned int i = 0; i < n; i++) {
		const uint8_t *at = part[i].iov_base;

		assert(at >= data + XEN_PAGE_SIZE);
		assert(at + part[i].iov_len <= data + sizeof(data));
	}
}

static void serve(struct p9_ring *ring)
{
	struct p9_header header;

	while (p9_ring_next(ring, 3000, &header) > 0) {
		assert(header.size >= P9_HEADER_SIZE && header.size <= 3000);
		assert(ring->n_held <= XEN_PAGE_SIZE - header.size);
		read_all(ring, header.size);
		p9_ring_take(ring, header.size);
	}
}

/* The guest writes to the page as it likes, the host takes and releases. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span in = span_of(bytes, len);
	struct p9_ring ring;

	page = (struct p9_ring_page){ 0 };
	p9_ring_init_host(&ring, &page, data, 1);
	while (in.left && !in.bad) {
		uint32_t at = span_le16(&in) % XEN_PAGE_SIZE;

		data[XEN_PAGE_SIZE + at] = span_u8(&in);
		page.out_prod += span_u8(&in) * 16;
		page.out_cons = at;
		serve(&ring);
		p9_ring_release(&ring, ring.n_held / 2);
		assert(bytes_room(&ring.out) <= XEN_PAGE_SIZE);
	}
	return 0;
}
