/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

struct listed {
	int calls;
	int error;
	char names[256]; /* with commas */
	size_t n;
};

static void got(void *arg, int error, const char *const *names, size_t n)
{
	struct listed *listed = arg;
	size_t len = 0;

	listed->calls++;
	listed->error = error;
	listed->n = n;
	for (size_t i = 0; i < n && len < sizeof(listed->names); i++)
		len += snprintf(listed->names + len,
				sizeof(listed->names) - len, "%s%s",
				i ? "," : "", names[i]);
}

static struct asked list(struct fake *fake, struct listed *listed)
{
	CHECK_EQ(xs_list(fake, fake->client, NULL, "/a", got, listed), 0);
	return fake_expect(fake, XS_DIRECTORY, "/a");
}

/* The next part is asked for from @offset on, and answered. */
static void part(struct fake *fake, const char *offset, const char *data,
		 size_t len)
{
	struct asked asked = fake_expect(fake, XS_DIRECTORY_PART, "/a");

	CHECK_STR(asked.payload + 3, offset);
	CHECK_EQ(asked.header.len, 3 + strlen(offset) + 1);
	fake_reply(fake, &asked, data, len);
}

static void in_parts(struct fake *fake, struct listed *listed)
{
	struct asked asked = list(fake, listed);

	fake_error(fake, &asked, "E2BIG");
}

TEST(children_are_listed)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	struct asked asked = list(fake, &listed);

	fake_reply(fake, &asked, "x\0yy\0z", 7);
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, 0);
	CHECK_STR(listed.names, "x,yy,z");
}

TEST(a_node_without_children_has_none)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	struct asked asked = list(fake, &listed);

	fake_reply(fake, &asked, "", 0);
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, 0);
	CHECK_EQ(listed.n, 0);
}

TEST(a_node_that_is_not_there_is_an_error)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	struct asked asked = list(fake, &listed);

	fake_error(fake, &asked, "ENOENT");
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, -ENOENT);
}

static void bad_list(struct test *t, const char *data, size_t len)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	struct asked asked = list(fake, &listed);

	fake_reply(fake, &asked, data, len);
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, -EPROTO);
	CHECK_EQ(listed.n, 0);
	talloc_free(fake);
}

TEST(what_is_no_list_of_names_is_an_error)
{
	bad_list(t, "x", 1);
	bad_list(t, "x\0y", 3);
	bad_list(t, "", 1);
	bad_list(t, "x\0\0y", 5);
	bad_list(t, "x\0y/z", 6);
}

TEST(a_long_list_comes_in_parts)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };

	in_parts(fake, &listed);
	part(fake, "0", "17\0x\0yy", 8);
	CHECK_EQ(listed.calls, 0);
	part(fake, "5", "17\0z\0", 6);
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, 0);
	CHECK_STR(listed.names, "x,yy,z");
}

TEST(the_last_part_may_be_empty)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };

	in_parts(fake, &listed);
	part(fake, "0", "17\0x", 5);
	part(fake, "2", "17\0", 4);
	CHECK_EQ(listed.calls, 1);
	CHECK_STR(listed.names, "x");
}

TEST(a_list_that_changes_between_parts_is_read_anew)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };

	in_parts(fake, &listed);
	part(fake, "0", "17\0x", 5);
	part(fake, "2", "18\0z\0", 6);
	part(fake, "0", "18\0y", 5);
	part(fake, "2", "18\0z\0", 6);
	CHECK_EQ(listed.calls, 1);
	CHECK_STR(listed.names, "y,z");
}

TEST(a_list_that_never_stands_still_is_given_up)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	char data[16];

	in_parts(fake, &listed);
	for (int i = 0; !listed.calls && i < 100; i++) {
		int len = snprintf(data, sizeof(data), "%d", i);

		memcpy(data + len, "\0x", 3);
		part(fake, i % 2 ? "2" : "0", data, len + 3);
	}
	CHECK_EQ(listed.error, -EAGAIN);
}

static void bad_part(struct test *t, const char *data, size_t len)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };

	in_parts(fake, &listed);
	part(fake, "0", data, len);
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, -EPROTO);
	talloc_free(fake);
}

TEST(what_is_no_part_is_an_error)
{
	bad_part(t, "", 0);
	bad_part(t, "17", 2);
	bad_part(t, "17", 3);
	bad_part(t, "17\0/x\0", 7);
}

TEST(a_server_without_parts_has_lists_that_are_too_long)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	struct asked asked;

	in_parts(fake, &listed);
	asked = fake_expect(fake, XS_DIRECTORY_PART, "/a");
	fake_error(fake, &asked, "ENOSYS");
	CHECK_EQ(listed.calls, 1);
	CHECK_EQ(listed.error, -E2BIG);
}

TEST(an_endless_list_is_too_long)
{
	struct fake *fake = fake_new(t->mem);
	struct listed listed = { 0 };
	char data[XS_PAYLOAD_MAX] = "1";

	memset(data + 2, 'x', sizeof(data) - 3);
	in_parts(fake, &listed);
	for (int i = 0; !listed.calls && i < 2000; i++) {
		struct asked asked = fake_next(fake);

		fake_reply(fake, &asked, data, sizeof(data));
	}
	CHECK_EQ(listed.error, -E2BIG);
}
