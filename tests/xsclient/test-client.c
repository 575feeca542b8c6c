/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

/* What a callback saw. */
struct answer {
	int calls;
	int error;
	char data[XS_PAYLOAD_MAX + 1];
	size_t len;
	struct fake *fake;
	void *mem; /* to be freed by the callback */
};

static void got(void *arg, int error, const char *data, size_t len)
{
	struct answer *answer = arg;

	answer->calls++;
	answer->error = error;
	answer->len = len;
	memcpy(answer->data, data, len);
	CHECK_EQ(data[len], '\0');
	talloc_free(answer->mem);
}

static void read_it(struct fake *fake, const char *path, struct answer *answer)
{
	CHECK_EQ(xs_read(fake, fake->client, NULL, path, got, answer), 0);
}

TEST(a_request_is_answered_once)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct asked asked;

	read_it(fake, "/a", &answer);
	asked = fake_expect(fake, XS_READ, "/a");
	CHECK_EQ(asked.header.len, 3);
	CHECK_EQ(asked.header.tx_id, 0);
	CHECK_EQ(answer.calls, 0);
	fake_reply(fake, &asked, "value", 5);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(answer.error, 0);
	CHECK_EQ(answer.len, 5);
	CHECK_STR(answer.data, "value");
}

TEST(an_error_is_an_answer)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct asked asked;

	read_it(fake, "/a", &answer);
	asked = fake_next(fake);
	fake_error(fake, &asked, "ENOENT");
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(answer.error, -ENOENT);
	CHECK_EQ(fake->n_lost, 0);
}

TEST(requests_say_what_they_are)
{
	struct fake *fake = fake_new(t->mem);
	struct asked asked;

	xs_write(fake, fake->client, NULL, "/a/b", "value", NULL, NULL);
	asked = fake_expect(fake, XS_WRITE, "/a/b");
	CHECK_EQ(asked.header.len, 10);
	CHECK_STR(asked.payload + 5, "value");
	xs_mkdir(fake, fake->client, NULL, "/c", NULL, NULL);
	fake_expect(fake, XS_MKDIR, "/c");
	xs_rm(fake, fake->client, NULL, "/d", NULL, NULL);
	fake_expect(fake, XS_RM, "/d");
	xs_request(fake, fake->client, NULL, XS_INTRODUCE,
		   "7\0"
		   "1\0"
		   "9",
		   6, NULL, NULL);
	asked = fake_expect(fake, XS_INTRODUCE, "7");
	CHECK_EQ(asked.header.len, 6);
	fake_expect_nothing(fake);
}

TEST(answers_may_come_in_any_order)
{
	struct fake *fake = fake_new(t->mem);
	struct answer first = { 0 }, second = { 0 };
	struct asked one, other;

	read_it(fake, "/1", &first);
	read_it(fake, "/2", &second);
	one = fake_expect(fake, XS_READ, "/1");
	other = fake_expect(fake, XS_READ, "/2");
	fake_reply(fake, &other, "2", 1);
	CHECK_EQ(first.calls, 0);
	fake_reply(fake, &one, "1", 1);
	CHECK_STR(first.data, "1");
	CHECK_STR(second.data, "2");
}

TEST(hundreds_of_requests_travel_together)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct asked asked[500];

	for (int i = 0; i < 500; i++)
		read_it(fake, "/somewhere", &answer);
	for (int i = 0; i < 500; i++)
		asked[i] = fake_expect(fake, XS_READ, "/somewhere");
	fake_expect_nothing(fake);
	for (int i = 0; i < 500; i++)
		fake_reply(fake, &asked[i], "x", 1);
	CHECK_EQ(answer.calls, 500);
}

TEST(the_longest_messages_pass)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	char payload[XS_PAYLOAD_MAX];
	struct asked asked;

	memset(payload, 'x', sizeof(payload));
	CHECK_EQ(xs_request(fake, fake->client, NULL, XS_READ, payload,
			    sizeof(payload), got, &answer),
		 0);
	asked = fake_next(fake);
	CHECK_EQ(asked.header.len, XS_PAYLOAD_MAX);
	CHECK(!memcmp(asked.payload, payload, sizeof(payload)));
	fake_reply(fake, &asked, payload, sizeof(payload));
	CHECK_EQ(answer.len, XS_PAYLOAD_MAX);
	CHECK(!memcmp(answer.data, payload, sizeof(payload)));
}

TEST(what_no_message_can_hold_is_not_sent)
{
	struct fake *fake = fake_new(t->mem);
	char value[XS_PAYLOAD_MAX];

	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	CHECK_EQ(xs_write(fake, fake->client, NULL, "/a", value, NULL, NULL),
		 -E2BIG);
	value[sizeof(value) - 3] = '\0';
	CHECK_EQ(xs_write(fake, fake->client, NULL, "/a", value, NULL, NULL),
		 0);
	CHECK_EQ(fake_next(fake).header.len, XS_PAYLOAD_MAX);
}

TEST(an_answer_may_come_byte_by_byte)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct {
		struct xs_header header;
		char data[4];
	} reply = { .data = "four" };

	read_it(fake, "/a", &answer);
	reply.header = fake_next(fake).header;
	reply.header.len = 4;
	for (size_t i = 0; i < sizeof(reply); i++) {
		CHECK_EQ(answer.calls, 0);
		fake_send(fake, (char *)&reply + i, 1);
		loop_settle(fake->loop);
	}
	CHECK_STR(answer.data, "four");
}

TEST(a_request_that_was_freed_is_not_answered)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	void *mem = talloc_new(fake);
	struct asked asked;

	xs_read(mem, fake->client, NULL, "/a", got, &answer);
	asked = fake_next(fake);
	talloc_free(mem);
	read_it(fake, "/b", &answer);
	fake_reply(fake, &asked, "a", 1);
	CHECK_EQ(answer.calls, 0);
	asked = fake_expect(fake, XS_READ, "/b");
	fake_reply(fake, &asked, "b", 1);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(fake->n_lost, 0);
}

TEST(a_callback_may_free_what_it_belongs_to)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { .mem = talloc_new(fake) };
	struct answer never = { 0 };
	struct asked asked;

	xs_read(answer.mem, fake->client, NULL, "/a", got, &answer);
	xs_read(answer.mem, fake->client, NULL, "/b", got, &never);
	asked = fake_next(fake);
	fake_reply(fake, &asked, "", 0);
	CHECK_EQ(answer.calls, 1);
	asked = fake_next(fake);
	fake_reply(fake, &asked, "", 0);
	CHECK_EQ(never.calls, 0);
}

TEST(a_callback_may_free_the_client)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { .mem = fake->client }, never = { 0 };
	struct xs_header replies[2] = { 0 };

	read_it(fake, "/a", &answer);
	read_it(fake, "/b", &never);
	replies[0] = fake_next(fake).header;
	replies[1] = fake_next(fake).header;
	replies[0].len = 0;
	replies[1].len = 0;
	fake_send(fake, replies, sizeof(replies));
	loop_settle(fake->loop);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(never.calls, 0);
	CHECK_EQ(fake->n_lost, 0);
}

/* Ends */

static void lies(struct test *t, uint32_t type, uint32_t id, uint32_t len)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct xs_header header = { .type = type, .len = len };

	read_it(fake, "/a", &answer);
	header.req_id = fake_next(fake).header.req_id + id;
	fake_send(fake, &header, sizeof(header));
	loop_settle(fake->loop);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(answer.error, -ECONNRESET);
	CHECK_EQ(fake->n_lost, 1);
	CHECK_EQ(fake->lost, -EPROTO);
	CHECK_EQ(xs_read(fake, fake->client, NULL, "/b", got, &answer),
		 -ENOTCONN);
	talloc_free(fake);
}

TEST(a_server_that_does_not_make_sense_is_left)
{
	lies(t, XS_WRITE, 0, 0);
	lies(t, XS_READ, 1, 0);
	lies(t, XS_READ, UINT32_MAX, 0);
	lies(t, XS_READ, 0, XS_PAYLOAD_MAX + 1);
	lies(t, XS_READ, 0, UINT32_MAX);
	lies(t, XS_WATCH_EVENT, 0, 0);
	lies(t, 99, 0, 0);
}

TEST(an_answer_that_comes_twice_is_a_lie)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };
	struct asked asked;

	read_it(fake, "/a", &answer);
	asked = fake_next(fake);
	fake_reply(fake, &asked, "a", 1);
	fake_reply(fake, &asked, "a", 1);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(fake->lost, -EPROTO);
}

TEST(nothing_is_called_when_the_owner_frees_the_client)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { 0 };

	read_it(fake, "/a", &answer);
	fake_next(fake);
	talloc_free(fake->client);
	loop_settle(fake->loop);
	CHECK_EQ(answer.calls, 0);
	CHECK_EQ(fake->n_lost, 0);
}

TEST(what_waits_when_the_connection_ends_may_free_the_client)
{
	struct fake *fake = fake_new(t->mem);
	struct answer answer = { .mem = fake->client }, never = { 0 };

	read_it(fake, "/a", &answer);
	read_it(fake, "/b", &never);
	fake_message(fake, 99, 0, "", 0);
	CHECK_EQ(answer.calls, 1);
	CHECK_EQ(never.calls, 0);
	CHECK_EQ(fake->n_lost, 0);
}
