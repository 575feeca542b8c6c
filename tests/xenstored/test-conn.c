/* SPDX-License-Identifier: MIT */

/*
 * Clients side by side: turns, unread replies, half messages, sudden ends.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

TEST(a_reply_has_the_numbers_of_its_request)
{
	struct xs_header header = { XS_READ, 0xdeadbeef, 0, 2 };
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	uint32_t txn = start(a);

	raw_bytes(a, &header, sizeof(header));
	raw_bytes(a, "/", 2);
	CHECK_STR(raw_reply(a), "");
	CHECK_EQ(raw_header(a)->type, XS_READ);
	CHECK_EQ(raw_header(a)->req_id, 0xdeadbeef);
	ask(a, XS_READ, txn, "/none|");
	CHECK_EQ(raw_header(a)->type, XS_ERROR);
	CHECK_EQ(raw_header(a)->tx_id, txn);
}

TEST(a_message_may_have_no_payload_at_all)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (uint32_t type = 0; type < 40; type++)
		CHECK(ask(a, type, 0, ""));
	CHECK_STR(check(a), "OK|");
}

TEST(a_message_may_be_4096_bytes_long)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[4097] = "/x|";

	memset(payload + 3, 'v', 4093);
	CHECK_STR(ask(a, XS_WRITE, 0, payload), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), payload + 3);
}

TEST(many_messages_may_come_in_any_pieces)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct xs_header header = { XS_READ, 1, 0, 2 };
	uint8_t all[100 * (sizeof(header) + 2)];

	for (size_t i = 0; i < 100; i++) {
		memcpy(all + i * 18, &header, sizeof(header));
		memcpy(all + i * 18 + 16, "/", 2);
	}
	for (size_t piece = 1, at = 0; at < sizeof(all);
	     piece = piece % 97 + 7) {
		if (piece > sizeof(all) - at)
			piece = sizeof(all) - at;
		raw_bytes(a, all + at, piece);
		at += piece;
		loop_settle(w->loop);
	}
	for (size_t i = 0; i < 100; i++)
		CHECK_STR(raw_reply(a), "");
	CHECK(!raw_reply(a));
}

/* Write the numbers from 1 to 500, all sent in one go. */
static void count_to_500(struct raw *raw, const char *name)
{
	uint8_t all[500 * 32];
	size_t len = 0;

	for (uint32_t i = 1; i <= 500; i++) {
		char payload[16];
		size_t n = sprintf(payload, "%s%c%u", name, '\0', i);
		struct xs_header header = { XS_WRITE, i, 0, n };

		memcpy(all + len, &header, sizeof(header));
		memcpy(all + len + sizeof(header), payload, n);
		len += sizeof(header) + n;
	}
	raw_bytes(raw, all, len);
}

TEST(a_client_that_asks_much_leaves_others_their_turn)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = raw_socket(w);

	count_to_500(a, "/n");
	raw_send(b, XS_READ, 0, "/n|");
	CHECK(atoi(raw_reply(b)) <= 64);
	CHECK_STR(ask(b, XS_READ, 0, "/n|"), "500");
}

TEST(a_guest_that_asks_much_leaves_others_their_turn)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	struct raw *h = guest_at_home(w, 6);

	ask(raw_socket(w), XS_SET_PERMS, 0, "/local/domain/5|n5|r6|");
	count_to_500(g, "n");
	raw_send(h, XS_READ, 0, "/local/domain/5/n|");
	CHECK(atoi(raw_reply(h)) <= 64);
}

/* A client that was sent so much that its socket holds no more. */
static struct raw *stalled(struct store_world *w, unsigned int n)
{
	struct raw *a = raw_socket(w);
	char payload[2048] = "/big|";

	memset(payload + 5, 'v', sizeof(payload) - 6);
	ask(a, XS_WRITE, 0, payload);
	raw_stall(a, true);
	for (unsigned int i = 0; i < n; i++)
		raw_send(a, XS_READ, 0, "/big|");
	loop_settle(w->loop);
	return a;
}

TEST(a_client_that_does_not_read_is_no_matter_to_others)
{
	struct store_world *w = store_world_new(t);
	size_t before = talloc_total_size(w->server);
	struct raw *b = raw_socket(w);

	stalled(w, 4000);
	CHECK(talloc_total_size(w->server) - before < 2 * 1024 * 1024);
	CHECK_STR(ask(b, XS_READ, 0, "/tool|"), "");
}

TEST(a_client_that_did_not_read_gets_all_its_replies_in_the_end)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = stalled(w, 4000);

	for (unsigned int i = 0; i < 4000; i++) {
		raw_stall(a, false);
		CHECK_EQ(strlen(raw_reply(a)), 2042);
	}
	CHECK_STR(ask(a, XS_READ, 0, "/tool|"), "");
	CHECK_STR(check(a), "OK|");
}

TEST(a_client_may_hang_up_at_any_point)
{
	struct store_world *w = store_world_new(t);
	struct xs_header header = { XS_WRITE, 1, 0, 100 };
	struct raw *a;

	for (size_t len = 1; len <= sizeof(header); len++) {
		a = raw_socket(w);
		ask(a, XS_WATCH, 0, "/|t|");
		start(a);
		raw_bytes(a, &header, len);
		raw_hang_up(a);
	}
	raw_hang_up(stalled(w, 4000));
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_client_may_hang_up_with_requests_on_the_way)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (unsigned int i = 0; i < 500; i++)
		raw_send(a, XS_WRITE, 0, "/x|1");
	raw_hang_up(a);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_thousand_clients_come_and_go)
{
	struct store_world *w = store_world_new(t);
	struct raw *a[1000];

	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		a[i] = raw_socket(w);
		CHECK_STR(ask(a[i], XS_WATCH, 0, "/x|t|"), "OK|");
		events(a[i]);
	}
	ask(a[0], XS_WRITE, 0, "/x|1");
	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		CHECK_STR(events(a[i]), "/x|t|");
		talloc_free(a[i]);
	}
	CHECK_STR(check(raw_socket(w)), "OK|");
}
