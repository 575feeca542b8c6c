/* SPDX-License-Identifier: MIT */

/*
 * Advisories on other daemons, as far as they have no test among those of
 * the part that they are about: grep for their numbers.
 */

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

TEST(xsa_72_a_reply_that_is_too_long_is_an_error_and_no_end)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[256];

	for (unsigned int i = 0; i < 100; i++) {
		int len = sprintf(payload, "/d/%u", i);

		memset(payload + len, 'n', 100);
		strcpy(payload + len + 100, "|");
		CHECK_STR(ask(a, XS_MKDIR, 0, payload), "OK|");
	}
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/d|"), "!E2BIG|");
	CHECK_STR(ask(a, XS_READ, 0, "/d|"), "");
}

TEST(xsa_323_the_longest_path_of_a_client_is_no_matter_to_its_parents)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char path[4096 + 1] = "/";

	memset(path + 1, 'a', 4094);
	path[4095] = '|';
	CHECK_STR(ask(a, XS_MKDIR, 0, path), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, path), "");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/|"), "!E2BIG|");
	CHECK_STR(ask(a, XS_RM, 0, path), "OK|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/|"), "tool|");
}

TEST(xsa_330_watching_and_resetting_again_and_again_takes_no_memory)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);
	size_t before = 0;

	for (unsigned int i = 0; i < 5000; i++) {
		CHECK_STR(ask(g, XS_WATCH, 0, "a/b/c|t|"), "OK|");
		CHECK_STR(ask(g, XS_RESET_WATCHES, 0, "|"), "OK|");
		CHECK_STR(events(g), "a/b/c|t|");
		if (i == 100)
			before = talloc_total_size(w->server);
	}
	CHECK_EQ(talloc_total_size(w->server), before);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(xsa_349_a_guest_that_toggles_its_state_floods_nobody)
{
	struct store_world *w = store_world_new(t);
	struct raw *backend = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	size_t before;

	CHECK_STR(ask(backend, XS_WATCH, 0, "/local/domain/5/state|s|"), "OK|");
	events(backend);
	raw_stall(backend, true);
	for (int i = 0; i < 10000; i++)
		CHECK_STR(ask(g, XS_WRITE, 0, i % 2 ? "state|3" : "state|4"),
			  "OK|");
	before = talloc_total_size(w->server);
	for (int i = 0; i < 10000; i++)
		ask(g, XS_WRITE, 0, i % 2 ? "state|3" : "state|4");
	CHECK(talloc_total_size(w->server) - before < 1024);
	raw_stall(backend, false);
	CHECK_STR(ask(backend, XS_READ, 0, "/local/domain/5/state|"), "3");
}

TEST(xsa_326_many_watches_of_a_big_tree_that_goes)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	size_t before = talloc_total_size(w->server);
	char payload[64];

	for (unsigned int i = 0; i < 128; i++) {
		snprintf(payload, sizeof(payload), "%s|%u|",
			 i % 2 ? "d/7" : "/local/domain/5", i);
		CHECK_STR(ask(g, XS_WATCH, 0, payload), "OK|");
	}
	for (unsigned int i = 0; i < 900; i++) {
		snprintf(payload, sizeof(payload), "d/%u|", i);
		raw_send(g, XS_MKDIR, 0, payload);
	}
	raw_stall(g, true);
	ask(raw_socket(w), XS_RM, 0, "/local/domain/5/d|");
	CHECK(talloc_total_size(w->server) - before < 4 * 1024 * 1024);
	CHECK_STR(check(raw_socket(w)), "OK|");
}

TEST(xsa_416_unread_replies_hold_no_more_than_themselves)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = guest_at_home(w, 5);
	char payload[2100] = "x|";
	size_t before;

	memset(payload + 2, 'v', 2000);
	ask(g, XS_WRITE, 0, payload);
	raw_stall(g, true);
	before = talloc_total_size(w->server);
	for (unsigned int i = 0; i < 200; i++)
		raw_send(g, XS_WRITE, 0, payload);
	loop_settle(w->loop);
	CHECK(talloc_total_size(w->server) - before < 200 * 1024);
}

/* Deep trees on a small stack. */
static void *go_deep(void *arg)
{
	struct store_world *w = store_world_new(arg);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char path[2049] = "a";
	uint32_t txn;

	while (strlen(path) < 2045)
		strcat(path, "/a");
	strcat(path, "|");
	for (int i = 0; i < 3; i++) {
		CHECK_STR(ask(g, XS_WATCH, 0, path), "!EINVAL|");
		CHECK_STR(ask(g, XS_MKDIR, 0, path), "!ENOSPC|");
		ask(a, XS_SET_QUOTA, 0, "nodes|2000|");
		CHECK_STR(ask(g, XS_MKDIR, 0, path), "OK|");
		CHECK_STR(check(a), "OK|");
		txn = start(g);
		CHECK_STR(ask(g, XS_RM, txn, "a|"), "OK|");
		CHECK_STR(ask(g, XS_MKDIR, txn, path), "OK|");
		CHECK_STR(commit(g, txn), "OK|");
		ask(a, XS_SET_QUOTA, 0, "nodes|1000|");
		CHECK_STR(ask(g, XS_RM, 0, "a|"), "OK|");
	}
	ask(a, XS_SET_QUOTA, 0, "nodes|2000|");
	CHECK_STR(ask(g, XS_MKDIR, 0, path), "OK|");
	world_destroy(w->world, 5);
	CHECK_STR(events(a), "");
	CHECK_STR(check(a), "OK|");
	return NULL;
}

TEST(xsa_418_deep_trees_need_no_deep_stack)
{
	pthread_attr_t attr;
	pthread_t thread;

	CHECK_EQ(pthread_attr_init(&attr), 0);
	CHECK_EQ(pthread_attr_setstacksize(&attr, 128 * 1024), 0);
	CHECK_EQ(pthread_create(&thread, &attr, go_deep, t), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
}

TEST(xsa_481_the_beginning_of_a_home_is_refused_everywhere)
{
	static const uint32_t types[] = {
		XS_DIRECTORY, XS_READ,      XS_GET_PERMS,      XS_WRITE,
		XS_MKDIR,     XS_RM,        XS_DIRECTORY_PART, XS_WATCH,
		XS_UNWATCH,   XS_SET_PERMS,
	};
	static const char *const args[] = {
		"/local/domain/|t|",
		"/local/domain//|t|",
		"/local/domain/0/|t|",
		"/local/domain/|",
	};
	struct store_world *w = store_world_new(t);
	struct raw *clients[] = { raw_socket(w), raw_guest(w, 5) };

	for (size_t c = 0; c < ARRAY_SIZE(clients); c++) {
		uint32_t txn = start(clients[c]);

		for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
			for (size_t n = 0; n < 2 * ARRAY_SIZE(args); n++)
				CHECK_STR(ask(clients[c], types[i],
					      n % 2 ? txn : 0, args[n / 2]),
					  "!EINVAL|");
		}
	}
	CHECK_STR(check(clients[0]), "OK|");
}

/* What other daemons do wrong, without an advisory. */

TEST(any_domain_may_be_named_by_a_client_on_a_socket)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/x|n0|r32757|"), "OK|");
	CHECK_STR(ask(raw_guest(w, 5), XS_READ, 0, "/x|"), "1");
	CHECK_STR(check(a), "OK|");
}

TEST(the_whole_store_cannot_be_removed)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(ask(a, XS_RM, 0, "/|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_RM, start(a), "/|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "1");
}
