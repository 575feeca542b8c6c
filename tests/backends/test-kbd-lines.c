/* SPDX-License-Identifier: MIT */

#include "backends/kbd/lines.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/lib/test.h"

static struct line line;

static int parse(const char *text)
{
	return line_parse(text, strlen(text), &line);
}

static const struct kbd_event *event_of(const char *text)
{
	CHECK_EQ(parse(text), 0);
	CHECK_EQ(line.kind, LINE_EVENT);
	return &line.event;
}

TEST(keys)
{
	CHECK_EQ(event_of("key 30 down")->type, KBD_KEY);
	CHECK_EQ(line.event.key.code, 30);
	CHECK(line.event.key.pressed);
	CHECK(!event_of("key 272 up")->key.pressed);
}

TEST(motion)
{
	CHECK_EQ(event_of("move -5 3")->type, KBD_MOTION);
	CHECK_EQ(line.event.motion.x, -5);
	CHECK_EQ(line.event.motion.y, 3);
	CHECK_EQ(line.event.motion.wheel, 0);
	CHECK_EQ(event_of("move 0 0 -2")->motion.wheel, -2);
	CHECK_EQ(event_of("to 100 200 1")->type, KBD_POSITION);
	CHECK_EQ(line.event.motion.wheel, 1);
}

TEST(fingers)
{
	const struct kbd_touch *touch = &line.event.touch;

	CHECK_EQ(event_of("touch 3 down 10 20")->type, KBD_TOUCH);
	CHECK(touch->kind == KBD_DOWN && touch->contact == 3);
	CHECK(touch->x == 10 && touch->y == 20);
	CHECK_EQ(event_of("touch 3 move 11 20")->touch.kind, KBD_MOVE);
	CHECK_EQ(event_of("touch 3 up")->touch.kind, KBD_UP);
	CHECK_EQ(event_of("touch 3 shape 30 20")->touch.kind, KBD_SHAPE);
	CHECK(touch->major == 30 && touch->minor == 20);
	CHECK_EQ(event_of("touch 3 turn -45")->touch.kind, KBD_ORIENTATION);
	CHECK_EQ(touch->degrees, -45);
}

TEST(moments)
{
	CHECK_EQ(parse("sync"), 0);
	CHECK_EQ(line.kind, LINE_SYNC);
	CHECK_EQ(parse("wait 100"), 0);
	CHECK_EQ(line.kind, LINE_WAIT);
	CHECK_EQ(line.ms, 100);
}

TEST(blanks_and_comments)
{
	static const char *const empty[] = { "", "   ", "\t", "# key 30 down",
					     "\r" };

	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		CHECK_EQ(parse(empty[i]), 0);
		CHECK_EQ(line.kind, LINE_EMPTY);
	}
	CHECK_EQ(event_of("  key\t30   down  # the a")->key.code, 30);
	CHECK_EQ(event_of("key 30 down\r")->key.code, 30);
}

TEST(what_is_none_of_this_is_refused)
{
	static const char *const wrong[] = {
		"key",
		"key 30",
		"key 30 half",
		"key -1 down",
		"key 99999999999 up",
		"key 30 down now",
		"key a down",
		"move",
		"move 1",
		"move 1 2 3 4",
		"move 1.5 2",
		"move 2147483648 0",
		"move - 0",
		"move --1 0",
		"to 1",
		"touch 256 up",
		"touch -1 up",
		"touch 0",
		"touch 0 up 1",
		"touch 0 down 1",
		"touch 0 shape -1 2",
		"touch 0 turn 181",
		"touch 0 wave",
		"wait",
		"wait -1",
		"wait 1 2",
		"sync now",
		"jump",
		"a b c d e f g h i j",
		"KEY 30 down",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK_EQ(parse(wrong[i]), -EINVAL);
}

TEST(a_line_has_an_end_and_no_holes)
{
	char text[LINE_MAX_LEN + 1];

	memset(text, ' ', sizeof(text));
	CHECK_EQ(line_parse(text, LINE_MAX_LEN, &line), 0);
	CHECK_EQ(line_parse(text, LINE_MAX_LEN + 1, &line), -EINVAL);
	CHECK_EQ(line_parse("sync\0x", 6, &line), -EINVAL);
}
