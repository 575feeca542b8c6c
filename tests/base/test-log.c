/* SPDX-License-Identifier: MIT */

#include "base/log.h"

#include <string.h>
#include <talloc.h>

#include "base/loop.h"
#include "tests/lib/test.h"

struct heard {
	unsigned int lines;
	char last[2048];
};

static void hear(void *arg, enum log_level level, const char *line)
{
	struct heard *heard = arg;

	heard->lines++;
	snprintf(heard->last, sizeof(heard->last), "%s", line);
}

static struct log *log_of(struct test *t, struct heard *heard,
			  struct loop **loop)
{
	*loop = loop_new_virtual(t->mem);
	return log_open(t->mem, *loop, "pv-x", false, hear, heard);
}

TEST(a_line_names_its_subject_and_who_is_to_blame)
{
	struct heard heard = { 0 };
	struct loop *loop;
	struct log *log = log_of(t, &heard, &loop);
	struct log *dev = log_new(t->mem, log, "7/%u", 51712);

	log_guest(dev, "too many requests: %u", 33);
	CHECK_STR(heard.last, "pv-x 7/51712: guest: too many requests: 33");
	log_host(log, "no space");
	CHECK_STR(heard.last, "pv-x: no space");
}

TEST(a_guest_cannot_flood_the_log)
{
	struct heard heard = { 0 };
	struct loop *loop;
	struct log *log = log_of(t, &heard, &loop);

	for (int i = 0; i < 1000; i++)
		log_guest(log, "again");
	CHECK_EQ(heard.lines, 10);

	loop_advance(loop, 1000000);
	log_guest(log, "once more");
	CHECK_EQ(heard.lines, 12);
	CHECK_STR(heard.last, "pv-x: guest: once more");
	log_guest(log, "again");
	CHECK_EQ(heard.lines, 12);
}

TEST(one_guest_does_not_use_up_the_lines_of_another)
{
	struct heard heard = { 0 };
	struct loop *loop;
	struct log *log = log_of(t, &heard, &loop);
	struct log *a = log_new(t->mem, log, "1");
	struct log *b = log_new(t->mem, log, "2");

	for (int i = 0; i < 100; i++)
		log_guest(a, "flood");
	log_guest(b, "hello");
	CHECK_STR(heard.last, "pv-x 2: guest: hello");
}

TEST(debug_lines_are_for_those_who_ask)
{
	struct heard heard = { 0 };
	struct loop *loop;
	struct log *log = log_of(t, &heard, &loop);

	log_debug(log, "detail");
	CHECK_EQ(heard.lines, 0);
}

TEST(a_line_has_an_end)
{
	struct heard heard = { 0 };
	struct loop *loop;
	struct log *log = log_of(t, &heard, &loop);
	char *text = talloc_zero_array(t->mem, char, 5001);

	memset(text, 'x', 5000);
	log_info(log, "%s", text);
	CHECK_EQ(strlen(heard.last), 1023);
}
