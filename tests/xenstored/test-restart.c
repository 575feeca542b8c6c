/* SPDX-License-Identifier: MIT */

/*
 * Rings that start afresh: introduced, introduced again, connected anew.
 */

#include <string.h>
#include <talloc.h>

#include "base/loop.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

TEST(a_guest_is_offered_all_features)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);

	CHECK_EQ(raw_page(g)->features, 15);
	CHECK_STR(ask(g, XS_GET_FEATURE, 0, ""), "15|");
}

TEST(garbage_in_a_page_at_its_introduction_is_no_matter)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_domain(w, 5);

	memset(raw_page(g), 0xa5, 2048 + 16);
	raw_page(g)->connection = XS_RECONNECT;
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_EQ(raw_page(g)->connection, XS_CONNECTED);
	CHECK_EQ(raw_page(g)->req_prod, 0);
	CHECK_EQ(raw_page(g)->rsp_cons, 0);
	raw_restart(g);
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "5|"), "/local/domain/5|");
}

TEST(a_port_in_the_page_is_the_one_that_counts)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_domain(w, 5);

	raw_page(g)->evtchn_port = 1;
	CHECK_STR(ask(a, XS_INTRODUCE, 0, "5|0|99|"), "OK|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "5|"), "/local/domain/5|");
}

/* What a guest has: half a request, a watch, a transaction. */
static uint32_t fill(struct raw *g)
{
	struct xs_header header = { XS_WRITE, 1, 0, 100 };
	uint32_t txn = start(g);

	CHECK_STR(ask(g, XS_WATCH, 0, "x|t|"), "OK|");
	events(g);
	raw_bytes(g, &header, sizeof(header));
	raw_bytes(g, "half", 4);
	CHECK(!raw_reply(g));
	return txn;
}

static void check_fresh(struct raw *a, struct raw *g, uint32_t txn)
{
	raw_restart(g);
	CHECK_EQ(raw_page(g)->error, XS_PAGE_OK);
	CHECK_STR(commit(g, txn), "!ENOENT|");
	CHECK_STR(ask(g, XS_WRITE, 0, "x|2"), "OK|");
	CHECK_STR(events(g), "");
	CHECK_STR(check(a), "OK|");
}

TEST(a_guest_that_connects_anew_starts_afresh)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = fill(g);

	raw_page(g)->connection = XS_RECONNECT;
	raw_kick(g);

	CHECK_EQ(raw_page(g)->connection, XS_CONNECTED);
	CHECK_EQ(raw_page(g)->req_prod, 0);
	CHECK_EQ(raw_page(g)->rsp_prod, 0);
	check_fresh(raw_socket(w), g, txn);
}

TEST(a_guest_that_is_introduced_again_starts_afresh)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = fill(g);

	ask(a, XS_WATCH, 0, "@introduceDomain|i|");
	events(a);
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_STR(events(a), "");
	check_fresh(a, g, txn);
}

TEST(a_guest_that_was_cut_off_may_connect_anew)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	raw_page(g)->req_prod += 5000;
	raw_kick(g);
	CHECK_EQ(raw_page(g)->error, XS_PAGE_INDICES);
	raw_page(g)->connection = XS_RECONNECT;
	raw_kick(g);

	raw_restart(g);
	CHECK_EQ(raw_page(g)->error, XS_PAGE_OK);
	CHECK_STR(ask(g, XS_WRITE, 0, "x|1"), "OK|");
}

TEST(what_a_guest_did_not_read_is_gone_when_it_connects_anew)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	raw_stall(g, true);
	for (int i = 0; i < 100; i++)
		raw_send(g, XS_GET_PERMS, 0, "none|");
	loop_settle(w->loop);
	raw_page(g)->connection = XS_RECONNECT;
	raw_kick(g);
	raw_restart(g);
	raw_stall(g, false);

	CHECK(!raw_reply(g));
	CHECK_STR(ask(g, XS_WRITE, 0, "x|1"), "OK|");
}

TEST(a_guest_may_be_introduced_again_with_a_bad_port_and_then_a_good_one)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	CHECK_STR(ask(a, XS_INTRODUCE, 0, "5|0|77|"), "!EINVAL|");
	CHECK_STR(check(a), "OK|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	raw_restart(g);
	CHECK_STR(ask(g, XS_WRITE, 0, "x|1"), "OK|");
}

TEST(the_kernel_of_our_own_domain_may_introduce_itself_badly)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *k = raw_kernel(w);

	CHECK_STR(ask(k, XS_WRITE, 0, "/x|1"), "OK|");
	raw_send(k, XS_INTRODUCE, 0, "0|0|77|");
	CHECK_STR(check(a), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "1");
}

/* Sent by @arg, a socket, in the turn after a guest had its first. */
static void introduce_badly(void *arg)
{
	raw_send(arg, XS_INTRODUCE, 0, "5|0|77|");
}

TEST(a_guest_may_lose_its_port_between_two_of_its_turns)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);
	struct loop_task *task = loop_task_new(w, w->loop, introduce_badly, a);

	for (int i = 0; i < 50; i++)
		raw_send(g, XS_READ, 0, "/|");
	loop_task_queue(task);

	CHECK_STR(raw_reply(a), "!EINVAL|");
	CHECK_STR(check(a), "OK|");
}
