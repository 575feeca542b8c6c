/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about displays agrees with Xen's own header.
 */

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()  __sync_synchronize()
#define xen_rmb() __sync_synchronize()
#define xen_wmb() __sync_synchronize()

#include <xen/errno.h>
#include <xen/io/displif.h>
#include <xen/xen.h>

#include "protocols/display.h"
#include "tests/lib/test.h"

static_assert((int)DISPLAY_CREATE_BUFFER == XENDISPL_OP_DBUF_CREATE, "create");
static_assert((int)DISPLAY_DESTROY_BUFFER == XENDISPL_OP_DBUF_DESTROY,
	      "destroy");
static_assert((int)DISPLAY_ATTACH == XENDISPL_OP_FB_ATTACH, "attach");
static_assert((int)DISPLAY_DETACH == XENDISPL_OP_FB_DETACH, "detach");
static_assert((int)DISPLAY_CONFIGURE == XENDISPL_OP_SET_CONFIG, "configure");
static_assert((int)DISPLAY_FLIP == XENDISPL_OP_PG_FLIP, "flip");
static_assert((int)DISPLAY_GET_EDID == XENDISPL_OP_GET_EDID, "edid");
static_assert(DISPLAY_EDID_MIN == XENDISPL_EDID_MAX_SIZE, "size of an edid");
static_assert(MEDIA_SLOT == sizeof(struct xendispl_req), "request");
static_assert(MEDIA_SLOT == sizeof(struct xendispl_resp), "response");
static_assert(MEDIA_SLOT == sizeof(struct xendispl_evt), "event");

static struct display_request req;

static int decode(struct xendispl_req *wire, uint8_t op)
{
	wire->id = 0x8001;
	wire->operation = op;
	return display_protocol.decode(wire, &req);
}

TEST(slots_are_as_large_and_as_many)
{
	CHECK_EQ(display_protocol.slot_size,
		 sizeof(union xen_displif_sring_entry));
	CHECK_EQ(ring_n_slots(XEN_PAGE_SIZE, display_protocol.slot_size),
		 __CONST_RING_SIZE(xen_displif, XEN_PAGE_SIZE));
}

TEST(events_are_where_xen_has_them)
{
	CHECK_EQ(media_events.indices,
		 offsetof(struct xendispl_event_page, in_cons));
	CHECK_EQ(media_events.indices + 4,
		 offsetof(struct xendispl_event_page, in_prod));
	CHECK_EQ(media_events.slots, XENDISPL_IN_RING_OFFS);
	CHECK_EQ(media_events.n_slots, XENDISPL_IN_RING_LEN);
	CHECK_EQ(media_events.size, sizeof(struct xendispl_evt));
}

TEST(a_buffer_as_xen_writes_it)
{
	struct xendispl_req
		wire = { .op.dbuf_create = {
				 .dbuf_cookie = 0x1122334455667788,
				 .width = 1280,
				 .height = 720,
				 .bpp = 32,
				 .buffer_sz = 1280 * 720 * 4,
				 .flags = XENDISPL_DBUF_FLG_REQ_ALLOC,
				 .gref_directory = 99,
				 .data_ofs = 64,
			 } };

	CHECK_EQ(decode(&wire, XENDISPL_OP_DBUF_CREATE), 0);
	CHECK_EQ(req.id, 0x8001);
	CHECK_EQ(req.op, DISPLAY_CREATE_BUFFER);
	CHECK_EQ(req.buffer.cookie, 0x1122334455667788);
	CHECK_EQ(req.buffer.width, 1280);
	CHECK_EQ(req.buffer.height, 720);
	CHECK_EQ(req.buffer.bpp, 32);
	CHECK_EQ(req.buffer.size, 1280 * 720 * 4);
	CHECK(req.buffer.allocate);
	CHECK_EQ(req.buffer.pages, 99);
	CHECK_EQ(req.buffer.offset, 64);
}

TEST(a_framebuffer_as_xen_writes_it)
{
	struct xendispl_req wire = { .op.fb_attach = {
					     .dbuf_cookie = 0x1122334455667788,
					     .fb_cookie = 0x8877665544332211,
					     .width = 640,
					     .height = 480,
					     .pixel_format = 0x34325258,
				     } };

	CHECK_EQ(decode(&wire, XENDISPL_OP_FB_ATTACH), 0);
	CHECK(req.framebuffer.buffer == 0x1122334455667788);
	CHECK(req.framebuffer.cookie == 0x8877665544332211);
	CHECK_EQ(req.framebuffer.width, 640);
	CHECK_EQ(req.framebuffer.height, 480);
	CHECK_EQ(req.framebuffer.format, 0x34325258);
}

TEST(a_configuration_as_xen_writes_it)
{
	struct xendispl_req wire = { .op.set_config = {
					     .fb_cookie = 0x8877665544332211,
					     .x = 1,
					     .y = 2,
					     .width = 640,
					     .height = 480,
					     .bpp = 32,
				     } };

	CHECK_EQ(decode(&wire, XENDISPL_OP_SET_CONFIG), 0);
	CHECK(req.config.cookie == 0x8877665544332211);
	CHECK_EQ(req.config.x, 1);
	CHECK_EQ(req.config.y, 2);
	CHECK_EQ(req.config.width, 640);
	CHECK_EQ(req.config.height, 480);
	CHECK_EQ(req.config.bpp, 32);
}

TEST(cookies_as_xen_writes_them)
{
	struct xendispl_req wire = { .op.pg_flip.fb_cookie =
					     0x8877665544332211 };

	CHECK_EQ(decode(&wire, XENDISPL_OP_PG_FLIP), 0);
	CHECK(req.cookie == 0x8877665544332211);
	wire.op.fb_detach.fb_cookie = 5;
	CHECK_EQ(decode(&wire, XENDISPL_OP_FB_DETACH), 0);
	CHECK_EQ(req.cookie, 5);
	wire.op.dbuf_destroy.dbuf_cookie = 6;
	CHECK_EQ(decode(&wire, XENDISPL_OP_DBUF_DESTROY), 0);
	CHECK_EQ(req.cookie, 6);
}

TEST(an_edid_as_xen_asks_for_it_and_gets_it)
{
	struct xendispl_req wire = { .op.get_edid = { XENDISPL_EDID_MAX_SIZE,
						      99 } };
	struct display_response rsp = { 7, DISPLAY_GET_EDID, 0, 128 };
	struct xendispl_resp back;

	CHECK_EQ(decode(&wire, XENDISPL_OP_GET_EDID), 0);
	CHECK_EQ(req.edid.size, XENDISPL_EDID_MAX_SIZE);
	CHECK_EQ(req.edid.pages, 99);

	display_protocol.encode(&rsp, &back);
	CHECK_EQ(back.op.get_edid.edid_sz, 128);
}

TEST(a_response_as_xen_reads_it)
{
	struct display_response rsp = { 0x8001, DISPLAY_FLIP, -EBUSY, 9 };
	struct xendispl_resp wire;

	memset(&wire, 'x', sizeof(wire));
	display_protocol.encode(&rsp, &wire);

	CHECK_EQ(wire.id, 0x8001);
	CHECK_EQ(wire.operation, XENDISPL_OP_PG_FLIP);
	CHECK_EQ(wire.reserved, 0);
	CHECK_EQ(wire.status, -XEN_EBUSY);
	for (size_t i = 0; i < sizeof(wire.op.reserved1); i++)
		CHECK_EQ(wire.op.reserved1[i], 0);
}

TEST(an_event_as_xen_reads_it)
{
	struct media_event event = { 3, 0x8877665544332211 };
	struct xendispl_evt wire;

	memset(&wire, 'x', sizeof(wire));
	media_encode_event(&event, &wire);

	CHECK_EQ(wire.id, 3);
	CHECK_EQ(wire.type, XENDISPL_EVT_PG_FLIP);
	CHECK(wire.op.pg_flip.fb_cookie == 0x8877665544332211);
}

TEST(a_guest_of_ours_writes_what_xen_reads)
{
	struct display_request sent = { .id = 3, .op = DISPLAY_CREATE_BUFFER };
	struct xendispl_req wire;

	sent.buffer = (struct display_buffer){ 9, 4, 2, 16, 16, true, 8, 0 };
	display_encode_request(&sent, &wire);

	CHECK_EQ(wire.id, 3);
	CHECK_EQ(wire.operation, XENDISPL_OP_DBUF_CREATE);
	CHECK_EQ(wire.op.dbuf_create.dbuf_cookie, 9);
	CHECK_EQ(wire.op.dbuf_create.width, 4);
	CHECK_EQ(wire.op.dbuf_create.height, 2);
	CHECK_EQ(wire.op.dbuf_create.bpp, 16);
	CHECK_EQ(wire.op.dbuf_create.buffer_sz, 16);
	CHECK_EQ(wire.op.dbuf_create.flags, XENDISPL_DBUF_FLG_REQ_ALLOC);
	CHECK_EQ(wire.op.dbuf_create.gref_directory, 8);
}
