/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <unistd.h>

#include "tests/backends/fake-evdev.h"
#include "tests/backends/kbd-heard.h"
#include "tests/lib/test.h"

static struct fake_evdev fake;

/* A source on the fake, of a guest with 1024 by 768 pixels. */
static struct heard *source(struct test *t)
{
	static const struct source_range range = { 1023, 767, 1023, 767 };
	struct heard *heard = heard_new(t->mem, loop_new_virtual(t->mem));

	fake_evdev_open(&fake);
	CHECK_EQ(source_new_evdev(heard, heard->loop, fake.fd, &range,
				  &heard_ops, heard),
		 0);
	return heard;
}

static void report(struct heard *heard)
{
	fake_evdev_send(&fake, EV_SYN, SYN_REPORT, 0);
	loop_settle(heard->loop);
}

/* A finger, which is a new one if it has a number. */
static void touch(int slot, int tracking, int x, int y)
{
	fake_evdev_send(&fake, EV_ABS, ABS_MT_SLOT, slot);
	if (tracking)
		fake_evdev_send(&fake, EV_ABS, ABS_MT_TRACKING_ID, tracking);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_POSITION_X, x);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_POSITION_Y, y);
}

TEST(keys_of_a_keyboard)
{
	struct heard *heard;

	fake.keys = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_KEY, KEY_A, 1);
	report(heard);
	CHECK_HEARD(heard, "key 30 down;sync;");
	fake_evdev_send(&fake, EV_KEY, KEY_A, 2);
	report(heard);
	CHECK_HEARD(heard, "key 30 down;sync;");
	fake_evdev_send(&fake, EV_KEY, KEY_A, 0);
	report(heard);
	CHECK_HEARD(heard, "key 30 up;sync;");
}

TEST(motion_of_a_mouse_is_one_event_and_comes_before_its_button)
{
	struct heard *heard;

	fake.keys = fake.motion = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_REL, REL_X, -5);
	fake_evdev_send(&fake, EV_REL, REL_Y, 3);
	fake_evdev_send(&fake, EV_KEY, BTN_LEFT, 1);
	report(heard);

	CHECK_HEARD(heard, "move -5 3 0;key 272 down;sync;");
}

TEST(a_wheel_turns_the_other_way_round)
{
	struct heard *heard;

	fake.motion = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_REL, REL_WHEEL, 1);
	report(heard);

	CHECK_HEARD(heard, "move 0 0 -1;sync;");
}

TEST(places_of_a_tablet_are_scaled)
{
	struct heard *heard;

	fake.place = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_ABS, ABS_X, 4095);
	fake_evdev_send(&fake, EV_ABS, ABS_Y, 2048);
	report(heard);

	CHECK_HEARD(heard, "to 1023 383 0;sync;");
}

TEST(fingers_are_scaled_and_numbered_by_slot)
{
	struct heard *heard;

	fake.fingers = true;
	heard = source(t);
	touch(0, 100, 100, 100);
	touch(3, 101, 1123, 867);
	report(heard);
	CHECK_HEARD(heard, "touch 0 down 0 0;touch 3 down 1023 767;sync;");

	touch(0, 0, 110, 120);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_SLOT, 3);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_TRACKING_ID, -1);
	report(heard);
	CHECK_HEARD(heard, "touch 0 move 10 20;touch 3 up;sync;");
}

TEST(another_finger_in_the_same_slot_is_another_touch)
{
	struct heard *heard;

	fake.fingers = true;
	heard = source(t);
	touch(1, 100, 200, 200);
	report(heard);
	heard_forget(heard);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_TRACKING_ID, -1);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_TRACKING_ID, 101);
	report(heard);

	CHECK_HEARD(heard, "touch 1 up;touch 1 down 100 100;sync;");
}

TEST(fingers_have_a_form)
{
	struct heard *heard;

	fake.fingers = true;
	heard = source(t);
	touch(0, 100, 100, 100);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_TOUCH_MAJOR, 30);
	fake_evdev_send(&fake, EV_ABS, ABS_MT_ORIENTATION, -1);
	report(heard);

	CHECK_HEARD(heard, "touch 0 down 0 0;touch 0 shape 30 0;"
			   "touch 0 turn -45;sync;");
}

TEST(a_touch_screen_is_no_tablet)
{
	struct heard *heard;

	fake.fingers = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_ABS, ABS_X, 500);
	report(heard);

	CHECK_HEARD(heard, "sync;");
}

TEST(what_the_kernel_dropped_is_asked_for)
{
	struct heard *heard;

	fake.fingers = true;
	heard = source(t);
	touch(0, 100, 100, 100);
	report(heard);
	heard_forget(heard);
	fake_evdev_send(&fake, EV_SYN, SYN_DROPPED, 0);
	fake.tracking[0] = -1;
	fake.tracking[1] = 101;
	fake.x[1] = 300;
	fake.y[1] = 400;
	report(heard);

	CHECK_HEARD(heard, "touch 0 up;touch 1 down 200 300;sync;sync;");
}

TEST(a_device_that_is_unplugged_lets_go_and_is_left_alone)
{
	struct heard *heard;

	fake.keys = true;
	heard = source(t);
	fake_evdev_send(&fake, EV_KEY, KEY_A, 1);
	report(heard);
	fake_evdev_unplug(&fake);
	loop_settle(heard->loop);

	CHECK_HEARD(heard, "key 30 down;sync;gone;");
}

TEST(what_is_no_device_is_refused)
{
	static const struct source_range range = { 1, 1, 1, 1 };
	struct loop *loop = loop_new_virtual(t->mem);
	int ends[2];

	CHECK_EQ(pipe(ends), 0);
	CHECK_EQ(source_new_evdev(t->mem, loop, ends[0], &range, &heard_ops,
				  NULL),
		 -ENOTTY);
	close(ends[0]);
	close(ends[1]);
}
