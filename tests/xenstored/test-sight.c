/* SPDX-License-Identifier: MIT */

/*
 * Which guests are told of a change (XSA-115).
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

/* A guest that watches everything, and a node of these permissions in a
 * directory of those. */
static struct raw *guest_watches(struct store_world *w, const char *dir,
				 const char *node)
{
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);
	char payload[64];

	ask(a, XS_WRITE, 0, "/d/x|1");
	snprintf(payload, sizeof(payload), "/d|%s|", dir);
	CHECK_STR(ask(a, XS_SET_PERMS, 0, payload), "OK|");
	snprintf(payload, sizeof(payload), "/d/x|%s|", node);
	CHECK_STR(ask(a, XS_SET_PERMS, 0, payload), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, "/|t|"), "OK|");
	events(g);
	return g;
}

TEST(xsa_115_nobody_is_told_of_what_it_may_not_see)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0");

	ask(a, XS_WRITE, 0, "/d/x|2");
	ask(a, XS_WRITE, 0, "/d/y|2");
	ask(a, XS_SET_PERMS, 0, "/d/x|w0|");
	ask(a, XS_RM, 0, "/d/x|");
	ask(a, XS_RM, 0, "/d|");

	CHECK_STR(events(g), "");
}

TEST(who_can_read_a_node_is_told_of_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0|r5");

	ask(a, XS_WRITE, 0, "/d/x|2");
	CHECK_STR(events(g), "/d/x|t|");
	ask(a, XS_RM, 0, "/d/x|");
	CHECK_STR(events(g), "/d/x|t|");
}

TEST(who_can_read_a_directory_is_told_of_all_in_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "r0", "n0");

	ask(a, XS_WRITE, 0, "/d/x|2");
	CHECK_STR(events(g), "/d/x|t|");
	ask(a, XS_WRITE, 0, "/d/x/y|2");
	CHECK_STR(events(g), "");
	ask(a, XS_RM, 0, "/d/x|");
	CHECK_STR(events(g), "/d/x|t|");
}

TEST(who_can_read_a_directory_is_not_told_what_is_made_deep_in_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_watches(w, "n5|w6", "n0");
	struct raw *h = raw_guest(w, 6);

	ask(raw_socket(w), XS_SET_PERMS, 0, "/d|n5|w6|");
	events(g);
	CHECK_STR(ask(h, XS_WRITE, 0, "/d/a/b|1"), "OK|");
	CHECK_STR(events(g), "");
	CHECK_STR(ask(h, XS_WRITE, 0, "/d/c|1"), "OK|");
	CHECK_STR(events(g), "/d/c|t|");
}

TEST(who_loses_sight_of_a_node_is_told_so_once)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0|r5");

	ask(a, XS_SET_PERMS, 0, "/d/x|n0|");
	CHECK_STR(events(g), "/d/x|t|");
	ask(a, XS_WRITE, 0, "/d/x|3");
	CHECK_STR(events(g), "");
	ask(a, XS_SET_PERMS, 0, "/d/x|r0|");
	CHECK_STR(events(g), "/d/x|t|");
}

TEST(the_same_holds_for_what_a_transaction_changes)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0|r5");
	uint32_t txn = start(a);

	ask(a, XS_WRITE, txn, "/d/secret|1");
	ask(a, XS_SET_PERMS, txn, "/d/x|n0|");
	CHECK_STR(commit(a, txn), "OK|");
	CHECK_STR(events(g), "/d/x|t|");

	txn = start(a);
	ask(a, XS_WRITE, txn, "/d/x|2");
	ask(a, XS_RM, txn, "/d/secret|");
	CHECK_STR(commit(a, txn), "OK|");
	CHECK_STR(events(g), "");
}

TEST(a_removal_is_told_only_to_those_who_could_see_each_part)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0");

	ask(a, XS_WRITE, 0, "/d/x/secret|1");
	ask(a, XS_WRITE, 0, "/d/x/open|1");
	ask(a, XS_SET_PERMS, 0, "/d/x/open|n0|r5|");
	ask(g, XS_WATCH, 0, "/d/x/secret|s|");
	ask(g, XS_WATCH, 0, "/d/x/open|o|");
	events(g);
	ask(a, XS_RM, 0, "/d|");

	CHECK_STR(events(g), "/d/x/open|o|");
}

TEST(who_acts_for_another_is_told_what_that_one_may_see)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_watches(w, "n0", "n0|r6");

	raw_guest(w, 6);
	ask(a, XS_WRITE, 0, "/d/x|2");
	CHECK_STR(events(g), "");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/d/x|n0|r6|"), "OK|");
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "5|6|"), "OK|");
	ask(a, XS_WRITE, 0, "/d/x|2");
	CHECK_STR(events(g), "/d/x|t|");
}

TEST(the_privileged_see_everything)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(a, XS_WATCH, 0, "/|t|");
	events(a);
	ask(g, XS_WRITE, 0, "x|1");
	CHECK_STR(events(a), "/local/domain/5/x|t|");
}
