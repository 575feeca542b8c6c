/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/events.h"
#include "tests/fuzz/fuzz.h"

static const struct events_layout layouts[] = {
	{ 0, 64, 63, 64 },   /* sound, displays */
	{ 0, 1024, 51, 40 }, /* input */
};

static _Alignas(4096) uint8_t page[4096];

static void step(struct events_out *out, struct events_in *in,
		 struct span *input)
{
	uint8_t event[EVENTS_SIZE_MAX] = { 0 };

	switch (span_u8(input) % 6) {
	case 0: /* the peer writes somewhere */
		page[span_le16(input) % sizeof(page)] = span_u8(input);
		break;
	case 1: /* and into an index */
		page[span_u8(input) % 8] = span_u8(input);
		break;
	case 2:
		if (events_room(out) > 0)
			events_put(out, event);
		break;
	case 3:
		events_publish(out);
		break;
	case 4:
		if (events_ready(in) > 0)
			events_take(in, event);
		break;
	case 5:
		events_release(in);
		break;
	}
}

/* Whatever a peer does to the page, neither end leaves it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span input = span_of(data, len);
	const struct events_layout *layout = &layouts[span_u8(&input) & 1];
	uint32_t start = span_u8(&input) & 1 ? -3 : 0; /* near the wrap? */
	struct events_out out;
	struct events_in in;

	memset(page, 0, sizeof(page));
	memcpy(page, &start, 4);
	memcpy(page + 4, &start, 4);
	events_out_init(&out, page, layout);
	events_in_init(&in, page, layout);

	while (input.left && !input.bad) {
		int ready = events_ready(&in);

		step(&out, &in, &input);
		assert(ready == -EPROTO || ready >= 0);
		assert(ready <= layout->n_slots);
		assert(events_room(&out) <= layout->n_slots);
		assert(out.put - out.published <= layout->n_slots);
	}

	return 0;
}
