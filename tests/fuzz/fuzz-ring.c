/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/ring.h"
#include "tests/fuzz/fuzz.h"

#define SLOT 112

static _Alignas(4096) uint8_t page[4096];

/* What must hold at each end after each step, whatever the page says. */
static void check(const struct ring *ring)
{
	int ready = ring_ready(ring);

	assert(ready == -EPROTO || ready >= 0);
	assert(ready <= (int)ring->n_slots);
	assert(ring_room(ring) <= ring->n_slots);
	assert(ring->put - ring->published <= ring->n_slots);
}

static void step(struct ring *ring, struct span *in)
{
	uint8_t slot[SLOT] = { 0 };

	switch (span_u8(in) % 5) {
	case 0: /* the peer writes somewhere */
		page[span_le16(in) % sizeof(page)] = span_u8(in);
		break;
	case 1:
		if (ring_ready(ring) > 0)
			ring_take(ring, slot, SLOT);
		break;
	case 2:
		if (ring_room(ring) > 0)
			ring_put(ring, slot, SLOT);
		break;
	case 3:
		ring_publish(ring);
		break;
	case 4:
		ring_rearm(ring);
		break;
	}
}

/* Whatever a peer does to the page, neither end leaves the ring. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct ring ring;

	memset(page, 0, sizeof(page));
	if (span_u8(&in) & 1)
		ring_init_host(&ring, page, sizeof(page), SLOT);
	else
		ring_init_guest(&ring, page, sizeof(page), SLOT);

	while (in.left && !in.bad) {
		step(&ring, &in);
		check(&ring);
	}

	return 0;
}
