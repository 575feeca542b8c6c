/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

/* A transaction that writes a key, and reads another in which @then is
 * interested. */
struct story {
	struct fake *fake;
	struct xs_txn *txn;
	int bodies;
	int body_result;
	xs_reply_fn *then;
	int dones;
	int error;
};

static int body(void *arg, struct xs_txn *txn)
{
	struct story *story = arg;
	struct fake *fake = story->fake;

	story->bodies++;
	story->txn = txn;
	CHECK_EQ(xs_write(story, fake->client, txn, "/w", "1", NULL, NULL), 0);
	if (story->then)
		CHECK_EQ(xs_read(story, fake->client, txn, "/r", story->then,
				 story),
			 0);
	return story->body_result;
}

static void done(void *arg, int error)
{
	struct story *story = arg;

	story->dones++;
	story->error = error;
}

static struct story *begin(struct test *t, xs_reply_fn *then)
{
	struct story *story = talloc_zero(t->mem, struct story);

	story->fake = fake_new(t->mem);
	story->then = then;
	CHECK_EQ(xs_transact(story, story->fake->client, body, done, story), 0);
	return story;
}

static struct asked expect_in(struct story *story, uint32_t id,
			      enum xs_type type, const char *payload)
{
	struct asked asked = fake_expect(story->fake, type, payload);

	CHECK_EQ(asked.header.tx_id, id);
	return asked;
}

static void start(struct story *story, const char *id)
{
	struct asked asked = expect_in(story, 0, XS_TRANSACTION_START, "");

	CHECK_EQ(asked.header.len, 1);
	fake_reply(story->fake, &asked, id, strlen(id) + 1);
}

/* The write of the body, answered. */
static void write_ok(struct story *story, uint32_t id)
{
	struct asked asked = expect_in(story, id, XS_WRITE, "/w");

	fake_ok(story->fake, &asked);
}

/* The end, not answered yet. */
static struct asked end(struct story *story, uint32_t id, const char *commit)
{
	return expect_in(story, id, XS_TRANSACTION_END, commit);
}

static void look(void *arg, int error, const char *data, size_t len)
{
	(void)arg;
	(void)error;
	(void)data;
	(void)len;
}

static void fail(void *arg, int error, const char *data, size_t len)
{
	struct story *story = arg;

	look(arg, error, data, len);
	xs_fail(story->txn, -EXDEV);
}

static void ask_more(void *arg, int error, const char *data, size_t len)
{
	struct story *story = arg;

	look(arg, error, data, len);
	CHECK_EQ(xs_read(story, story->fake->client, story->txn, "/more", look,
			 story),
		 0);
}

TEST(what_was_asked_for_is_committed_when_all_is_answered)
{
	struct story *story = begin(t, look);
	struct asked read, asked;

	start(story, "5");
	write_ok(story, 5);
	read = expect_in(story, 5, XS_READ, "/r");
	fake_expect_nothing(story->fake);
	fake_error(story->fake, &read, "ENOENT");
	asked = end(story, 5, "T");
	CHECK_EQ(story->dones, 0);
	fake_ok(story->fake, &asked);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, 0);
	CHECK_EQ(story->bodies, 1);
}

TEST(a_callback_may_ask_for_more)
{
	struct story *story = begin(t, ask_more);
	struct asked asked;

	start(story, "5");
	write_ok(story, 5);
	asked = expect_in(story, 5, XS_READ, "/r");
	fake_reply(story->fake, &asked, "", 0);
	asked = expect_in(story, 5, XS_READ, "/more");
	fake_expect_nothing(story->fake);
	fake_reply(story->fake, &asked, "", 0);
	end(story, 5, "T");
}

TEST(who_loses_the_race_begins_anew)
{
	struct story *story = begin(t, NULL);
	struct asked asked;

	start(story, "5");
	write_ok(story, 5);
	asked = end(story, 5, "T");
	fake_error(story->fake, &asked, "EAGAIN");
	CHECK_EQ(story->dones, 0);
	start(story, "6");
	write_ok(story, 6);
	asked = end(story, 6, "T");
	fake_ok(story->fake, &asked);
	CHECK_EQ(story->bodies, 2);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, 0);
}

TEST(who_always_loses_gives_up)
{
	struct story *story = begin(t, NULL);

	while (!story->dones) {
		struct asked asked;

		CHECK(story->bodies < 100);
		start(story, "5");
		write_ok(story, 5);
		asked = end(story, 5, "T");
		fake_error(story->fake, &asked, "EAGAIN");
	}
	CHECK_EQ(story->error, -EAGAIN);
	CHECK(story->bodies > 3);
	fake_expect_nothing(story->fake);
}

TEST(an_error_that_nobody_looks_at_ends_the_transaction)
{
	struct story *story = begin(t, NULL);
	struct asked asked;

	start(story, "5");
	asked = expect_in(story, 5, XS_WRITE, "/w");
	fake_error(story->fake, &asked, "ENOSPC");
	asked = end(story, 5, "F");
	fake_ok(story->fake, &asked);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, -ENOSPC);
}

TEST(a_body_can_fail)
{
	struct story *story = begin(t, NULL);
	struct asked asked;

	story->body_result = -EDOM;
	start(story, "5");
	write_ok(story, 5);
	asked = end(story, 5, "F");
	fake_ok(story->fake, &asked);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, -EDOM);
}

TEST(a_callback_can_fail_the_transaction)
{
	struct story *story = begin(t, fail);
	struct asked asked;

	start(story, "5");
	write_ok(story, 5);
	asked = expect_in(story, 5, XS_READ, "/r");
	fake_reply(story->fake, &asked, "", 0);
	asked = end(story, 5, "F");
	fake_ok(story->fake, &asked);
	CHECK_EQ(story->error, -EXDEV);
}

TEST(a_transaction_that_cannot_begin_is_done)
{
	struct story *story = begin(t, NULL);
	struct asked asked = expect_in(story, 0, XS_TRANSACTION_START, "");

	fake_error(story->fake, &asked, "ENOSPC");
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, -ENOSPC);
	CHECK_EQ(story->bodies, 0);
}

static void bad_start(struct test *t, const char *id)
{
	struct story *story = begin(t, NULL);

	start(story, id);
	CHECK_EQ(story->bodies, 0);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, -EPROTO);
}

TEST(a_transaction_has_a_number)
{
	bad_start(t, "");
	bad_start(t, "0");
	bad_start(t, "-1");
	bad_start(t, "4294967296");
}

TEST(a_transaction_that_is_freed_is_aborted)
{
	struct story *story = begin(t, look);
	struct fake *fake = story->fake;

	start(story, "5");
	write_ok(story, 5);
	expect_in(story, 5, XS_READ, "/r");
	talloc_free(story);
	loop_settle(fake->loop);
	CHECK_EQ(fake_expect(fake, XS_TRANSACTION_END, "F").header.tx_id, 5);
	fake_expect_nothing(fake);
}

TEST(a_transaction_that_is_freed_before_it_began_is_aborted)
{
	struct story *story = begin(t, NULL);
	struct fake *fake = story->fake;
	struct asked asked = expect_in(story, 0, XS_TRANSACTION_START, "");

	talloc_free(story);
	fake_reply(fake, &asked, "5", 2);
	CHECK_EQ(fake_expect(fake, XS_TRANSACTION_END, "F").header.tx_id, 5);
	fake_expect_nothing(fake);
}

TEST(a_transaction_that_is_freed_while_it_ends_is_let_go)
{
	struct story *story = begin(t, NULL);
	struct fake *fake = story->fake;
	struct asked asked;

	start(story, "5");
	write_ok(story, 5);
	asked = end(story, 5, "T");
	talloc_free(story);
	fake_ok(fake, &asked);
	fake_expect_nothing(fake);
	CHECK_EQ(fake->n_lost, 0);
}

static void lose(struct story *story)
{
	fake_message(story->fake, 99, 0, "", 0);
	CHECK_EQ(story->fake->n_lost, 1);
	CHECK_EQ(story->dones, 1);
	CHECK_EQ(story->error, -ECONNRESET);
}

TEST(a_transaction_ends_with_the_connection)
{
	struct story *story = begin(t, look);

	lose(story);
	story = begin(t, look);
	start(story, "5");
	lose(story);
	story = begin(t, NULL);
	start(story, "5");
	write_ok(story, 5);
	end(story, 5, "T");
	lose(story);
}

TEST(a_transaction_may_outlive_its_client)
{
	struct story *story = begin(t, look);

	start(story, "5");
	write_ok(story, 5);
	talloc_free(story->fake->client);
	loop_settle(story->fake->loop);
	CHECK_EQ(story->dones, 0);
	talloc_free(story);
}

TEST(nothing_can_be_asked_in_a_transaction_that_ends)
{
	struct story *story = begin(t, NULL);

	start(story, "5");
	write_ok(story, 5);
	end(story, 5, "T");
	CHECK_EQ(xs_read(t->mem, story->fake->client, story->txn, "/late", look,
			 NULL),
		 -EINVAL);
}
