/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "tests/backends/kbd-guest.h"
#include "tests/lib/test.h"

#define BUTTON_LEFT 0x110

/* A guest without something that kbd_everything has. */
static struct kbd_guest *guest_with(struct test *t, bool keyboard, bool pointer,
				    bool absolute, unsigned int n_contacts)
{
	struct seat_devices devices = kbd_everything;

	devices.keyboard = keyboard;
	devices.pointer = pointer;
	devices.absolute = absolute;
	devices.n_contacts = n_contacts;
	return kbd_guest_new(t->mem, &devices);
}

static bool pressed(const struct kbd_guest *guest, uint32_t code)
{
	return state_key(&guest->state, code);
}

TEST(a_frame_is_one_notification)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_key(guest->seat, 30, true);
	seat_motion(guest->seat, KBD_POSITION, 5, 6, 0);
	CHECK_EQ(guest->n_notified, 0);
	seat_frame(guest->seat);

	CHECK_EQ(guest->n_notified, 1);
	CHECK_EQ(kbd_guest_read(guest, 10), 2);
	CHECK(pressed(guest, 30));
	CHECK_EQ(guest->state.x, 5);
}

TEST(nothing_is_not_worth_a_notification)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_frame(guest->seat);
	seat_release(guest->seat);

	CHECK_EQ(guest->n_notified, 0);
}

TEST(touches_end_with_one_sync)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_touch(guest->seat, KBD_DOWN, 0, 10, 20);
	seat_touch(guest->seat, KBD_DOWN, 9, 30, 40);
	seat_frame(guest->seat);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 10), 3);
	CHECK(guest->state.contact[0].down && guest->state.contact[9].down);
	CHECK_EQ(guest->state.contact[9].y, 40);
	CHECK_EQ(guest->last.touch.kind, KBD_SYNC);
	CHECK(!guest->state.unsynced);
}

/* Linux looks each key up in the pointer's, without looking for a pointer. */
TEST(a_guest_without_a_pointer_gets_no_key)
{
	struct kbd_guest *guest = guest_with(t, true, false, false, 10);

	seat_key(guest->seat, 30, true);
	seat_key(guest->seat, BUTTON_LEFT, true);
	seat_motion(guest->seat, KBD_MOTION, 1, 1, 0);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 10), 0);
}

TEST(a_guest_without_a_keyboard_gets_buttons_only)
{
	struct kbd_guest *guest = guest_with(t, false, true, true, 10);

	seat_key(guest->seat, 30, true);
	seat_key(guest->seat, BUTTON_LEFT, true);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 10), 1);
	CHECK(pressed(guest, BUTTON_LEFT));
}

TEST(codes_that_linux_has_no_device_for_are_left_out)
{
	static const uint32_t known[] = { 1, 239, 0x110, 0x117, 0x160, 0x2fe };
	static const uint32_t unknown[] = { 0,     240,   0x10f, 0x118,
					    0x15f, 0x2ff, 0x300, UINT32_MAX };
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		seat_key(guest->seat, known[i], true);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		seat_key(guest->seat, unknown[i], true);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 99), sizeof(known) / sizeof(*known));
}

TEST(a_place_is_within_the_guests_screen)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_motion(guest->seat, KBD_POSITION, 5000, -1, 0);
	seat_frame(guest->seat);
	kbd_guest_read(guest, 1);
	CHECK_EQ(guest->state.x, 1023);
	CHECK_EQ(guest->state.y, 0);

	seat_motion(guest->seat, KBD_POSITION, INT32_MIN, INT32_MAX, 0);
	seat_frame(guest->seat);
	kbd_guest_read(guest, 1);
	CHECK_EQ(guest->state.x, 0);
	CHECK_EQ(guest->state.y, 767);
}

TEST(motion_moves_the_place_of_a_guest_that_has_one)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_motion(guest->seat, KBD_POSITION, 100, 100, 0);
	seat_motion(guest->seat, KBD_MOTION, -20, 30, 2);
	seat_motion(guest->seat, KBD_MOTION, INT32_MAX, 0, 0);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 2), 2);
	CHECK_EQ(guest->state.x, 80);
	CHECK_EQ(guest->state.y, 130);
	CHECK_EQ(guest->state.wheel, 2);
	kbd_guest_read(guest, 1);
	CHECK_EQ(guest->state.x, 1023);
}

TEST(a_place_is_a_way_for_a_guest_that_has_none)
{
	struct kbd_guest *guest = guest_with(t, true, true, false, 0);

	seat_motion(guest->seat, KBD_POSITION, 100, 100, 0);
	seat_motion(guest->seat, KBD_POSITION, 90, 120, -1);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 9), 2);
	CHECK_EQ(guest->last.type, KBD_MOTION);
	CHECK_EQ(guest->last.motion.x, -10);
	CHECK_EQ(guest->last.motion.y, 20);
	CHECK_EQ(guest->last.motion.wheel, -1);
}

TEST(fingers_that_the_guest_cannot_count_are_left_out)
{
	struct kbd_guest *guest = guest_with(t, true, true, true, 2);

	for (int i = 0; i < 256; i++)
		seat_touch(guest->seat, KBD_DOWN, i, 1, 1);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 99), 3);
	CHECK(guest->state.contact[1].down && !guest->state.contact[2].down);
}

TEST(a_guest_may_say_that_it_knows_more_fingers_than_we)
{
	struct kbd_guest *guest = guest_with(t, true, true, true, UINT32_MAX);

	for (int i = 0; i < 256; i++)
		seat_touch(guest->seat, KBD_DOWN, i, 1, 1);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 999), STATE_CONTACTS + 1);
}

TEST(a_screen_of_no_size_has_one_place)
{
	struct seat_devices devices = kbd_everything;
	struct kbd_guest *guest;

	devices.x_max = devices.y_max = 0;
	devices.touch_x_max = devices.touch_y_max = 0;
	guest = kbd_guest_new(t->mem, &devices);
	seat_motion(guest->seat, KBD_POSITION, 5, 5, 0);
	seat_touch(guest->seat, KBD_DOWN, 0, 5, 5);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 9), 3);
	CHECK_EQ(guest->state.x, 0);
	CHECK_EQ(guest->state.contact[0].y, 0);
}

TEST(touches_that_make_no_sense_are_left_out)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_touch(guest->seat, KBD_UP, 0, 0, 0);
	seat_touch(guest->seat, KBD_MOVE, 0, 1, 1);
	seat_touch(guest->seat, KBD_SYNC, 0, 0, 0);
	CHECK_EQ(kbd_guest_read(guest, 9), 0);

	seat_touch(guest->seat, KBD_DOWN, 0, 1, 1);
	seat_touch(guest->seat, KBD_DOWN, 0, 2, 2);
	seat_frame(guest->seat);
	CHECK_EQ(kbd_guest_read(guest, 9), 2);
	CHECK_EQ(guest->state.contact[0].x, 1);
}

TEST(a_sync_is_of_no_finger)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_touch(guest->seat, KBD_DOWN, 3, 1, 1);
	seat_touch(guest->seat, KBD_SYNC, 255, 0, 0);
	seat_frame(guest->seat);

	CHECK_EQ(kbd_guest_read(guest, 9), 2);
	CHECK_EQ(guest->last.touch.contact, 0);
}

TEST(no_axis_is_longer_than_linux_knows)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_touch(guest->seat, KBD_DOWN, 0, 1, 1);
	seat_touch(guest->seat, KBD_SHAPE, 0, 5000, 20);
	seat_frame(guest->seat);

	kbd_guest_catch_up(guest);
	CHECK_EQ(guest->state.contact[0].major, 255);
	CHECK_EQ(guest->state.contact[0].minor, 20);
}

TEST(taps_that_are_too_many_for_the_page_wait)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	for (int i = 0; i < 60; i++) {
		seat_key(guest->seat, 30, true);
		seat_key(guest->seat, 30, false);
	}
	seat_frame(guest->seat);
	CHECK_EQ(events_ready(&guest->in), 51);

	kbd_guest_catch_up(guest);
	CHECK_EQ(guest->n_read, 120);
}

TEST(a_guest_that_does_not_read_costs_a_look_each_millisecond)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	for (int i = 0; i < 60; i++)
		seat_key(guest->seat, 30, i & 1);
	seat_frame(guest->seat);
	loop_advance(guest->loop, 100000);
	CHECK_EQ(guest->n_notified, 1);

	CHECK_EQ(kbd_guest_read(guest, 99), 51);
	loop_advance(guest->loop, 1000);
	CHECK_EQ(guest->n_notified, 2);
	CHECK_EQ(kbd_guest_read(guest, 99), 9);
}

TEST(a_guest_that_slept_knows_at_last_what_is_pressed)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_key(guest->seat, 42, true);
	seat_frame(guest->seat);
	kbd_guest_read(guest, 1);
	for (int i = 0; i < 10000; i++) {
		seat_key(guest->seat, 30, i & 1);
		seat_frame(guest->seat);
	}
	seat_key(guest->seat, 42, false);
	seat_frame(guest->seat);

	kbd_guest_catch_up(guest);
	CHECK(pressed(guest, 30));
	CHECK(!pressed(guest, 42));
	CHECK(guest->n_read < 1000);
}

TEST(motion_is_merged_but_not_lost)
{
	struct kbd_guest *guest = guest_with(t, true, true, false, 0);

	for (int i = 0; i < 10000; i++) {
		seat_motion(guest->seat, KBD_MOTION, 1, -2, i & 1);
		seat_frame(guest->seat);
	}

	kbd_guest_catch_up(guest);
	CHECK_EQ(guest->state.moved_x, 10000);
	CHECK_EQ(guest->state.moved_y, -20000);
	CHECK_EQ(guest->state.wheel, 5000);
	CHECK(guest->n_read < 1000);
}

TEST(the_last_place_counts)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	for (int i = 0; i < 1000; i++) {
		seat_motion(guest->seat, KBD_POSITION, i, 5, 1);
		seat_frame(guest->seat);
	}

	kbd_guest_catch_up(guest);
	CHECK_EQ(guest->state.x, 999);
	CHECK_EQ(guest->state.wheel, 1000);
}

TEST(a_finger_that_was_lifted_meanwhile_is_a_new_one)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_touch(guest->seat, KBD_DOWN, 3, 10, 10);
	seat_frame(guest->seat);
	kbd_guest_catch_up(guest);
	for (int i = 0; i < 1000; i++) {
		seat_touch(guest->seat, KBD_MOVE, 3, i, i);
		seat_frame(guest->seat);
	}
	seat_touch(guest->seat, KBD_UP, 3, 0, 0);
	seat_touch(guest->seat, KBD_DOWN, 3, 700, 700);
	seat_frame(guest->seat);

	kbd_guest_catch_up(guest);
	CHECK_EQ(guest->state.contact[3].number, 2);
	CHECK(guest->state.contact[3].down);
	CHECK_EQ(guest->state.contact[3].x, 700);
	CHECK(!guest->state.unsynced);
}

TEST(what_nobody_holds_any_more_is_released)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_key(guest->seat, 30, true);
	seat_key(guest->seat, BUTTON_LEFT, true);
	seat_touch(guest->seat, KBD_DOWN, 3, 10, 10);
	seat_frame(guest->seat);
	seat_release(guest->seat);
	kbd_guest_catch_up(guest);

	CHECK(!pressed(guest, 30) && !pressed(guest, BUTTON_LEFT));
	CHECK(!guest->state.contact[3].down);
	CHECK(!guest->state.unsynced);
	CHECK_EQ(guest->n_read, 8);
}

TEST(a_guest_that_lies_about_what_it_read_harms_itself_only)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	for (uint32_t i = 0; i < 1000; i++) {
		guest->page[0] = i * 77777;
		seat_key(guest->seat, 30, i & 1);
		seat_frame(guest->seat);
		loop_advance(guest->loop, 1000);
	}
	guest->page[0] = guest->seat ? guest->page[1] : 0;
	events_in_init(&guest->in, guest->page, &kbd_events);
	seat_key(guest->seat, 42, true);
	seat_frame(guest->seat);

	kbd_guest_catch_up(guest);
	CHECK(pressed(guest, 42));
}

TEST(a_page_that_the_guest_overwrites_is_not_read_back)
{
	struct kbd_guest *guest = kbd_guest_new(t->mem, &kbd_everything);

	seat_key(guest->seat, 30, true);
	seat_frame(guest->seat);
	memset(guest->page, 0, sizeof(guest->page));
	seat_key(guest->seat, 30, false);
	seat_frame(guest->seat);

	CHECK_EQ(guest->page[1], 2);
}
