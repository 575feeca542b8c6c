/* SPDX-License-Identifier: MIT */

/*
 * Guests on their rings: messages in pieces, and guests that do not read.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

TEST(a_guest_reads_and_writes_below_its_home)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	CHECK_STR(ask(g, XS_WRITE, 0, "data/x|1"), "OK|");
	CHECK_STR(ask(g, XS_READ, 0, "data/x|"), "1");
	CHECK_STR(ask(g, XS_READ, 0, "/local/domain/5/data/x|"), "1");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "data|"), "n5|");
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_request_may_come_byte_by_byte)
{
	struct xs_header header = { XS_WRITE, 7, 0, 3 };
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	uint8_t message[sizeof(header) + 3];

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), "x\0v", 3);
	for (size_t i = 0; i < sizeof(message); i++) {
		CHECK(!raw_reply(g));
		raw_bytes(g, message + i, 1);
	}

	CHECK_STR(raw_reply(g), "OK|");
	CHECK_EQ(raw_header(g)->req_id, 7);
	CHECK_STR(ask(g, XS_READ, 0, "x|"), "v");
}

TEST(messages_may_be_longer_than_the_ring)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	char value[2048 + 8] = "x|";

	memset(value + 2, 'v', 2048);
	CHECK_STR(ask(g, XS_WRITE, 0, value), "OK|");
	CHECK_STR(ask(g, XS_READ, 0, "x|"), value + 2);
}

TEST(more_requests_than_fit_the_ring_are_answered_in_order)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	char payload[64];

	for (unsigned int i = 0; i < 500; i++) {
		snprintf(payload, sizeof(payload), "x|%u", i);
		raw_send(g, XS_WRITE, 0, payload);
		raw_send(g, XS_READ, 0, "x|");
	}
	for (unsigned int i = 0; i < 500; i++) {
		snprintf(payload, sizeof(payload), "%u", i);
		CHECK_STR(raw_reply(g), "OK|");
		CHECK_STR(raw_reply(g), payload);
		CHECK_EQ(raw_header(g)->req_id, 2 * i + 2);
	}
}

TEST(a_batch_of_requests_is_answered_with_one_notification)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	unsigned int before = world_count(w->hv)->calls[WORLD_NOTIFY];

	for (int i = 0; i < 20; i++)
		raw_send(g, XS_READ, 0, "/x|");
	loop_settle(w->loop);

	CHECK_EQ(world_count(w->hv)->calls[WORLD_NOTIFY] - before, 1);
}

TEST(a_guest_that_says_nothing_is_told_nothing)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	unsigned int before = world_count(w->hv)->calls[WORLD_NOTIFY];

	for (int i = 0; i < 10; i++)
		raw_kick(g);

	CHECK_EQ(world_count(w->hv)->calls[WORLD_NOTIFY], before);
}

TEST(a_guest_that_does_not_read_is_not_served_for_ever)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[64];

	raw_stall(g, true);
	for (unsigned int i = 0; i < 400; i++) {
		snprintf(payload, sizeof(payload), "x%u|1", i);
		raw_send(g, XS_WRITE, 0, payload);
	}
	loop_settle(w->loop);

	/* 1024 bytes are 53 replies; then 20 may wait, and a turn's worth. */
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5/x0|"), "1");
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5/x120|"), "!ENOENT|");
	raw_stall(g, false);
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5/x399|"), "1");
	for (unsigned int i = 0; i < 400; i++)
		CHECK_STR(raw_reply(g), "OK|");
}

TEST(a_guest_that_does_not_read_is_no_matter_to_others)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	struct raw *h = guest_at_home(w, 6);

	raw_stall(g, true);
	for (unsigned int i = 0; i < 1000; i++)
		raw_send(g, XS_READ, 0, "/|");
	for (unsigned int i = 0; i < 100; i++)
		CHECK_STR(ask(h, XS_WRITE, 0, "x|1"), "OK|");
}

#define SECOND 1000000

TEST(xsa_326_events_that_a_guest_does_not_read_are_dropped_after_20_s)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[64];

	ask(g, XS_WATCH, 0, "d|t|");
	events(g);
	raw_stall(g, true);
	for (unsigned int i = 0; i < 200; i++) {
		snprintf(payload, sizeof(payload), "/local/domain/5/d/%u|", i);
		ask(a, XS_MKDIR, 0, payload);
	}
	loop_advance(w->loop, 19 * SECOND);
	CHECK(raw_queued(g) > 3000);
	loop_advance(w->loop, 2 * SECOND);
	CHECK(raw_queued(g) < 100);

	/* What was in the ring, or partly, is still good. */
	raw_stall(g, false);
	CHECK_STR(raw_event(g), "d/0|t|");
	CHECK_STR(ask(g, XS_WRITE, 0, "x|1"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(replies_never_time_out)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	raw_stall(g, true);
	for (unsigned int i = 0; i < 70; i++)
		raw_send(g, XS_WRITE, 0, "x|1");
	loop_settle(w->loop);
	loop_advance(w->loop, 100 * SECOND);
	raw_stall(g, false);

	for (unsigned int i = 0; i < 70; i++)
		CHECK_STR(raw_reply(g), "OK|");
}

TEST(xsa_326_the_same_event_waits_only_once)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	size_t queued;

	ask(g, XS_WATCH, 0, "x|t|");
	events(g);
	raw_stall(g, true);
	for (unsigned int i = 0; i < 100; i++)
		ask(a, XS_WRITE, 0, "/local/domain/5/x|1");
	queued = raw_queued(g);
	for (unsigned int i = 0; i < 1000; i++)
		ask(a, XS_WRITE, 0, "/local/domain/5/x|1");

	CHECK_EQ(raw_queued(g), queued);
}
