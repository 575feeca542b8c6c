/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about input agrees with Xen's own header.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xen/io/kbdif.h>

#include "protocols/kbd.h"
#include "tests/lib/test.h"

static_assert((int)KBD_MOTION == XENKBD_TYPE_MOTION, "motion");
static_assert((int)KBD_KEY == XENKBD_TYPE_KEY, "key");
static_assert((int)KBD_POSITION == XENKBD_TYPE_POS, "position");
static_assert((int)KBD_TOUCH == XENKBD_TYPE_MTOUCH, "touch");
static_assert((int)KBD_DOWN == XENKBD_MT_EV_DOWN, "down");
static_assert((int)KBD_UP == XENKBD_MT_EV_UP, "up");
static_assert((int)KBD_MOVE == XENKBD_MT_EV_MOTION, "move");
static_assert((int)KBD_SYNC == XENKBD_MT_EV_SYN, "sync");
static_assert((int)KBD_SHAPE == XENKBD_MT_EV_SHAPE, "shape");
static_assert((int)KBD_ORIENTATION == XENKBD_MT_EV_ORIENT, "orientation");

static union xenkbd_in_event wire;

static void encode(struct kbd_event event)
{
	memset(&wire, 'x', sizeof(wire));
	kbd_encode(&event, &wire);
}

static void encode_touch(struct kbd_touch touch)
{
	encode((struct kbd_event){ KBD_TOUCH, .touch = touch });
	CHECK_EQ(wire.type, XENKBD_TYPE_MTOUCH);
}

TEST(events_are_where_xen_has_them)
{
	CHECK_EQ(kbd_events.indices, offsetof(struct xenkbd_page, in_cons));
	CHECK_EQ(kbd_events.indices + 4, offsetof(struct xenkbd_page, in_prod));
	CHECK_EQ(kbd_events.slots, XENKBD_IN_RING_OFFS);
	CHECK_EQ(kbd_events.n_slots, XENKBD_IN_RING_LEN);
	CHECK_EQ(kbd_events.size, sizeof(union xenkbd_in_event));
}

TEST(events_of_the_guest_are_where_xen_has_them)
{
	CHECK_EQ(kbd_out_events.indices,
		 offsetof(struct xenkbd_page, out_cons));
	CHECK_EQ(kbd_out_events.indices + 4,
		 offsetof(struct xenkbd_page, out_prod));
	CHECK_EQ(kbd_out_events.slots, XENKBD_OUT_RING_OFFS);
	CHECK_EQ(kbd_out_events.n_slots, XENKBD_OUT_RING_LEN);
	CHECK_EQ(kbd_out_events.size, sizeof(union xenkbd_out_event));
}

TEST(motion_as_xen_reads_it)
{
	encode((struct kbd_event){ KBD_MOTION, .motion = { -1, 2, -3 } });

	CHECK_EQ(wire.type, XENKBD_TYPE_MOTION);
	CHECK_EQ(wire.motion.rel_x, -1);
	CHECK_EQ(wire.motion.rel_y, 2);
	CHECK_EQ(wire.motion.rel_z, -3);
	CHECK_EQ(wire.pad[1], 0);
	CHECK_EQ(wire.pad[39], 0);
}

TEST(a_position_as_xen_reads_it)
{
	encode((struct kbd_event){ KBD_POSITION, .motion = { 800, 600, 1 } });

	CHECK_EQ(wire.type, XENKBD_TYPE_POS);
	CHECK_EQ(wire.pos.abs_x, 800);
	CHECK_EQ(wire.pos.abs_y, 600);
	CHECK_EQ(wire.pos.rel_z, 1);
}

TEST(a_key_as_xen_reads_it)
{
	encode((struct kbd_event){ KBD_KEY, .key = { true, 0x110 } });

	CHECK_EQ(wire.type, XENKBD_TYPE_KEY);
	CHECK_EQ(wire.key.pressed, 1);
	CHECK_EQ(wire.key.keycode, 0x110);
}

TEST(touches_as_xen_reads_them)
{
	encode_touch((struct kbd_touch){ KBD_MOVE, 9, { { 11, -12 } } });
	CHECK_EQ(wire.mtouch.event_type, XENKBD_MT_EV_MOTION);
	CHECK_EQ(wire.mtouch.contact_id, 9);
	CHECK_EQ(wire.mtouch.u.pos.abs_x, 11);
	CHECK_EQ(wire.mtouch.u.pos.abs_y, -12);

	encode_touch((struct kbd_touch){ KBD_SYNC, 0, { { 0, 0 } } });
	CHECK_EQ(wire.mtouch.event_type, XENKBD_MT_EV_SYN);
	for (size_t i = 2; i < sizeof(wire.pad); i++)
		CHECK_EQ(wire.pad[i], 0);
}

TEST(the_form_of_a_touch_as_xen_reads_it)
{
	encode_touch(
		(struct kbd_touch){ KBD_SHAPE, 1, .major = 30, .minor = 20 });
	CHECK_EQ(wire.mtouch.event_type, XENKBD_MT_EV_SHAPE);
	CHECK_EQ(wire.mtouch.u.shape.major, 30);
	CHECK_EQ(wire.mtouch.u.shape.minor, 20);

	encode_touch((struct kbd_touch){ KBD_ORIENTATION, 1, .degrees = -45 });
	CHECK_EQ(wire.mtouch.event_type, XENKBD_MT_EV_ORIENT);
	CHECK_EQ(wire.mtouch.u.orientation, -45);
}

TEST(a_guest_of_ours_reads_what_xen_writes)
{
	struct kbd_event event;

	memset(&wire, 0, sizeof(wire));
	wire.pos = (struct xenkbd_position){ XENKBD_TYPE_POS, 1, -2, 3 };
	CHECK_EQ(kbd_decode(&wire, &event), 0);
	CHECK_EQ(event.type, KBD_POSITION);
	CHECK_EQ(event.motion.x, 1);
	CHECK_EQ(event.motion.y, -2);
	CHECK_EQ(event.motion.wheel, 3);

	wire.key = (struct xenkbd_key){ XENKBD_TYPE_KEY, 1, 30 };
	CHECK_EQ(kbd_decode(&wire, &event), 0);
	CHECK(event.type == KBD_KEY && event.key.pressed);
	CHECK_EQ(event.key.code, 30);
}
