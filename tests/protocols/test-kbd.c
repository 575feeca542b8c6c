/* SPDX-License-Identifier: MIT */

#include "protocols/kbd.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

static struct kbd_event back;

static void there_and_back(struct kbd_event event)
{
	uint8_t slot[KBD_EVENT_SIZE];

	kbd_encode(&event, slot);
	CHECK_EQ(kbd_decode(slot, &back), 0);
	CHECK_EQ(back.type, event.type);
}

static int decode(uint8_t type, uint8_t kind)
{
	uint8_t slot[KBD_EVENT_SIZE] = { type, kind };

	return kbd_decode(slot, &back);
}

TEST(motion_goes_there_and_back)
{
	there_and_back((struct kbd_event){ KBD_MOTION,
					   .motion = { -5, INT32_MAX, 1 } });

	CHECK_EQ(back.motion.x, -5);
	CHECK_EQ(back.motion.y, INT32_MAX);
	CHECK_EQ(back.motion.wheel, 1);
}

TEST(keys_go_there_and_back)
{
	there_and_back((struct kbd_event){ KBD_KEY, .key = { true, 0x2fe } });
	CHECK(back.key.pressed);
	CHECK_EQ(back.key.code, 0x2fe);

	there_and_back((struct kbd_event){ KBD_KEY, .key = { false, 1 } });
	CHECK(!back.key.pressed);
}

TEST(touches_go_there_and_back)
{
	for (int kind = KBD_DOWN; kind <= KBD_ORIENTATION; kind++) {
		struct kbd_event event = { .type = KBD_TOUCH };

		event.touch.kind = kind;
		event.touch.contact = 255;
		event.touch.x = -7;
		there_and_back(event);
		CHECK_EQ(back.touch.kind, kind);
		CHECK_EQ(back.touch.contact, 255);
		CHECK_EQ(back.touch.x, kind == KBD_UP || kind == KBD_SYNC ? 0
				       : kind == KBD_ORIENTATION ? 0xfff9
								 : -7);
	}
}

TEST(an_event_of_no_known_kind_is_told_apart)
{
	CHECK_EQ(decode(0, 0), -EPROTO);
	CHECK_EQ(decode(2, 0), -EPROTO);
	CHECK_EQ(decode(6, 0), -EPROTO);
	CHECK_EQ(decode(255, 0), -EPROTO);
	CHECK_EQ(decode(KBD_TOUCH, 6), -EPROTO);
	CHECK_EQ(decode(KBD_TOUCH, 255), -EPROTO);
}

TEST(whatever_is_not_zero_is_pressed)
{
	CHECK_EQ(decode(KBD_KEY, 2), 0);
	CHECK(back.key.pressed);
}

TEST(an_event_leaves_nothing_of_the_one_before_in_its_slot)
{
	struct kbd_event up = { KBD_TOUCH,
				.touch = { KBD_UP, 3, { { 9, 9 } } } };
	uint8_t want[KBD_EVENT_SIZE] = { KBD_TOUCH, KBD_UP, 3 };
	uint8_t slot[KBD_EVENT_SIZE];

	memset(slot, 'x', sizeof(slot));
	kbd_encode(&up, slot);

	CHECK(!memcmp(slot, want, sizeof(slot)));
}
