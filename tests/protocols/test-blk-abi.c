/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about rings and blkif agrees with Xen's own headers.
 *
 * Built once as it is, and once with ABI_32 for the layout of 32-bit guests,
 * where numbers of 64 bits are aligned to 4 bytes.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()  __sync_synchronize()
#define xen_rmb() __sync_synchronize()
#define xen_wmb() __sync_synchronize()

#ifdef ABI_32
#pragma pack(push, 4)
#endif
#include <xen/grant_table.h>
#include <xen/io/blkif.h>
#include <xen/xen.h>
#ifdef ABI_32
#pragma pack(pop)
#define OURS blk_32
#else
#define OURS blk_64
#endif

#include "protocols/blk.h"
#include "tests/lib/test.h"

static_assert(offsetof(struct blkif_sring, req_prod) ==
		      offsetof(struct ring_shared, req_prod),
	      "req_prod");
static_assert(offsetof(struct blkif_sring, rsp_event) ==
		      offsetof(struct ring_shared, rsp_event),
	      "rsp_event");
static_assert(offsetof(struct blkif_sring, ring) ==
		      offsetof(struct ring_shared, slots),
	      "ring header");
static_assert((int)BLK_READ == BLKIF_OP_READ, "read");
static_assert((int)BLK_WRITE == BLKIF_OP_WRITE, "write");
static_assert((int)BLK_BARRIER == BLKIF_OP_WRITE_BARRIER, "barrier");
static_assert((int)BLK_FLUSH == BLKIF_OP_FLUSH_DISKCACHE, "flush");
static_assert((int)BLK_DISCARD == BLKIF_OP_DISCARD, "discard");
static_assert((int)BLK_INDIRECT == BLKIF_OP_INDIRECT, "indirect");
static_assert(BLK_NOT_SUPPORTED == BLKIF_RSP_EOPNOTSUPP, "not supported");
static_assert(BLK_ERROR == BLKIF_RSP_ERROR, "error");
static_assert(BLK_SEGMENTS_MAX == BLKIF_MAX_SEGMENTS_PER_REQUEST, "segments");
static_assert(BLK_INDIRECT_PAGES == BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
	      "indirect pages");
static_assert(BLK_SEGMENT_SIZE == sizeof(struct blkif_request_segment),
	      "segment");

static struct blk_request req;

TEST(slots_are_as_large_and_as_many)
{
	CHECK_EQ(OURS.slot_size, sizeof(union blkif_sring_entry));
	CHECK_EQ(OURS.response_size, sizeof(struct blkif_response));
	CHECK_EQ(ring_n_slots(XEN_PAGE_SIZE, OURS.slot_size),
		 __CONST_RING_SIZE(blkif, XEN_PAGE_SIZE));
	CHECK_EQ(ring_n_slots(8 * XEN_PAGE_SIZE, OURS.slot_size),
		 __CONST_RING_SIZE(blkif, 8 * XEN_PAGE_SIZE));
}

TEST(a_read_as_xen_writes_it)
{
	struct blkif_request wire = {
		.operation = BLKIF_OP_READ,
		.nr_segments = 1,
		.handle = 51712,
		.id = 0x1122334455667788,
		.sector_number = 42,
		.seg = { { .gref = 9, .first_sect = 1, .last_sect = 7 } },
	};

	CHECK_EQ(OURS.decode(&wire, &req), 0);
	CHECK_EQ(req.op, BLK_READ);
	CHECK_EQ(req.id, 0x1122334455667788);
	CHECK_EQ(req.sector, 42);
	CHECK_EQ(req.n_segments, 1);
	CHECK_EQ(req.segment[0].ref, 9);
	CHECK_EQ(req.segment[0].offset, 512);
	CHECK_EQ(req.segment[0].len, 7 * 512);
}

TEST(a_discard_as_xen_writes_it)
{
	union blkif_sring_entry wire = { 0 };
	struct blkif_request_discard *discard = (void *)&wire;

	discard->operation = BLKIF_OP_DISCARD;
	discard->flag = BLKIF_DISCARD_SECURE;
	discard->id = 5;
	discard->sector_number = 8;
	discard->nr_sectors = 1024;

	CHECK_EQ(OURS.decode(&wire, &req), 0);
	CHECK_EQ(req.op, BLK_DISCARD);
	CHECK(req.secure);
	CHECK_EQ(req.id, 5);
	CHECK_EQ(req.sector, 8);
	CHECK_EQ(req.n_sectors, 1024);
}

TEST(an_indirect_write_as_xen_writes_it)
{
	union blkif_sring_entry wire = { 0 };
	struct blkif_request_indirect *indirect = (void *)&wire;

	indirect->operation = BLKIF_OP_INDIRECT;
	indirect->indirect_op = BLKIF_OP_WRITE;
	indirect->nr_segments = 600;
	indirect->id = 6;
	indirect->sector_number = 16;
	indirect->indirect_grefs[0] = 77;
	indirect->indirect_grefs[7] = 78;

	CHECK_EQ(OURS.decode(&wire, &req), 0);
	CHECK(req.indirect && req.op == BLK_WRITE);
	CHECK_EQ(req.n_segments, 600);
	CHECK_EQ(req.id, 6);
	CHECK_EQ(req.sector, 16);
	CHECK_EQ(req.page[0], 77);
	CHECK_EQ(req.page[7], 78);
}

TEST(a_response_as_xen_reads_it)
{
	struct blk_response rsp = { 0x8000000000000001, BLK_FLUSH, BLK_ERROR };
	struct blkif_response wire;

	memset(&wire, 'x', sizeof(wire));
	OURS.encode(&rsp, &wire);

	CHECK(wire.id == 0x8000000000000001);
	CHECK_EQ(wire.operation, BLKIF_OP_FLUSH_DISKCACHE);
	CHECK_EQ(wire.status, BLKIF_RSP_ERROR);
}

TEST(a_guest_of_ours_writes_what_xen_reads)
{
	struct blk_request sent = { .id = 3, .op = BLK_WRITE, .sector = 4 };
	struct blkif_request wire;

	sent.n_segments = 1;
	sent.segment[0] = (struct blk_segment){ 9, 1024, 512 };
	blk_encode_request(&OURS, &sent, &wire);

	CHECK_EQ(wire.operation, BLKIF_OP_WRITE);
	CHECK_EQ(wire.nr_segments, 1);
	CHECK_EQ(wire.id, 3);
	CHECK_EQ(wire.sector_number, 4);
	CHECK_EQ(wire.seg[0].gref, 9);
	CHECK_EQ(wire.seg[0].first_sect, 2);
	CHECK_EQ(wire.seg[0].last_sect, 2);
}
