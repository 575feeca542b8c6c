/* SPDX-License-Identifier: MIT */

#include "xenstored/queue.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <talloc.h>

#include "base/hash.h"
#include "base/loop.h"
#include "protocols/xs.h"
#include "tests/lib/test.h"
#include "xenstored/quota.h"

#define SECOND 1000000

struct fixture {
	struct loop *loop;
	struct quota_limits limits;
	struct account account;
	struct hash secret;
	struct queue *queue;
};

static struct fixture *fixture_new(struct test *t)
{
	struct fixture *f = talloc_zero(t->mem, struct fixture);

	f->loop = loop_new_virtual(f);
	f->limits = quota_defaults;
	account_init(&f->account, &f->limits, false);
	CHECK_EQ(hash_init(&f->secret, f, NULL), 0);
	f->queue = queue_new(f, f->loop, &f->account, &f->secret);
	return f;
}

/* Add a message with this text, of which @sent bytes are gone already. */
static void add(struct fixture *f, enum xs_type type, const char *text,
		size_t sent)
{
	struct xs_header header = { .type = type, .len = strlen(text) };
	uint8_t message[sizeof(header) + XS_PAYLOAD_MAX];

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), text, header.len);
	CHECK_EQ(
		queue_add(f->queue, message, sizeof(header) + header.len, sent),
		0);
}

static void add_event(struct fixture *f, const char *text)
{
	add(f, XS_WATCH_EVENT, text, 0);
}

/* The first letters of the messages that wait. */
static const char *waiting(struct fixture *f)
{
	struct iovec iov[64];
	int n = queue_peek(f->queue, iov, 64);
	char *text = talloc_zero_array(f, char, n + 1);

	for (int i = 0; i < n; i++)
		text[i] = ((char *)iov[i].iov_base)[sizeof(struct xs_header)];
	return text;
}

TEST(messages_wait_in_their_order)
{
	struct fixture *f = fixture_new(t);

	add(f, XS_READ, "a", 0);
	add_event(f, "b");
	add(f, XS_ERROR, "c", 0);
	CHECK_STR(waiting(f), "abc");
	CHECK_EQ(queue_replies(f->queue), 2);
	CHECK_EQ(queue_bytes(f->queue), 3 * 17);
	queue_sent(f->queue, 17);
	CHECK_STR(waiting(f), "bc");
	queue_sent(f->queue, 34);
	CHECK(queue_is_empty(f->queue));
}

TEST(a_message_may_be_sent_in_parts)
{
	struct fixture *f = fixture_new(t);
	struct iovec iov[2];

	add(f, XS_READ, "abcdef", 16);
	CHECK_EQ(queue_bytes(f->queue), 6);
	queue_sent(f->queue, 2);
	CHECK_EQ(queue_peek(f->queue, iov, 2), 1);
	CHECK_EQ(iov[0].iov_len, 4);
	CHECK(!memcmp(iov[0].iov_base, "cdef", 4));
	queue_sent(f->queue, 4);
	CHECK(queue_is_empty(f->queue));
	CHECK_EQ(queue_replies(f->queue), 0);
}

TEST(only_as_many_as_asked_for_are_shown)
{
	struct fixture *f = fixture_new(t);
	struct iovec iov[2];

	for (int i = 0; i < 5; i++)
		add(f, XS_READ, "x", 0);
	CHECK_EQ(queue_peek(f->queue, iov, 2), 2);
}

TEST(an_event_waits_once_however_many_others_wait)
{
	for (int others = 0; others < 40; others += 3) {
		struct fixture *f = fixture_new(t);
		size_t bytes;

		add_event(f, "same");
		for (int i = 0; i < others; i++)
			add_event(f, talloc_asprintf(f, "other %d", i));
		bytes = queue_bytes(f->queue);
		add_event(f, "same");
		CHECK_EQ(queue_bytes(f->queue), bytes);
	}
}

TEST(an_event_that_was_sent_in_part_comes_again)
{
	for (int others = 0; others < 40; others += 13) {
		struct fixture *f = fixture_new(t);
		size_t bytes;

		add_event(f, "same");
		for (int i = 0; i < others; i++)
			add_event(f, talloc_asprintf(f, "other %d", i));
		queue_sent(f->queue, 1);
		bytes = queue_bytes(f->queue);
		add_event(f, "same");
		CHECK_EQ(queue_bytes(f->queue), bytes + 20);
		add_event(f, "same");
		CHECK_EQ(queue_bytes(f->queue), bytes + 20);
	}
}

TEST(replies_are_never_the_same)
{
	struct fixture *f = fixture_new(t);

	add(f, XS_READ, "same", 0);
	add(f, XS_READ, "same", 0);
	CHECK_EQ(queue_replies(f->queue), 2);
}

TEST(a_queue_is_paid_for_and_gives_back)
{
	struct fixture *f = fixture_new(t);

	add(f, XS_READ, "abc", 5);
	add_event(f, "event");
	CHECK_EQ(f->account.used[QUOTA_MEMORY], 19 + 21);
	CHECK_EQ(queue_memory(f->queue), 19 + 21);
	CHECK_EQ(f->account.used[QUOTA_OUTSTANDING], 1);
	talloc_free(f->queue);
	CHECK_EQ(f->account.used[QUOTA_MEMORY], 0);
	CHECK_EQ(f->account.used[QUOTA_OUTSTANDING], 0);
}

TEST(without_memory_events_are_dropped_and_replies_are_not)
{
	struct fixture *f = fixture_new(t);

	f->limits.max[QUOTA_MEMORY] = 40;
	add(f, XS_READ, "a", 0);
	add_event(f, "b");
	add_event(f, "c");
	add(f, XS_READ, "d", 0);
	CHECK_STR(waiting(f), "abd");
}

TEST(events_are_dropped_when_they_waited_too_long)
{
	struct fixture *f = fixture_new(t);

	add(f, XS_READ, "a", 0);
	add_event(f, "b");
	CHECK_EQ(queue_stalled(f->queue, 20 * SECOND), 0);
	loop_advance(f->loop, 10 * SECOND);
	add_event(f, "c");
	CHECK_EQ(queue_stalled(f->queue, 20 * SECOND), 0);
	loop_advance(f->loop, 9 * SECOND);
	CHECK_STR(waiting(f), "abc");
	loop_advance(f->loop, 1 * SECOND);
	CHECK_STR(waiting(f), "ac");
	loop_advance(f->loop, 10 * SECOND);
	CHECK_STR(waiting(f), "a");
}

TEST(an_event_that_was_sent_in_part_does_not_time_out)
{
	struct fixture *f = fixture_new(t);

	add_event(f, "a");
	add_event(f, "b");
	CHECK_EQ(queue_stalled(f->queue, 20 * SECOND), 0);
	queue_sent(f->queue, 1);
	loop_advance(f->loop, 30 * SECOND);
	CHECK_EQ(queue_bytes(f->queue), 16);
}

TEST(nothing_times_out_if_there_is_no_limit)
{
	struct fixture *f = fixture_new(t);

	add_event(f, "a");
	CHECK_EQ(queue_stalled(f->queue, 0), 0);
	loop_advance(f->loop, 1000 * UINT64_C(1000000));
	CHECK_STR(waiting(f), "a");
}

TEST(a_queue_may_end_while_its_timer_runs)
{
	struct fixture *f = fixture_new(t);

	add_event(f, "a");
	CHECK_EQ(queue_stalled(f->queue, 20 * SECOND), 0);
	talloc_free(f->queue);
	loop_advance(f->loop, 30 * SECOND);
	CHECK_EQ(f->account.used[QUOTA_MEMORY], 0);
}
