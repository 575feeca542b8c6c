/* SPDX-License-Identifier: MIT */

#include "protocols/blk.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

/* Offsets in a slot of the 64-bit layout. */
enum { OP, N_SEGMENTS, INDIRECT_OP = 1, FLAGS = 1, ID = 8, SECTOR = 16 };
enum { N_SECTORS = 24, FIRST = 28, LAST = 29 };

static struct blk_request req;

static int decode(uint8_t op, uint8_t n_segments, uint8_t first, uint8_t last)
{
	uint8_t slot[112] = { op, n_segments, [FIRST] = first, [LAST] = last };

	return blk_64.decode(slot, &req);
}

static int decode_indirect(uint8_t op, uint16_t n_segments)
{
	uint8_t slot[112] = { BLK_INDIRECT, op, n_segments, n_segments >> 8 };

	return blk_64.decode(slot, &req);
}

/* A read of 8 sectors or a discard, from @sector on. */
static int decode_at(uint8_t op, uint64_t sector)
{
	uint8_t slot[112] = { op, op == BLK_READ, [N_SECTORS] = 8 };

	memcpy(slot + SECTOR, &sector, sizeof(sector));
	slot[LAST] = op == BLK_READ ? 7 : 0;
	return blk_64.decode(slot, &req);
}

TEST(eleven_segments_and_no_more)
{
	CHECK_EQ(decode(BLK_READ, 11, 0, 7), 0);
	CHECK_EQ(decode(BLK_READ, 12, 0, 7), -EPROTO);
	CHECK_EQ(decode(BLK_READ, 32, 0, 7), -EPROTO);
	CHECK_EQ(decode(BLK_READ, 255, 0, 7), -EPROTO);
}

TEST(only_a_flush_or_barrier_may_come_without_data)
{
	CHECK_EQ(decode(BLK_READ, 0, 0, 0), -EPROTO);
	CHECK_EQ(decode(BLK_WRITE, 0, 0, 0), -EPROTO);
	CHECK_EQ(decode(BLK_FLUSH, 0, 0, 0), 0);
	CHECK_EQ(decode(BLK_BARRIER, 0, 0, 0), 0);
}

TEST(a_segment_stays_on_its_page)
{
	CHECK_EQ(decode(BLK_WRITE, 1, 7, 7), 0);
	CHECK_EQ(req.segment[0].offset, 7 * 512);
	CHECK_EQ(req.segment[0].len, 512);
	CHECK_EQ(decode(BLK_WRITE, 1, 0, 8), -EPROTO);
	CHECK_EQ(decode(BLK_WRITE, 1, 0, 255), -EPROTO);
	CHECK_EQ(decode(BLK_WRITE, 1, 3, 2), -EPROTO);
}

TEST(sectors_are_counted)
{
	CHECK_EQ(decode(BLK_READ, 3, 1, 2), 0);

	CHECK_EQ(req.n_sectors, 2 + 1 + 1); /* the others: first and last 0 */
}

TEST(no_range_of_sectors_wraps)
{
	CHECK_EQ(decode_at(BLK_READ, UINT64_MAX - 8), 0);
	CHECK_EQ(decode_at(BLK_READ, UINT64_MAX - 7), -EPROTO);
	CHECK_EQ(decode_at(BLK_DISCARD, UINT64_MAX - 8), 0);
	CHECK_EQ(decode_at(BLK_DISCARD, UINT64_MAX - 7), -EPROTO);
}

TEST(a_discard_has_no_segments_but_flags)
{
	CHECK_EQ(decode(BLK_DISCARD, 255, 0, 0), 0);

	CHECK_EQ(req.n_segments, 0);
	CHECK(req.secure);
	CHECK_EQ(decode(BLK_DISCARD, 2, 0, 0), 0);
	CHECK(!req.secure);
}

TEST(an_unknown_request_is_decoded_to_be_refused)
{
	CHECK_EQ(decode(4, 255, 9, 9), 0);
	CHECK_EQ(req.op, 4);
	CHECK_EQ(req.n_segments, 0);
	CHECK_EQ(decode(255, 255, 9, 9), 0);
	CHECK_EQ(req.op, 255);
}

TEST(an_indirect_request_is_what_it_carries)
{
	CHECK_EQ(decode_indirect(BLK_WRITE, 4096), 0);

	CHECK(req.indirect);
	CHECK_EQ(req.op, BLK_WRITE);
	CHECK_EQ(req.n_segments, 4096);
	CHECK_EQ(req.n_sectors, 0);
}

TEST(an_indirect_request_has_1_to_4096_segments)
{
	CHECK_EQ(decode_indirect(BLK_READ, 0), -EPROTO);
	CHECK_EQ(decode_indirect(BLK_READ, 1), 0);
	CHECK_EQ(decode_indirect(BLK_READ, 4097), -EPROTO);
	CHECK_EQ(decode_indirect(BLK_READ, 65535), -EPROTO);
}

TEST(an_indirect_request_reads_or_writes)
{
	CHECK_EQ(decode_indirect(BLK_BARRIER, 1), -EPROTO);
	CHECK_EQ(decode_indirect(BLK_DISCARD, 1), -EPROTO);
	CHECK_EQ(decode_indirect(BLK_INDIRECT, 1), -EPROTO);
}

TEST(a_request_that_cannot_be_is_refused_by_its_id)
{
	uint8_t slot[112] = { BLK_WRITE, 12, [ID] = 0x2a, [ID + 7] = 0x80 };
	struct blk_response rsp;

	CHECK_EQ(blk_64.decode(slot, &req), -EPROTO);
	blk_64.refuse(&req, slot);
	blk_decode_response(&blk_64, slot, &rsp);

	CHECK(rsp.id == 0x800000000000002a);
	CHECK_EQ(rsp.op, BLK_WRITE);
	CHECK_EQ(rsp.status, BLK_ERROR);
}

TEST(a_response_is_whole_and_its_padding_zero)
{
	struct blk_response rsp = { 1, BLK_WRITE, BLK_NOT_SUPPORTED };
	uint8_t slot[16];
	uint8_t want[16] = { 1, [8] = BLK_WRITE, [10] = 0xfe, 0xff };

	memset(slot, 'x', sizeof(slot));
	blk_64.encode(&rsp, slot);

	CHECK_EQ(blk_64.response_size, sizeof(slot));
	CHECK(!memcmp(slot, want, sizeof(slot)));
}

TEST(the_32_bit_layout_has_no_padding)
{
	uint8_t slot[108] = { [4] = 0x2a, [12] = 0x07 };

	CHECK_EQ(blk_32.decode(slot, &req), -EPROTO); /* no segments */
	CHECK_EQ(req.id, 0x2a);
	slot[0] = BLK_FLUSH;
	CHECK_EQ(blk_32.decode(slot, &req), 0);
	CHECK_EQ(req.sector, 7);
}

TEST(guests_without_a_protocol_are_32_bit_ones_as_everywhere)
{
	CHECK(blk_protocol("x86_64-abi") == &blk_64);
	CHECK(blk_protocol("x86_32-abi") == &blk_32);
	CHECK(blk_protocol(NULL) == &blk_32);
	CHECK(!blk_protocol("x86_64"));
	CHECK(!blk_protocol(""));
}

TEST(what_a_guest_encodes_the_host_decodes)
{
	struct blk_request sent = { .id = 7, .op = BLK_WRITE, .sector = 9 };
	uint8_t slot[112];

	sent.n_segments = 1;
	sent.segment[0] = (struct blk_segment){ 5, 512, 1024 };
	blk_encode_request(&blk_32, &sent, slot);

	CHECK_EQ(blk_32.decode(slot, &req), 0);
	CHECK_EQ(req.id, 7);
	CHECK_EQ(req.segment[0].ref, 5);
	CHECK_EQ(req.segment[0].offset, 512);
	CHECK_EQ(req.segment[0].len, 1024);
}

TEST(what_the_host_answers_the_guest_decodes)
{
	struct blk_response rsp = { 7, BLK_READ, BLK_ERROR }, back;
	uint8_t slot[16];

	blk_32.encode(&rsp, slot);
	blk_decode_response(&blk_32, slot, &back);

	CHECK_EQ(back.id, 7);
	CHECK_EQ(back.op, BLK_READ);
	CHECK_EQ(back.status, BLK_ERROR);
}
