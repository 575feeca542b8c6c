/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

static const struct xs_change changes[] = {
	{ "/b/feature", "1" },
	{ "/b/old", NULL },
	{ "/b/state", "2" },
};

struct result {
	int dones;
	int error;
};

static void done(void *arg, int error)
{
	struct result *result = arg;

	result->dones++;
	result->error = error;
}

static struct fake *publish(struct test *t, size_t n, struct result *result)
{
	struct fake *fake = fake_new(t->mem);

	CHECK_EQ(xs_publish(t->mem, fake->client, changes, n, done, result), 0);
	return fake;
}

static void start(struct fake *fake)
{
	struct asked asked = fake_expect(fake, XS_TRANSACTION_START, "");

	fake_reply(fake, &asked, "5", 2);
}

/* All changes, in order, in transaction @id; the one numbered @bad fails. */
static void expect_changes(struct fake *fake, uint32_t id, size_t n, size_t bad)
{
	for (size_t i = 0; i < n; i++) {
		struct asked asked =
			fake_expect(fake, changes[i].value ? XS_WRITE : XS_RM,
				    changes[i].path);

		CHECK_EQ(asked.header.tx_id, id);
		if (i == bad)
			fake_error(fake, &asked, "EACCES");
		else
			fake_ok(fake, &asked);
	}
}

static void lose_race(struct fake *fake)
{
	struct asked asked;

	start(fake);
	expect_changes(fake, 5, 3, 99);
	asked = fake_expect(fake, XS_TRANSACTION_END, "T");
	fake_error(fake, &asked, "EAGAIN");
}

TEST(keys_are_written_in_one_transaction)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 3, &result);
	struct asked asked;

	start(fake);
	expect_changes(fake, 5, 3, 99);
	asked = fake_expect(fake, XS_TRANSACTION_END, "T");
	CHECK_EQ(result.dones, 0);
	fake_ok(fake, &asked);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, 0);
	fake_expect_nothing(fake);
}

TEST(one_key_needs_no_transaction)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 1, &result);

	expect_changes(fake, 0, 1, 99);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, 0);
	fake_expect_nothing(fake);
}

TEST(no_keys_are_written_soon)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 0, &result);
	struct asked asked;

	start(fake);
	asked = fake_expect(fake, XS_TRANSACTION_END, "T");
	fake_ok(fake, &asked);
	CHECK_EQ(result.dones, 1);
}

TEST(when_every_transaction_fails_keys_are_written_without)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 3, &result);

	for (int i = 0; i < 10; i++)
		lose_race(fake);
	CHECK_EQ(result.dones, 0);
	expect_changes(fake, 0, 3, 99);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, 0);
	fake_expect_nothing(fake);
}

TEST(when_no_transaction_can_begin_keys_are_written_without)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 3, &result);
	struct asked asked = fake_expect(fake, XS_TRANSACTION_START, "");

	fake_error(fake, &asked, "ENOSPC");
	expect_changes(fake, 0, 3, 0);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, -EACCES);
}

TEST(all_keys_are_written_or_none)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 3, &result);
	struct asked asked;

	start(fake);
	expect_changes(fake, 5, 3, 0);
	asked = fake_expect(fake, XS_TRANSACTION_END, "F");
	fake_ok(fake, &asked);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, -EACCES);
}

TEST(publishing_ends_with_the_connection)
{
	struct result result = { 0 };
	struct fake *fake = publish(t, 3, &result);

	start(fake);
	fake_message(fake, 99, 0, "", 0);
	CHECK_EQ(result.dones, 1);
	CHECK_EQ(result.error, -ECONNRESET);
}
