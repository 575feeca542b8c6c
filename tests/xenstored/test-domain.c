/* SPDX-License-Identifier: MIT */

/*
 * Domains: introduced, released, resumed, dead, born again.
 */

#include "xenstored/domain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

/* Introducing */

TEST(a_domain_must_exist_to_be_introduced)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_INTRODUCE, 0, "5|0|1|"), "!ENOENT|");
	raw_domain(w, 5);
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "T|");
}

TEST(bad_introductions_are_refused)
{
	static const char *const bad[] = {
		"5|0|0|", "5|0|x|",     "5|0||",  "5|0|",    "5|",      "",
		"5|0|1",  "65536|0|1|", "x|0|1|", "5|0|-1|", "5|0|99|",
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_domain(w, 5);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STR(ask(a, XS_INTRODUCE, 0, bad[i]), "!EINVAL|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
	CHECK_STR(check(a), "OK|");
	CHECK_STR(introduce(a, w, 5), "OK|");
}

TEST(only_the_privileged_deal_with_domains)
{
	static const struct {
		uint32_t type;
		const char *payload;
	} requests[] = {
		{ XS_INTRODUCE, "5|0|1|" },
		{ XS_RELEASE, "5|" },
		{ XS_RESUME, "5|" },
		{ XS_SET_TARGET, "5|6|" },
		{ XS_IS_DOMAIN_INTRODUCED, "5|" },
		{ XS_SET_FEATURE, "5|0|" },
		{ XS_GET_FEATURE, "5|" },
		{ XS_GET_QUOTA, "" },
		{ XS_SET_QUOTA, "nodes|1|" },
		{ XS_CONTROL, "help|" },
	};
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		CHECK_STR(ask(g, requests[i].type, 0, requests[i].payload),
			  "!EACCES|");
}

TEST(a_page_that_cannot_be_mapped_is_an_error_and_no_end)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_domain(w, 5);
	world_fail(w->hv, WORLD_MAP, 1);
	CHECK_STR(introduce(a, w, 5), "!ENOMEM|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_EQ(world_count(w->hv)->mapped_pages, 1);
}

/* Releasing */

TEST(a_released_domain_leaves_nothing_behind)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	unsigned int ports = world_count(w->hv)->ports;

	ask(g, XS_WRITE, 0, "x|1");
	ask(g, XS_WATCH, 0, "x|t|");
	start(g);
	CHECK_STR(release(a, 5), "OK|");

	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5|"), "!ENOENT|");
	CHECK_EQ(world_count(w->hv)->mapped_pages, 0);
	CHECK_EQ(world_count(w->hv)->ports, ports - 1);
	CHECK_STR(check(a), "OK|");
}

TEST(only_what_was_introduced_can_be_released_or_resumed)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(release(a, 5), "!ENOENT|");
	CHECK_STR(ask(a, XS_RESUME, 0, "5|"), "!ENOENT|");
	raw_domain(w, 5);
	CHECK_STR(release(a, 5), "!ENOENT|");
	CHECK_STR(ask(a, XS_RESUME, 0, "5|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_RELEASE, 0, "x|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_RELEASE, 0, "5|6|"), "!EINVAL|");
}

TEST(our_own_domain_cannot_be_released)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(a, XS_WRITE, 0, "/x|1");
	CHECK_STR(release(a, 0), "!EINVAL|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "1");
}

TEST(xsa_425_a_domain_is_released_while_it_is_served)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	struct raw *h = guest_at_home(w, 6);

	raw_stall(g, true);
	for (int i = 0; i < 200; i++) {
		raw_send(g, XS_WRITE, 0, "x|1");
		raw_send(h, XS_WRITE, 0, "x|1");
		if (i == 50)
			raw_send(a, XS_RELEASE, 0, "5|");
		if (i == 100)
			raw_send(a, XS_RELEASE, 0, "6|");
	}
	CHECK_STR(raw_reply(a), "OK|");
	CHECK_STR(raw_reply(a), "OK|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_425_a_domain_is_released_and_introduced_in_one_go)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	for (int i = 0; i < 3; i++) {
		raw_send(a, XS_RELEASE, 0, "5|");
		raw_send(a, XS_INTRODUCE, 0, "5|0|1|");
		CHECK_STR(raw_reply(a), "OK|");
		CHECK_STR(raw_reply(a), "OK|");
	}
	raw_restart(g);
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "5|"), "/local/domain/5|");
	CHECK_STR(check(a), "OK|");
}

/* Death */

TEST(a_dead_domain_leaves_nothing_behind)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "x/y|1");
	ask(g, XS_WATCH, 0, "x|t|");
	start(g);
	world_destroy(w->world, 5);
	loop_settle(w->loop);

	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain|"), "");
	CHECK_EQ(world_count(w->hv)->mapped_pages, 0);
	CHECK_STR(check(a), "OK|");
}

TEST(a_domain_that_stopped_keeps_what_it_has)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "x|1");
	world_shut_down(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5/x|"), "1");
}

TEST(nodes_of_the_dead_go_with_all_that_is_below_them)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	guest_at_home(w, 5);
	ask(a, XS_WRITE, 0, "/dir/five/below|1");
	ask(a, XS_SET_PERMS, 0, "/dir/five|n5|");
	ask(a, XS_WRITE, 0, "/dir/other|1");
	world_destroy(w->world, 5);
	loop_settle(w->loop);

	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/dir|"), "other|");
	CHECK_STR(check(a), "OK|");
}

TEST(the_root_of_a_dead_domain_becomes_ours)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(guest_at_home(w, 5), XS_WRITE, 0, "x/y|1");
	ask(a, XS_SET_PERMS, 0, "/|r5|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);

	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/|"), "r0|");
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5|"), "!ENOENT|");
	CHECK_STR(check(a), "OK|");
}

TEST(the_end_of_nodes_of_the_dead_is_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "x/y|1");
	ask(a, XS_WATCH, 0, "/local/domain/5/x|t|");
	ask(a, XS_WATCH, 0, "@releaseDomain|r|");
	events(a);
	world_destroy(w->world, 5);
	CHECK_STR(events(a), "/local/domain/5/x|t| @releaseDomain|r|");
}

TEST(nodes_of_the_dead_can_be_kept)
{
	struct server_options options;
	struct store_world *w;
	struct raw *a;

	server_defaults(&options);
	options.keep_orphans = true;
	w = store_world_with(t, &options);
	a = raw_socket(w);
	ask(guest_at_home(w, 5), XS_WRITE, 0, "x/y|1");
	world_destroy(w->world, 5);
	loop_settle(w->loop);

	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/5/x/y|"), "1");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/local/domain/5/x/y|"), "n0|");
	CHECK_STR(check(a), "OK|");
}

/* Born again */

TEST(xsa_322_a_new_domain_has_no_rights_of_an_old_one)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	ask(a, XS_WRITE, 0, "/x|1");
	ask(a, XS_SET_PERMS, 0, "/x|n0|r5|");
	CHECK_STR(ask(g, XS_READ, 0, "/x|"), "1");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	g = raw_guest(w, 5);

	CHECK_STR(ask(g, XS_READ, 0, "/x|"), "!EACCES|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/x|"), "n0|");
}

TEST(xsa_417_nor_if_it_was_only_mentioned)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_domain(w, 5);
	ask(a, XS_WRITE, 0, "/x|1");
	ask(a, XS_SET_PERMS, 0, "/x|n0|r5|");
	world_destroy(w->world, 5); /* we do not know of it yet */
	CHECK_STR(ask(raw_guest(w, 5), XS_READ, 0, "/x|"), "!EACCES|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "T|");
}

TEST(xsa_483_a_new_domain_has_its_full_quota)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[32];

	ask(a, XS_SET_QUOTA, 0, "nodes|50|");
	for (int life = 0; life < 3; life++) {
		struct raw *g = guest_at_home(w, 5);

		for (int i = 1; i < 50; i++) {
			snprintf(payload, sizeof(payload), "%d|", i);
			CHECK_STR(ask(g, XS_WRITE, 0, payload), "OK|");
		}
		CHECK_STR(ask(g, XS_WRITE, 0, "more|"), "!ENOSPC|");
		world_destroy(w->world, 5);
		loop_settle(w->loop);
	}
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_419_nodes_of_a_friend_do_not_pile_up)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	guest_at_home(w, 6);
	for (int life = 0; life < 100; life++) {
		struct raw *g = raw_guest(w, 5);

		ask(a, XS_SET_PERMS, 0, "/local/domain/6|n6|b5|");
		CHECK_STR(ask(g, XS_WRITE, 0, "/local/domain/6/a/b|1"), "OK|");
		world_destroy(w->world, 5);
		loop_settle(w->loop);
		CHECK_STR(ask(a, XS_DIRECTORY, 0, "/local/domain/6|"), "");
	}
	CHECK_STR(check(a), "OK|");
}

/* Targets */

TEST(who_acts_for_a_domain_may_do_what_it_may)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	struct raw *s = raw_guest(w, 6);

	ask(g, XS_WRITE, 0, "x|1");
	CHECK_STR(ask(s, XS_READ, 0, "/local/domain/5/x|"), "!EACCES|");
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "6|5|"), "OK|");
	CHECK_STR(ask(s, XS_READ, 0, "/local/domain/5/x|"), "1");
	CHECK_STR(ask(s, XS_SET_PERMS, 0, "/local/domain/5/x|n5|r6|"), "OK|");
	CHECK_STR(ask(s, XS_WRITE, 0, "/local/domain/5/y|1"), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/local/domain/5/y|"), "n6|");
	CHECK_STR(check(a), "OK|");
}

TEST(both_ends_of_a_target_must_be_introduced)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_guest(w, 5);
	raw_domain(w, 6);
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "5|6|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "6|5|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "5|x|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_SET_TARGET, 0, "5|"), "!EINVAL|");
}

TEST(who_acted_for_a_dead_domain_acts_for_itself)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *s = raw_guest(w, 6);

	guest_at_home(w, 5);
	ask(a, XS_SET_TARGET, 0, "6|5|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	guest_at_home(w, 5);
	CHECK_STR(ask(s, XS_READ, 0, "/local/domain/5|"), "!EACCES|");
}

TEST(xsa_233_a_domain_and_who_acts_for_it_die_together)
{
	for (int order = 0; order < 4; order++) {
		struct store_world *w = store_world_new(t);
		struct raw *a = raw_socket(w);
		domid_t first = order & 1 ? 5 : 6;

		guest_at_home(w, 5);
		guest_at_home(w, 6);
		ask(a, XS_SET_TARGET, 0, order & 2 ? "5|6|" : "6|5|");
		ask(a, XS_WATCH, 0, "@releaseDomain|each|1|");
		events(a);
		world_destroy(w->world, first);
		world_destroy(w->world, 11 - first);
		CHECK_STR(events(a), "@releaseDomain/5|each| "
				     "@releaseDomain/6|each|");
		CHECK_STR(check(a), "OK|");
		talloc_free(w);
	}
}

/* Small things */

TEST(the_path_of_a_domain_is_made_of_its_number)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);

	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "5|"), "/local/domain/5|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "7|"), "/local/domain/7|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "07|"), "/local/domain/7|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "|"), "/local/domain/0|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "abc|"), "!EINVAL|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "65536|"), "!EINVAL|");
	CHECK_STR(ask(g, XS_GET_DOMAIN_PATH, 0, "5"), "!EINVAL|");
}

TEST(xen_itself_counts_as_introduced)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "32752|"), "T|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "0|"), "T|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "32757|"), "F|");
}
