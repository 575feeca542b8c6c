/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/calls-ring.h"
#include "tests/fuzz/fuzz.h"

#define PAGES 2
#define HALF  (PAGES * XEN_PAGE_SIZE / 2)

static struct {
	struct calls_ring_page page;
	uint8_t data[PAGES * XEN_PAGE_SIZE];
} guest;

/* They are as long as was said, and within this half of the data. */
static void check_parts(const struct iovec *part, unsigned int n, uint32_t len,
			const uint8_t *half)
{
	size_t sum = 0;

	for (unsigned int i = 0; i < n; i++) {
		const uint8_t *at = part[i].iov_base;

		assert(at >= half && part[i].iov_len <= HALF);
		assert(at + part[i].iov_len <= half + HALF);
		sum += part[i].iov_len;
	}
	assert(sum == len);
}

static void serve(struct duplex *host)
{
	struct iovec part[2];
	int ready = bytes_ready(&host->in);
	int room = bytes_room(&host->out);
	uint8_t *data = guest.data;

	assert(ready == -EPROTO || (ready >= 0 && ready <= HALF));
	assert(room == -EPROTO || (room >= 0 && room <= HALF));
	assert(calls_ring_is_read(host) == (room < 0 ? -EPROTO : room == HALF));
	if (ready > 0) {
		check_parts(part, bytes_ready_at(&host->in, 0, ready, part),
			    ready, data + HALF);
		bytes_drop(&host->in, ready / 2 + 1);
	}
	if (room > 0) {
		check_parts(part, bytes_room_at(&host->out, 0, room, part),
			    room, data);
		bytes_show(&host->out, room / 2 + 1);
	}
}

/* The guest writes to the page as it likes, and the host serves. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	grant_ref_t refs[DUPLEX_PAGES_MAX];
	struct span in = span_of(bytes, len);
	struct duplex host;
	int order;

	memset(&guest, 0, sizeof(guest));
	memcpy(&guest.page, bytes, len < 128 ? len : 128);
	order = duplex_refs(&calls_ring_layout, &guest.page, 9, refs);
	assert(order == -EPROTO || (order >= 1 && order <= 9));

	host = duplex_host(&guest.page, guest.data, 1);
	while (in.left && !in.bad) {
		uint8_t *field = (uint8_t *)&guest.page + span_u8(&in) % 80;
		uint32_t value = span_le16(&in) % (HALF + 2);

		*(uint32_t *)(field - (uintptr_t)field % 4) += value;
		serve(&host);
	}
	return 0;
}
