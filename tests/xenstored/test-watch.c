/* SPDX-License-Identifier: MIT */

/*
 * Watches: what fires them, for whom, in which words.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

TEST(a_watch_is_confirmed_and_then_fires_once)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_send(a, XS_WATCH, 0, "/x|token|");
	CHECK_STR(everything(a), "OK| </x|token|");
}

TEST(a_watch_fires_at_first_whatever_it_is_for)
{
	static const char *const paths[] = {
		"/none",          "/none/none",       "none",      "/tool",
		"@releaseDomain", "@introduceDomain", "@whatever", "/",
		"/a@b",
	};
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);
	char payload[64];

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		snprintf(payload, sizeof(payload), "%s|t|", paths[i]);
		CHECK_STR(ask(g, XS_WATCH, 0, payload), "OK|");
		CHECK_STR(raw_event(g), payload);
		CHECK(!raw_event(g));
	}
}

/* A client with a watch, whose first event it has seen. */
static struct raw *watcher(struct store_world *w, const char *payload)
{
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 0, payload), "OK|");
	events(a);
	return a;
}

TEST(each_change_of_a_node_fires)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = watcher(w, "/x|t|");

	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(events(b), "/x|t|");
	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(events(b), "/x|t|");
	ask(a, XS_SET_PERMS, 0, "/x|n0|");
	CHECK_STR(events(b), "/x|t|");
	ask(a, XS_MKDIR, 0, "/x/y|");
	CHECK_STR(events(b), "/x/y|t|");
	ask(a, XS_RM, 0, "/x|");
	CHECK_STR(events(b), "/x|t|");
}

TEST(what_changes_nothing_fires_nothing)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b;
	uint32_t txn;

	ask(a, XS_WRITE, 0, "/x|1");
	b = watcher(w, "/|t|");
	ask(a, XS_READ, 0, "/x|");
	ask(a, XS_MKDIR, 0, "/x|");
	ask(a, XS_RM, 0, "/none|");
	ask(a, XS_RM, 0, "/none/none|");
	ask(a, XS_SET_PERMS, 0, "/none|n0|");
	txn = start(a);
	ask(a, XS_READ, txn, "/x|");
	commit(a, txn);
	txn = start(a);
	ask(a, XS_WRITE, txn, "/x|2");
	ask(a, XS_TRANSACTION_END, txn, "F|");

	CHECK_STR(events(b), "");
}

TEST(parents_that_are_made_on_the_way_are_not_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *above = watcher(w, "/w|t|");
	struct raw *between = watcher(w, "/w/p/q|t|");

	ask(a, XS_WRITE, 0, "/w/p/q/r|1");
	CHECK_STR(events(above), "/w/p/q/r|t|");
	CHECK_STR(events(between), "/w/p/q/r|t|");
}

TEST(a_removal_is_told_once_from_above_and_to_all_below)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *above = watcher(w, "/|t|");
	struct raw *at = watcher(w, "/a|t|");
	struct raw *below = watcher(w, "/a/b/c|t|");
	struct raw *nowhere = watcher(w, "/a/b/none|t|");
	struct raw *beside = watcher(w, "/ab|t|");

	ask(a, XS_WRITE, 0, "/a/b/c/d|1");
	events(above), events(at), events(below);
	ask(a, XS_RM, 0, "/a|");

	CHECK_STR(events(above), "/a|t|");
	CHECK_STR(events(at), "/a|t|");
	CHECK_STR(events(below), "/a/b/c|t|");
	CHECK_STR(events(nowhere), "");
	CHECK_STR(events(beside), "");
}

TEST(a_removal_is_told_from_the_leaves_to_the_root)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(a, XS_WRITE, 0, "/a/b/c|1");
	ask(a, XS_WATCH, 0, "/a|1|");
	ask(a, XS_WATCH, 0, "/a/b|2|");
	ask(a, XS_WATCH, 0, "/a/b/c|3|");
	events(a);
	ask(a, XS_RM, 0, "/a|");

	CHECK_STR(events(a), "/a/b/c|3| /a/b|2| /a|1|");
}

TEST(a_depth_says_how_far_down_a_watch_looks)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = watcher(w, "/a|zero|0|");
	struct raw *c = watcher(w, "/a|one|1|");
	struct raw *d = watcher(w, "/a|two|2|");

	ask(a, XS_WRITE, 0, "/a|1");
	ask(a, XS_WRITE, 0, "/a/b|1");
	ask(a, XS_WRITE, 0, "/a/b/c|1");
	ask(a, XS_WRITE, 0, "/a/b/c/d|1");

	CHECK_STR(events(b), "/a|zero|");
	CHECK_STR(events(c), "/a|one| /a/b|one|");
	CHECK_STR(events(d), "/a|two| /a/b|two| /a/b/c|two|");
}

TEST(a_depth_is_a_number_that_is_not_negative)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 0, "/a|1|-1|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|2|1|more|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|3|1"), "!EINVAL|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|4|99999999999999999999|"),
		  "!EINVAL|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|5|word|"), "OK|");
	events(a);
	ask(a, XS_WRITE, 0, "/a/b|");
	CHECK_STR(events(a), "");
}

TEST(a_depth_is_for_those_who_are_offered_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_domain(w, 5);

	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "5|3|"), "OK|");
	introduce(a, w, 5);
	CHECK_STR(ask(g, XS_WATCH, 0, "x|t|1|"), "!EINVAL|");
	CHECK_STR(ask(g, XS_WATCH, 0, "x|t|"), "OK|");
}

TEST(who_watches_a_relative_path_is_told_relative_paths)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	CHECK_STR(ask(g, XS_WATCH, 0, "x|rel|"), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, "/local/domain/5/x|abs|"), "OK|");
	CHECK_STR(events(g), "x|rel| /local/domain/5/x|abs|");
	ask(a, XS_WRITE, 0, "/local/domain/5/x/y|1");
	CHECK_STR(events(g), "x/y|rel| /local/domain/5/x/y|abs|");
	ask(a, XS_RM, 0, "/local/domain/5|");
	CHECK_STR(events(g), "x|rel| /local/domain/5/x|abs|");
}

TEST(an_event_comes_before_the_reply_to_what_caused_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/x|t|");

	raw_send(a, XS_WRITE, 0, "/x|1");
	raw_send(a, XS_RM, 0, "/x|");
	CHECK_STR(everything(a), "</x|t| OK| </x|t| OK|");
}

TEST(an_event_names_no_request)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/x|t|");
	struct raw *b = raw_socket(w);
	uint32_t txn = start(b);

	ask(b, XS_WRITE, txn, "/x|1");
	commit(b, txn);
	raw_event(a);
	CHECK_EQ(raw_header(a)->type, XS_WATCH_EVENT);
	CHECK_EQ(raw_header(a)->req_id, 0);
	CHECK_EQ(raw_header(a)->tx_id, 0);
}

TEST(a_client_has_one_watch_for_a_path_and_a_token)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/local/domain/0/x|t|");
	struct raw *b = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 0, "/local/domain/0/x|t|"), "!EEXIST|");
	CHECK_STR(ask(a, XS_WATCH, 0, "x|t|"), "!EEXIST|");
	CHECK_STR(ask(a, XS_WATCH, 0, "x|t|1|"), "!EEXIST|");
	CHECK_STR(events(a), "");
	CHECK_STR(ask(a, XS_WATCH, 0, "x|t2|"), "OK|");
	CHECK_STR(ask(a, XS_WATCH, 0, "y|t|"), "OK|");
	CHECK_STR(ask(b, XS_WATCH, 0, "x|t|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_watch_ends_by_its_path_and_token)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/x|t|");

	CHECK_STR(ask(a, XS_UNWATCH, 0, "/x|u|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_UNWATCH, 0, "/y|t|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_UNWATCH, 0, "/x/y|t|"), "!ENOENT|");
	CHECK_STR(ask(raw_socket(w), XS_UNWATCH, 0, "/x|t|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_UNWATCH, 0, "/x|t|"), "OK|");
	CHECK_STR(ask(a, XS_UNWATCH, 0, "/x|t|"), "!ENOENT|");
	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(events(a), "");
}

TEST(watches_know_no_transactions)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 777, "/x|t|"), "OK|");
	CHECK_EQ(raw_header(a)->tx_id, 777);
	CHECK_STR(ask(a, XS_UNWATCH, 778, "/x|t|"), "OK|");
	CHECK_EQ(raw_header(a)->tx_id, 778);
}

TEST(a_token_may_be_empty)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 0, "/x||"), "OK|");
	CHECK_STR(events(a), "/x||");
	CHECK_STR(ask(a, XS_UNWATCH, 0, "/x||"), "OK|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/x|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/x|t"), "!EINVAL|");
}

TEST(a_watch_goes_on_when_its_node_is_gone)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = watcher(w, "/x/y|t|");

	for (int i = 0; i < 3; i++) {
		ask(a, XS_WRITE, 0, "/x/y|1");
		CHECK_STR(events(b), "/x/y|t|");
		ask(a, XS_RM, 0, "/x|");
		CHECK_STR(events(b), "/x/y|t|");
	}
}

TEST(watches_end_with_their_client)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = watcher(w, "/x|t|");

	raw_hang_up(b);
	CHECK_STR(ask(a, XS_WRITE, 0, "/x|1"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(reset_watches_ends_all_of_one_client)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/x|t|");
	struct raw *b = watcher(w, "/x|t|");

	ask(a, XS_WATCH, 0, "/|t|");
	events(a);
	CHECK_STR(ask(a, XS_RESET_WATCHES, 0, "|"), "OK|");
	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(events(a), "");
	CHECK_STR(events(b), "/x|t|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_guest_has_128_watches_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);
	char payload[32];

	for (unsigned int i = 0; i < 128; i++) {
		snprintf(payload, sizeof(payload), "x|%u|", i);
		CHECK_STR(ask(g, XS_WATCH, 0, payload), "OK|");
	}
	CHECK_STR(ask(g, XS_WATCH, 0, "x|more|"), "!ENOSPC|");
	CHECK_STR(ask(g, XS_UNWATCH, 0, "x|7|"), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, "x|more|"), "OK|");
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(thousands_of_watches_are_told_each_of_its_own)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = raw_socket(w);
	char payload[64], event[64];

	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(payload, sizeof(payload), "/d/%u|%u|", i, i);
		CHECK_STR(ask(a, XS_WATCH, 0, payload), "OK|");
	}
	events(a);
	for (unsigned int i = 0; i < 5000; i += 100) {
		snprintf(payload, sizeof(payload), "/d/%u|x", i);
		ask(b, XS_WRITE, 0, payload);
		snprintf(event, sizeof(event), "/d/%u|%u|", i, i);
		CHECK_STR(events(a), event);
	}
}

TEST(xsa_324_an_event_that_is_too_long_is_not_sent)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[4097] = "/|";

	memset(payload + 2, 't', 4093);
	strcpy(payload + 4095, "|");
	CHECK_STR(ask(a, XS_WATCH, 0, payload), "OK|");
	CHECK_STR(events(a), payload);

	/* The path "/" makes 4096 bytes, any other is too long. */
	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(events(a), "");
	ask(a, XS_WRITE, 0, "/|1");
	CHECK_STR(events(a), payload);
}
