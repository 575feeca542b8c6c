/* SPDX-License-Identifier: MIT */

/*
 * The special watches: domains come, stop and go.
 */

#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

/* A client that watches a name in all the ways there are. */
static struct raw *watcher(struct store_world *w, const char *payload)
{
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WATCH, 0, payload), "OK|");
	events(a);
	return a;
}

TEST(an_introduction_is_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@introduceDomain|plain|");
	struct raw *b = watcher(w, "@introduceDomain|each|1|");
	struct raw *c = watcher(w, "@introduceDomain|none|0|");
	struct raw *d = watcher(w, "@introduceDomain/5|five|");

	raw_guest(w, 5);
	raw_guest(w, 6);

	CHECK_STR(events(a), "@introduceDomain|plain| @introduceDomain|plain|");
	CHECK_STR(events(b),
		  "@introduceDomain/5|each| @introduceDomain/6|each|");
	CHECK_STR(events(c), "");
	CHECK_STR(events(d), "@introduceDomain/5|five|");
}

TEST(an_introduction_again_is_not_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@introduceDomain|t|");

	raw_guest(w, 5);
	CHECK_STR(events(a), "@introduceDomain|t|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_STR(ask(a, XS_INTRODUCE, 0, "99|0|1|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_INTRODUCE, 0, "0|0|1|"), "OK|");
	CHECK_STR(events(a), "");
}

TEST(a_release_is_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@releaseDomain|plain|");
	struct raw *b = watcher(w, "@releaseDomain|each|1|");
	struct raw *c = watcher(w, "@releaseDomain|none|0|");
	struct raw *d = watcher(w, "@releaseDomain/5|five|0|");

	raw_guest(w, 5);
	raw_guest(w, 6);
	CHECK_STR(release(a, 5), "OK|");
	CHECK_STR(release(a, 6), "OK|");

	CHECK_STR(events(a), "@releaseDomain|plain| @releaseDomain|plain|");
	CHECK_STR(events(b), "@releaseDomain/5|each| @releaseDomain/6|each|");
	CHECK_STR(events(c), "");
	CHECK_STR(events(d), "@releaseDomain/5|five|");
}

TEST(a_domain_that_stops_is_told_once_and_again_after_it_resumed)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@releaseDomain|t|");
	struct raw *b = watcher(w, "@releaseDomain/5|five|");

	raw_guest(w, 5);
	world_shut_down(w->world, 5);
	CHECK_STR(events(a), "@releaseDomain|t|");
	CHECK_STR(events(b), "@releaseDomain/5|five|");
	world_shut_down(w->world, 5);
	CHECK_STR(events(a), "");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "T|");
	CHECK_STR(ask(a, XS_RESUME, 0, "5|"), "OK|");
	world_shut_down(w->world, 5);
	CHECK_STR(events(a), "@releaseDomain|t|");
	CHECK_STR(events(b), "@releaseDomain/5|five|");
}

TEST(the_end_of_a_domain_is_told_after_it_stopped)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@releaseDomain|t|");

	raw_guest(w, 5);
	world_shut_down(w->world, 5);
	CHECK_STR(events(a), "@releaseDomain|t|");
	world_destroy(w->world, 5);
	CHECK_STR(events(a), "@releaseDomain|t|");
	CHECK_STR(ask(a, XS_IS_DOMAIN_INTRODUCED, 0, "5|"), "F|");
}

TEST(many_ends_at_once_are_one_plain_event)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@releaseDomain|t|");
	struct raw *b = watcher(w, "@releaseDomain|each|1|");

	raw_guest(w, 5);
	raw_guest(w, 6);
	raw_guest(w, 7);
	world_destroy(w->world, 5);
	world_shut_down(w->world, 6);
	world_destroy(w->world, 7);

	CHECK_STR(events(a), "@releaseDomain|t|");
	CHECK_STR(events(b), "@releaseDomain/5|each| @releaseDomain/6|each| "
			     "@releaseDomain/7|each|");
}

TEST(the_end_of_a_domain_that_was_not_introduced_is_not_told)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@releaseDomain|t|");

	world_create(w->world, 5);
	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "5|0|"), "OK|");
	world_shut_down(w->world, 5);
	world_destroy(w->world, 5);
	CHECK_STR(events(a), "");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_115_guests_are_told_of_specials_by_their_permissions)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	CHECK_STR(ask(g, XS_WATCH, 0, "@introduceDomain|i|"), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, "@releaseDomain|r|"), "OK|");
	CHECK_STR(events(g), "@introduceDomain|i| @releaseDomain|r|");
	raw_guest(w, 6);
	world_destroy(w->world, 6);
	CHECK_STR(events(g), "@releaseDomain|r|");

	CHECK_STR(ask(a, XS_SET_PERMS, 0, "@introduceDomain|n0|r5|"), "OK|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "@releaseDomain|n0|"), "OK|");
	raw_guest(w, 7);
	world_destroy(w->world, 7);
	CHECK_STR(events(g), "@introduceDomain|i|");
}

TEST(specials_have_permissions_that_their_owner_sets)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	CHECK_STR(ask(g, XS_GET_PERMS, 0, "@introduceDomain|"), "!EACCES|");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "@releaseDomain|"), "n0|r32757|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "@releaseDomain|n5|"), "!EACCES|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "@releaseDomain|n0|w5|"), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "@releaseDomain|"), "n0|w5|");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "@releaseDomain|"), "!EACCES|");
}

TEST(xsa_322_a_special_forgets_the_dead_too)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_guest(w, 5);
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "@introduceDomain|n0|r5|"), "OK|");
	world_destroy(w->world, 5);
	loop_settle(w->loop);
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "@introduceDomain|"), "n0|");
	CHECK_STR(ask(raw_guest(w, 5), XS_GET_PERMS, 0, "@introduceDomain|"),
		  "!EACCES|");
}

TEST(specials_are_no_nodes)
{
	static const uint32_t types[] = { XS_READ,  XS_DIRECTORY,
					  XS_WRITE, XS_MKDIR,
					  XS_RM,    XS_DIRECTORY_PART };
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		CHECK_STR(ask(a, types[i], 0, "@releaseDomain|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "@other|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "@other|n0|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/|"), "tool|");
}

TEST(a_watch_of_the_root_does_not_see_specials)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "/|t|");

	raw_guest(w, 5);
	world_destroy(w->world, 5);
	CHECK_STR(events(a), "");
}

TEST(other_names_with_an_at_sign_never_fire)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = watcher(w, "@other|t|");

	raw_guest(w, 5);
	release(a, 5);
	CHECK_STR(events(a), "");
}
