/* SPDX-License-Identifier: MIT */

/*
 * Guests that break the protocol of the ring.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "hv/world.h"
#include "protocols/bytes.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

static const uint32_t bad_distances[] = { 1025,       2048,       5000,
					  0x7fffffff, 0x80000000, 0xfffffc00,
					  0xffffffff };

TEST(xsa_38_a_ring_holds_1024_bytes_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < ARRAY_SIZE(bad_distances); i++) {
		struct raw *g = raw_guest(w, 10 + i);

		raw_page(g)->req_prod += bad_distances[i];
		raw_kick(g);
		CHECK_EQ(raw_page(g)->error, XS_PAGE_INDICES);
	}
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "10|"), "T|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_38_a_ring_may_be_full_to_the_last_byte)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	char payload[1024] = "x|";

	memset(payload + 2, 'v', 1024 - sizeof(struct xs_header) - 2);
	CHECK_STR(ask(g, XS_WRITE, 0, payload), "OK|");
	CHECK_STR(ask(g, XS_READ, 0, "x|"), payload + 2);
}

TEST(a_guest_that_lies_about_its_responses_is_cut_off)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);

	raw_stall(g, true);
	raw_page(g)->rsp_cons += 1;
	raw_send(g, XS_READ, 0, "/|");
	loop_settle(w->loop);

	CHECK_EQ(raw_page(g)->error, XS_PAGE_INDICES);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(xsa_325_a_message_that_is_too_long_is_no_end_of_the_domain)
{
	struct xs_header header = { XS_READ, 1, 0, 5000 };
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(a, XS_WATCH, 0, "@releaseDomain|r|");
	CHECK_STR(events(a), "@releaseDomain|r|");
	raw_bytes(g, &header, sizeof(header));
	loop_settle(w->loop);
	CHECK_EQ(raw_page(g)->error, XS_PAGE_PROTOCOL);
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "T|");
	CHECK_STR(events(a), "");

	world_destroy(w->world, 5);
	CHECK_STR(events(a), "@releaseDomain|r|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
}

TEST(xsa_420_lengths_near_the_end_of_numbers_are_too_long)
{
	static const uint32_t len[] = { 4097, 0x40000000, 0x7fffffff,
					0x80000000, 0xffffffff };
	struct store_world *w = store_world_new(t);

	for (size_t i = 0; i < ARRAY_SIZE(len); i++) {
		struct xs_header header = { XS_READ, 1, 0, len[i] };
		struct raw *g = raw_guest(w, 10 + i);
		struct raw *s = raw_socket(w);

		raw_bytes(g, &header, sizeof(header));
		raw_bytes(s, &header, sizeof(header));
		CHECK(raw_is_cut_off(s));
		CHECK_EQ(raw_page(g)->error, XS_PAGE_PROTOCOL);
	}
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_guest_that_was_cut_off_has_nothing_left)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WATCH, 0, "x|t|");
	start(g);
	raw_page(g)->req_prod += 5000;
	raw_kick(g);

	CHECK_STR(check(a), "OK|");
	ask(a, XS_WRITE, 0, "/local/domain/5/x|1");
	CHECK_EQ(raw_page(g)->rsp_prod, raw_page(g)->rsp_cons);
}

/* The guest changes its index between two looks of ours. */
static struct xs_page *lying_page;
static unsigned int lies_in;

int __real_bytes_room(const struct bytes_out *out);
int __wrap_bytes_room(const struct bytes_out *out);

int __wrap_bytes_room(const struct bytes_out *out)
{
	if (lies_in && !--lies_in)
		lying_page->rsp_cons += 4321;

	return __real_bytes_room(out);
}

TEST(a_guest_may_lie_while_it_is_being_written_to)
{
	for (unsigned int n = 1; n < 8; n++) {
		struct store_world *w = store_world_new(t);
		struct raw *a = raw_socket(w);
		struct raw *g = guest_at_home(w, 5);

		ask(g, XS_WATCH, 0, "x|t|");
		lying_page = raw_page(g);
		raw_send(a, XS_WRITE, 0, "/local/domain/5/x/1|");
		raw_send(a, XS_WRITE, 0, "/local/domain/5/x/2|");
		raw_send(a, XS_WRITE, 0, "/local/domain/5/x/3|");
		lies_in = n;
		loop_settle(w->loop);
		lies_in = 0;
		CHECK_STR(check(raw_socket(w)), "OK|");
		talloc_free(w);
	}
}

/* A guest with so many watches of one node that their events are more than
 * its turn's buffer holds. */
static struct raw *guest_with_long_events(struct store_world *w)
{
	struct raw *g = guest_at_home(w, 5);
	char payload[1100];

	for (unsigned int i = 0; i < 100; i++) {
		int len = sprintf(payload, "x|%03u", i);

		memset(payload + len, 'a', 1000);
		strcpy(payload + len + 1000, "|");
		CHECK_STR(ask(g, XS_WATCH, 0, payload), "OK|");
	}
	events(g);
	return g;
}

TEST(a_guest_may_lie_while_a_change_of_its_own_is_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_with_long_events(w);

	raw_stall(g, true);
	raw_page(g)->rsp_cons = 12345;
	raw_send(g, XS_WRITE, 0, "x|1");
	loop_settle(w->loop);

	CHECK_EQ(raw_page(g)->error, XS_PAGE_INDICES);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(a_guest_may_lie_while_its_transaction_is_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_with_long_events(w);
	uint32_t txn = start(g);

	ask(g, XS_WRITE, txn, "x|1");
	ask(g, XS_WRITE, txn, "y|1");
	raw_stall(g, true);
	raw_page(g)->rsp_cons = 12345;
	raw_send(g, XS_TRANSACTION_END, txn, "T|");
	loop_settle(w->loop);

	CHECK_EQ(raw_page(g)->error, XS_PAGE_INDICES);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(many_long_events_of_its_own_change_reach_a_guest)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_with_long_events(w);

	CHECK_STR(ask(g, XS_WRITE, 0, "x|1"), "OK|");
	for (unsigned int i = 0; i < 100; i++)
		CHECK(raw_event(g));
	CHECK(!raw_event(g));
}
