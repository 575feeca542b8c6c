/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "protocols/blk.h"
#include "tests/fuzz/fuzz.h"

static void check_segment(const struct blk_segment *seg)
{
	assert(seg->len > 0);
	assert(seg->offset + seg->len <= XEN_PAGE_SIZE);
	assert(seg->offset % BLK_SECTOR_SIZE == 0);
	assert(seg->len % BLK_SECTOR_SIZE == 0);
}

static void check_segments(const struct blk_request *req)
{
	uint64_t n_sectors = 0;

	assert(req->n_segments <= BLK_SEGMENTS_MAX);
	assert(req->n_segments > 0 ||
	       (req->op != BLK_READ && req->op != BLK_WRITE));
	for (unsigned int i = 0; i < req->n_segments; i++) {
		check_segment(&req->segment[i]);
		n_sectors += req->segment[i].len / BLK_SECTOR_SIZE;
	}
	assert(req->op == BLK_DISCARD || req->n_sectors == n_sectors);
}

/* A decoded request, encoded again, is the same. */
static void check_round_trip(const struct ring_protocol *protocol,
			     const struct blk_request *req)
{
	struct blk_request back;
	uint8_t slot[112];

	if (req->secure)
		return; /* flags are not for guests of ours */
	blk_encode_request(protocol, req, slot);
	assert(protocol->decode(slot, &back) == 0);
	assert(!memcmp(req, &back, sizeof(back)));
}

static void check(const struct ring_protocol *protocol, const uint8_t *slot)
{
	struct blk_request req;

	if (protocol->decode(slot, &req) < 0)
		return;

	assert(req.sector + req.n_sectors >= req.sector);
	if (req.indirect) {
		assert(req.op == BLK_READ || req.op == BLK_WRITE);
		assert(req.n_segments > 0);
		assert(req.n_segments <= BLK_INDIRECT_MAX);
	} else {
		check_segments(&req);
	}
	check_round_trip(protocol, &req);
}

/* Whatever a guest writes into a slot, what comes out can be relied on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t slot[112] = { 0 };
	struct blk_segment seg;

	memcpy(slot, data, len < sizeof(slot) ? len : sizeof(slot));
	check(&blk_64, slot);
	check(&blk_32, slot);
	if (blk_decode_segment(slot, &seg) == 0)
		check_segment(&seg);

	return 0;
}
