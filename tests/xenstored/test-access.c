/* SPDX-License-Identifier: MIT */

/*
 * What guests may do with nodes, and what they are told if they may not.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

/* A node with these permissions. */
static void node(struct raw *a, const char *path, const char *perms)
{
	char payload[128];

	snprintf(payload, sizeof(payload), "%s|value", path);
	CHECK_STR(ask(a, XS_WRITE, 0, payload), "OK|");
	snprintf(payload, sizeof(payload), "%s|%s", path, perms);
	CHECK_STR(ask(a, XS_SET_PERMS, 0, payload), "OK|");
}

/* Requests on "/x" by a guest, and what they need. */
static const struct {
	uint32_t type;
	const char *payload;
	bool needs_read, needs_write;
} requests[] = {
	{ XS_READ, "/x|", true, false },
	{ XS_DIRECTORY, "/x|", true, false },
	{ XS_DIRECTORY_PART, "/x|0|", true, false },
	{ XS_GET_PERMS, "/x|", true, false },
	{ XS_WRITE, "/x|v", false, true },
	{ XS_MKDIR, "/x|", false, true },
	{ XS_WRITE, "/x/new|v", false, true },
	{ XS_MKDIR, "/x/other|", false, true },
	{ XS_RM, "/x|", false, true },
};

static void check_requests(struct test *t, const char *perms, bool may_read,
			   bool may_write)
{
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct store_world *w = store_world_new(t);
		struct raw *a = raw_socket(w);
		struct raw *g = raw_guest(w, 5);
		bool may = (may_read || !requests[i].needs_read) &&
			   (may_write || !requests[i].needs_write);
		const char *reply;

		node(a, "/x", perms);
		reply = ask(g, requests[i].type, 0, requests[i].payload);
		CHECK_EQ(strcmp(reply, "!EACCES|") != 0, may);
		CHECK_STR(check(a), "OK|");
	}
}

TEST(a_guest_that_is_not_named_may_do_what_the_owners_letter_says)
{
	check_requests(t, "n0|", false, false);
	check_requests(t, "r0|", true, false);
	check_requests(t, "w0|", false, true);
	check_requests(t, "b0|", true, true);
}

TEST(a_guest_that_is_named_may_do_what_its_letter_says)
{
	check_requests(t, "b0|n5|", false, false);
	check_requests(t, "n0|r5|", true, false);
	check_requests(t, "n0|w5|", false, true);
	check_requests(t, "n0|b5|", true, true);
	check_requests(t, "n0|r5|b5|", true, false);
}

TEST(an_owner_may_do_everything_with_its_node)
{
	check_requests(t, "n5|", true, true);
}

TEST(an_entry_for_any_domain_is_for_this_one_too)
{
	check_requests(t, "n0|r32757|", true, false);
	check_requests(t, "n0|b32757|", true, true);
}

TEST(only_the_owner_sets_permissions)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	node(a, "/x", "b0|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "/x|b0|r5|"), "!EACCES|");
	node(a, "/x", "n5|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "/x|b5|r0|"), "OK|");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "/x|"), "b5|r0|");
}

TEST(xsa_352_a_guest_cannot_give_its_node_away)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	raw_guest(w, 6);
	ask(g, XS_WRITE, 0, "x|1");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "x|n6|"), "!EPERM|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "x|n0|"), "!EPERM|");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "x|"), "n5|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/local/domain/5/x|n6|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_353_the_root_is_guarded_like_any_node)
{
	struct store_world *w = store_world_new(t);
	struct raw *g = raw_guest(w, 5);

	CHECK_STR(ask(g, XS_READ, 0, "/|"), "!EACCES|");
	CHECK_STR(ask(g, XS_DIRECTORY, 0, "/|"), "!EACCES|");
	CHECK_STR(ask(g, XS_GET_PERMS, 0, "/|"), "!EACCES|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "/|n5|"), "!EACCES|");
	CHECK_STR(ask(g, XS_WRITE, 0, "/|1"), "!EACCES|");
	CHECK_STR(ask(g, XS_MKDIR, 0, "/x|"), "!EACCES|");
	CHECK_STR(ask(g, XS_RM, 0, "/|"), "!EACCES|");
}

TEST(xsa_175_a_guest_gets_no_rights_where_none_were_given)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	node(a, "/libxl/5", "n0|");
	node(a, "/local/domain/5", "n0|r5|");
	node(a, "/local/domain/5/data", "n5|");
	CHECK_STR(ask(g, XS_WRITE, 0, "/libxl/5/type|pv"), "!EACCES|");
	CHECK_STR(ask(g, XS_WRITE, 0, "new|1"), "!EACCES|");
	CHECK_STR(ask(g, XS_WRITE, 0, "data/new|1"), "OK|");
	ask(a, XS_WRITE, 0, "/local/domain/5/device/vbd|1");
	CHECK_STR(ask(g, XS_WRITE, 0, "device/vbd|2"), "!EACCES|");
	CHECK_STR(ask(g, XS_READ, 0, "device/vbd|"), "1");
}

TEST(xsa_178_what_a_guest_makes_belongs_to_it_and_no_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	raw_guest(w, 6);
	node(a, "/shared", "n6|b5|");
	CHECK_STR(ask(g, XS_WRITE, 0, "/shared/a/b|1"), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/shared|"), "n6|b5|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/shared/a|"), "n5|b5|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/shared/a/b|"), "n5|b5|");
}

TEST(who_may_not_look_learns_nothing)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_guest(w, 5);

	node(a, "/secret/x", "n0|");
	node(a, "/open", "r0|");
	CHECK_STR(ask(g, XS_READ, 0, "/secret/x|"), "!EACCES|");
	CHECK_STR(ask(g, XS_READ, 0, "/secret/none|"), "!EACCES|");
	CHECK_STR(ask(g, XS_READ, 0, "/none|"), "!EACCES|");
	CHECK_STR(ask(g, XS_READ, 0, "/open/none|"), "!ENOENT|");
	CHECK_STR(ask(g, XS_RM, 0, "/open/none|"), "!EACCES|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "/open/none|n5|"), "!EACCES|");
}

/* Lists of permissions */

TEST(a_list_is_shown_as_it_was_given)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_guest(w, 5);
	node(a, "/x", "b0|r5|w5|n7|r32757|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/x|"), "b0|r5|w5|n7|r32757|");
	CHECK_STR(ask(a, XS_WRITE, 0, "/x/y|1"), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/x/y|"), "b0|r5|w5|n7|r32757|");
}

TEST(bad_lists_are_refused)
{
	static const char *const bad[] = {
		"/x|",        "/x|n0",    "/x|n0|r5", "/x||",
		"/x|x0|",     "/x|n|",    "/x|n0||",  "/x|n-1|",
		"/x|n65536|", "/x|n0|r|", "/x|0|",
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	node(a, "/x", "r0|");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STR(ask(a, XS_SET_PERMS, 0, bad[i]), "!EINVAL|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/x|"), "r0|");
}

TEST(an_owner_must_exist_and_others_need_not)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g;

	node(a, "/x", "n0|r5|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/x|n5|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/x|"), "n0|r5|");
	g = raw_guest(w, 5);
	CHECK_STR(ask(g, XS_READ, 0, "/x|"), "!EACCES|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/x|n0|r5|"), "OK|");
	CHECK_STR(ask(g, XS_READ, 0, "/x|"), "value");
}

TEST(a_domain_that_is_not_introduced_may_be_an_owner)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	raw_domain(w, 5);
	node(a, "/x", "n5|");
	CHECK_STR(introduce(a, w, 5), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_guests_list_has_5_entries_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "x|1");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "x|n5|r1|r2|r3|r4|"), "OK|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "x|n5|r1|r2|r3|r4|r6|"), "!ENOSPC|");
	node(a, "/local/domain/5/x", "n5|r1|r2|r3|r4|r6|r7|");
	CHECK_STR(ask(g, XS_WRITE, 0, "x/y|1"), "OK|");
}

TEST(the_longest_list_that_a_message_holds_is_shown_again)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char *list = talloc_strdup(t->mem, "");
	char *payload;

	for (unsigned int i = 0; i < 1364; i++)
		list = talloc_strdup_append_buffer(list, "n0|");
	payload = talloc_asprintf(t->mem, "/|%s", list);
	CHECK_STR(ask(a, XS_SET_PERMS, 0, payload), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/|"), list);
}
