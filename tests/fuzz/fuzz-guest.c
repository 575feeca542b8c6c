/* SPDX-License-Identifier: MIT */

/*
 * A guest with a disk that does anything at any time: to its ring, its keys,
 * its state, its event channel; and a toolstack that detaches the disk and
 * makes it again.  Whatever it was, in the end nothing of it is left.
 */

#include <assert.h>
#include <string.h>
#include <talloc.h>

#include "backends/blk/blk.h"
#include "base/array.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

#define STEPS_MAX 64

struct story {
	struct machine *m;
	struct blkfront *vda;
	struct span in;
};

static void poke(struct story *story)
{
	uint8_t *page = (uint8_t *)blkfront_page(story->vda);
	uint16_t at = span_le16(&story->in);

	page[at % XEN_PAGE_SIZE] = span_u8(&story->in);
}

/* A request that may be right. */
static void put_request(struct story *story)
{
	struct blk_request req = blkfront_request(
		story->vda, span_u8(&story->in) % 8, span_le16(&story->in),
		span_u8(&story->in) % 89);

	if (span_u8(&story->in) < 8)
		req.segment[0].ref = span_u8(&story->in);
	if (ring_room(&story->vda->ring))
		blkfront_put(story->vda, &req);
}

static void put_junk(struct story *story)
{
	const void *slot = span_bytes(&story->in, 112);

	if (slot && ring_room(&story->vda->ring))
		blkfront_put_slot(story->vda, slot);
}

static void take_responses(struct story *story)
{
	struct blk_response rsp;

	while (blkfront_take(story->vda, &rsp))
		;
}

static void set_state(struct story *story)
{
	char state[2] = { '0' + span_u8(&story->in) % 10 };

	front_set(story->vda->guest, "state", state);
}

static void set_key(struct story *story)
{
	static const char *const keys[] = {
		"ring-ref",         "ring-ref0",
		"ring-ref1",        "ring-page-order",
		"event-channel",    "protocol",
		"queue-0/ring-ref", "multi-queue-num-queues",
	};
	static const char *const values[] = {
		NULL, "",   "0",          "1",          "2", "8",
		"9",  "-1", "4294967295", "x86_32-abi", "x",
	};

	front_set(story->vda->guest,
		  keys[span_u8(&story->in) % ARRAY_SIZE(keys)],
		  values[span_u8(&story->in) % ARRAY_SIZE(values)]);
}

static void toolstack(struct story *story)
{
	switch (span_u8(&story->in) % 4) {
	case 0:
		xl_detach(story->m, 7);
		break;
	case 1:
		xs_set(story->m, "/local/domain/0/backend/vbd/7", NULL);
		xl_attach(story->m, 7, "");
		break;
	case 2:
		xs_set(story->m, "/local/domain/7/device/vbd/51712", NULL);
		break;
	case 3:
		machine_kill_backend(story->m);
		machine_start_backend(story->m);
		break;
	}
}

static void step(struct story *story)
{
	switch (span_u8(&story->in) % 10) {
	case 0:
		poke(story);
		break;
	case 1:
		put_request(story);
		break;
	case 2:
		put_junk(story);
		break;
	case 3:
		ring_publish(&story->vda->ring);
		hv_notify(story->vda->port);
		break;
	case 4:
		take_responses(story);
		break;
	case 5:
		set_state(story);
		break;
	case 6:
		set_key(story);
		break;
	case 7:
		machine_wait_ms(story->m, 100);
		break;
	case 8:
		machine_settle(story->m);
		break;
	case 9:
		toolstack(story);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct test test = { .mem = talloc_new(NULL) };
	struct story story = { .in = span_of(data, len) };

	story.m = machine_new(&test, &blk_backend);
	story.vda = blkfront_connect(story.m, 7, "");
	for (int i = 0; i < STEPS_MAX && story.in.left && !story.in.bad; i++)
		step(&story);

	xl_destroy(story.m, 7);
	machine_wait_ms(story.m, 10000);
	assert(machine_mapped_pages(story.m) == 0);
	assert(machine_ports(story.m) == 0);
	assert(!back_get(story.m, 7, "state"));
	talloc_free(test.mem);
	return 0;
}
