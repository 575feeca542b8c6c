/* SPDX-License-Identifier: MIT */

/*
 * Transactions of guests: what they may hold, and what ends them early.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

static const char *write_n(struct raw *g, uint32_t txn, const char *name,
			   unsigned int i)
{
	char payload[64];

	snprintf(payload, sizeof(payload), "%s%u|v", name, i);
	return ask(g, XS_WRITE, txn, payload);
}

TEST(a_guest_has_10_transactions_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);
	uint32_t txn = 0;

	for (int i = 0; i < 10; i++)
		txn = start(g);
	CHECK_STR(ask(g, XS_TRANSACTION_START, 0, "|"), "!ENOSPC|");
	CHECK_STR(commit(g, txn), "OK|");
	CHECK(start(g) != txn);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_transaction_touches_1024_nodes_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = start(g);
	char payload[32];

	for (unsigned int i = 0; i < 1024; i++) {
		snprintf(payload, sizeof(payload), "n%u|", i);
		CHECK_STR(ask(g, XS_READ, txn, payload), "!ENOENT|");
	}
	CHECK_STR(ask(g, XS_READ, txn, "n7|"), "!ENOENT|");
	CHECK_STR(ask(g, XS_READ, txn, "more|"), "!ENOSPC|");
	CHECK_STR(commit(g, txn), "!ENOMEM|");
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_transaction_that_failed_within_cannot_be_committed)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = start(g);

	ask(a, XS_SET_QUOTA, 0, "nodes|3|");
	CHECK_STR(write_n(g, txn, "x", 1), "OK|");
	CHECK_STR(write_n(g, txn, "x", 2), "OK|");
	CHECK_STR(write_n(g, txn, "x", 3), "!ENOSPC|");
	CHECK_STR(ask(g, XS_RM, txn, "x1|"), "OK|");
	CHECK_STR(commit(g, txn), "!ENOMEM|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/5|"), "");
	CHECK_STR(check(a), "OK|");
}

TEST(nodes_are_counted_again_at_the_commit)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = start(g);

	ask(a, XS_SET_QUOTA, 0, "nodes|4|");
	CHECK_STR(write_n(g, txn, "in", 1), "OK|");
	CHECK_STR(write_n(g, txn, "in", 2), "OK|");
	CHECK_STR(write_n(g, 0, "out", 1), "OK|");
	CHECK_STR(write_n(g, 0, "out", 2), "OK|");
	CHECK_STR(commit(g, txn), "!ENOSPC|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/5|"), "out1|out2|");
	CHECK_STR(check(a), "OK|");
}

TEST(nodes_that_a_transaction_removes_make_room_for_others)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn;

	ask(a, XS_SET_QUOTA, 0, "nodes|5|");
	for (unsigned int i = 0; i < 3; i++)
		CHECK_STR(write_n(g, 0, "d/", i), "OK|");
	txn = start(g);
	CHECK_STR(ask(g, XS_RM, txn, "d|"), "OK|");
	for (unsigned int i = 0; i < 3; i++)
		CHECK_STR(write_n(g, txn, "e/", i), "OK|");
	CHECK_STR(commit(g, txn), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(what_a_transaction_holds_is_paid_for)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char value[2048 + 16];
	unsigned int i = 0;
	uint32_t txn;

	ask(a, XS_SET_QUOTA, 0, "memory|100000|");
	txn = start(g);
	memset(value, 'v', sizeof(value));
	value[2048] = '\0';
	memcpy(value, "x|", 2);
	while (!strcmp(ask(g, XS_WRITE, txn, value), "OK|"))
		i++;
	CHECK(i > 20 && i < 50);
	CHECK_STR(commit(g, txn), "!ENOMEM|");
	CHECK_STR(ask(g, XS_WRITE, 0, value), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_326_ten_transactions_of_a_thousand_nodes_are_within_the_memory)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	size_t before = talloc_total_size(w->server);
	char payload[1024];

	for (unsigned int n = 0; n < 10; n++) {
		uint32_t txn = start(g);

		for (unsigned int i = 0; i < 900; i++) {
			int len = sprintf(payload, "n%u-", i);

			memset(payload + len, 'a', 900);
			strcpy(payload + len + 900, "|value");
			raw_send(g, XS_WRITE, txn, payload);
		}
		loop_settle(w->loop);
	}
	CHECK(talloc_total_size(w->server) - before < 3 * 1024 * 1024);
	CHECK_STR(check(a), "OK|");
}

/* What ends transactions early */

TEST(a_dead_domains_transactions_are_gone)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	write_n(g, start(g), "x", 1);
	write_n(g, start(g), "x", 2);
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(check(a), "OK|");
}

TEST(a_node_of_a_domain_that_died_does_not_come_in_by_a_commit)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	uint32_t txn = start(a);

	guest_at_home(w, 5);
	CHECK_STR(ask(a, XS_WRITE, txn, "/x|1"), "OK|");
	CHECK_STR(ask(a, XS_SET_PERMS, txn, "/x|n5|"), "OK|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(commit(a, txn), "!EAGAIN|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "!ENOENT|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_322_rights_of_a_dead_domain_do_not_live_on_in_a_transaction)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	uint32_t txn;

	raw_guest(w, 5);
	ask(a, XS_WRITE, 0, "/x|1");
	txn = start(a);
	ask(a, XS_SET_PERMS, txn, "/x|n0|r5|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(commit(a, txn), "OK|");
	CHECK_STR(ask(raw_guest(w, 5), XS_READ, 0, "/x|"), "!EACCES|");
}

TEST(who_acts_for_a_domain_that_died_cannot_write_for_it_any_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *s = raw_guest(w, 6);
	uint32_t txn;

	raw_guest(w, 5);
	ask(a, XS_WRITE, 0, "/x|1");
	ask(a, XS_SET_PERMS, 0, "/x|n0|b5|");
	ask(a, XS_SET_TARGET, 0, "6|5|");
	txn = start(s);
	CHECK_STR(ask(s, XS_WRITE, txn, "/x|2"), "OK|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(commit(s, txn), "!EAGAIN|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "1");
}

TEST(xsa_484_a_guest_may_break_the_protocol_within_a_transaction)
{
	struct xs_header header = { XS_READ, 1, 1, 5000 };
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	write_n(g, start(g), "x", 1);
	raw_bytes(g, &header, sizeof(header));
	loop_settle(w->loop);
	CHECK_EQ(raw_page(g)->error, XS_PAGE_PROTOCOL);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(xsa_484_a_domain_is_introduced_again_during_its_transaction)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = start(g);

	write_n(g, txn, "x", 1);
	CHECK_STR(introduce(a, w, 5), "OK|");
	raw_restart(g);
	CHECK_STR(commit(g, txn), "!ENOENT|");
	CHECK_STR(check(a), "OK|");
}

/* Accounts */

TEST(xsa_421_what_comes_and_goes_in_transactions_is_counted_exactly)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	for (unsigned int i = 0; i < 1000; i++) {
		uint32_t txn = start(g);

		ask(g, XS_MKDIR, txn, "a/b/c|");
		ask(g, XS_RM, txn, i % 2 ? "a|" : "a/b|");
		CHECK_STR(commit(g, txn), "OK|");
	}
	CHECK_STR(check(a), "OK|");
	CHECK_STR(ask(g, XS_RM, 0, "a|"), "OK|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/5|"), "");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_440_two_transactions_remove_the_same_nodes)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[32];
	uint32_t x, y;

	for (unsigned int i = 0; i < 50; i++)
		write_n(g, 0, "n", i);
	x = start(g);
	y = start(g);
	for (unsigned int i = 0; i < 50; i++) {
		snprintf(payload, sizeof(payload), "n%u|", i);
		CHECK_STR(ask(g, XS_RM, x, payload), "OK|");
		CHECK_STR(ask(g, XS_RM, y, payload), "OK|");
	}
	CHECK_STR(commit(g, x), "OK|");
	CHECK_STR(commit(g, y), "OK|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/5|"), "");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_415_what_fails_at_any_depth_leaves_no_orphans)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	for (uint32_t in_txn = 0; in_txn < 2; in_txn++) {
		for (unsigned int room = 1; room < 6; room++) {
			char quota[16];
			uint32_t txn = in_txn ? start(g) : 0;

			snprintf(quota, sizeof(quota), "nodes|%u|", room);
			ask(a, XS_SET_QUOTA, 0, quota);
			CHECK_STR(ask(g, XS_WRITE, txn, "a/b/c/d|1"),
				  room < 5 ? "!ENOSPC|" : "OK|");
			if (txn)
				commit(g, txn);
			CHECK_STR(check(a), "OK|");
			ask(g, XS_RM, 0, "a|");
		}
	}
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/5|"), "");
}
