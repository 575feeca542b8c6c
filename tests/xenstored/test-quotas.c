/* SPDX-License-Identifier: MIT */

/*
 * Limits of guests: how they are set, and that they hold.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/quota.h"
#include "xenstored/server.h"

TEST(the_names_of_all_quotas_are_known)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_GET_QUOTA, 0, ""),
		  "nodes watches outstanding memory soft-memory transactions "
		  "transaction-nodes node-permissions path-max node-size|");
}

TEST(a_quota_of_all_can_be_read_and_set)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "nodes|"), "1000|");
	CHECK_STR(ask(a, XS_SET_QUOTA, 0, "nodes|7|"), "OK|");
	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "nodes|"), "7|");
	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "0|nodes|"), "7|");
}

TEST(a_quota_of_one_domain_can_be_set_before_it_is_introduced)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_domain(w, 5);

	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "5|watches|"), "128|");
	CHECK_STR(ask(a, XS_SET_QUOTA, 0, "5|watches|1|"), "OK|");
	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "5|watches|"), "1|");
	CHECK_STR(ask(a, XS_GET_QUOTA, 0, "watches|"), "128|");
	introduce(a, w, 5);
	CHECK_STR(ask(g, XS_WATCH, 0, "x|1|"), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, "x|2|"), "!ENOSPC|");
	CHECK_STR(ask(raw_guest(w, 6), XS_WATCH, 0, "x|1|"), "OK|");
}

TEST(bad_quotas_are_refused)
{
	static const struct {
		uint32_t type;
		const char *payload, *reply;
	} bad[] = {
		{ XS_GET_QUOTA, "none|", "!EINVAL|" },
		{ XS_GET_QUOTA, "0|none|", "!EINVAL|" },
		{ XS_GET_QUOTA, "0|nodes|x|", "!EINVAL|" },
		{ XS_GET_QUOTA, "99|nodes|", "!ENOENT|" },
		{ XS_GET_QUOTA, "x|nodes|", "!EINVAL|" },
		{ XS_SET_QUOTA, "nodes|", "!EINVAL|" },
		{ XS_SET_QUOTA, "nodes|x|", "!EINVAL|" },
		{ XS_SET_QUOTA, "nodes|-1|", "!EINVAL|" },
		{ XS_SET_QUOTA, "nodes|4294967295|", "!EINVAL|" },
		{ XS_SET_QUOTA, "none|1|", "!EINVAL|" },
		{ XS_SET_QUOTA, "99|nodes|1|", "!ENOENT|" },
		{ XS_SET_QUOTA, "0|nodes|1|1|", "!EINVAL|" },
		{ XS_SET_QUOTA, "", "!EINVAL|" },
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STR(ask(a, bad[i].type, 0, bad[i].payload), bad[i].reply);
}

/* They hold */

TEST(xsa_272_a_guest_has_as_many_nodes_as_it_may_and_not_one_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5); /* its home is one of them */
	char payload[32];

	for (unsigned int i = 0; i < 333; i++) {
		snprintf(payload, sizeof(payload), "%u/a/b|", i);
		CHECK_STR(ask(g, i % 2 ? XS_WRITE : XS_MKDIR, 0, payload),
			  "OK|");
	}
	CHECK_STR(ask(g, XS_MKDIR, 0, "more|"), "!ENOSPC|");
	CHECK_STR(ask(g, XS_WRITE, 0, "more|"), "!ENOSPC|");
	CHECK_STR(ask(g, XS_WRITE, 0, "7/a/b|new"), "OK|");
	CHECK_STR(ask(g, XS_RM, 0, "7/a|"), "OK|");
	CHECK_STR(ask(g, XS_MKDIR, 0, "x/y/z|"), "!ENOSPC|");
	CHECK_STR(ask(g, XS_MKDIR, 0, "x/y|"), "OK|");
	CHECK_STR(ask(g, XS_MKDIR, 0, "more|"), "!ENOSPC|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_value_is_as_long_as_it_may_be_and_not_one_byte_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[2048 + 32] = "x|";

	memset(payload + 2, 'v', 2048);
	CHECK_STR(ask(g, XS_WRITE, 0, payload), "OK|");
	strcat(payload, "v");
	CHECK_STR(ask(g, XS_WRITE, 0, payload), "!ENOSPC|");
	CHECK_EQ(strlen(ask(g, XS_READ, 0, "x|")), 2048);
	memcpy(payload, "/|", 2);
	CHECK_STR(ask(a, XS_WRITE, 0, payload), "OK|");
}

TEST(xsa_323_a_path_that_a_guest_may_use_is_good_for_others_too)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char path[2048 + 64] = "/local/domain/5/";
	char *relative = path + strlen(path);

	memset(relative, 'a', 2048);
	strcpy(relative + 2048, "|");
	CHECK_STR(ask(g, XS_WRITE, 0, relative), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, path), "");
	CHECK_STR(ask(g, XS_READ, 0, path), "");
	CHECK_EQ(strlen(ask(a, XS_DIRECTORY, 0, "/local/domain/5|")), 2049);
	strcpy(relative + 2048, "a|");
	CHECK_STR(ask(g, XS_WRITE, 0, relative), "!EINVAL|");
	strcpy(relative + 2048, "|");
	CHECK_STR(ask(a, XS_RM, 0, path), "OK|");
}

TEST(zero_is_no_limit)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		char payload[64];

		snprintf(payload, sizeof(payload), "%s|0|", quota_name(i));
		CHECK_STR(ask(a, XS_SET_QUOTA, 0, payload), "OK|");
	}
	for (int i = 0; i < 11; i++)
		start(g);
	CHECK_STR(ask(g, XS_WRITE, 0, "a/b/c|value"), "OK|");
	CHECK_STR(ask(g, XS_SET_PERMS, 0, "a|n5|r1|r2|r3|r4|r6|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_limit_may_fall_below_what_is_used)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "a/b/c|value");
	ask(a, XS_SET_QUOTA, 0, "nodes|2|");
	ask(a, XS_SET_QUOTA, 0, "node-size|2|");
	CHECK_STR(ask(g, XS_READ, 0, "a/b/c|"), "value");
	CHECK_STR(ask(g, XS_WRITE, 0, "a/b/c|x"), "OK|");
	CHECK_STR(ask(g, XS_WRITE, 0, "a/b/d|x"), "!ENOSPC|");
	CHECK_STR(ask(g, XS_RM, 0, "a/b|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(xsa_115_what_a_guest_may_remove_it_may_remove_beyond_its_quota)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WRITE, 0, "a/b|value");
	ask(a, XS_SET_QUOTA, 0, "node-size|1|");
	ask(a, XS_WRITE, 0, "/local/domain/5/a|a long value");
	CHECK_STR(ask(g, XS_RM, 0, "a/b|"), "OK|");
	CHECK_STR(ask(g, XS_WRITE, 0, "a/c|"), "OK|");
}

TEST(xsa_326_values_and_names_are_paid_for)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[3000];
	unsigned int n = 0;

	ask(a, XS_SET_QUOTA, 0, "memory|100000|");
	do {
		int len = sprintf(payload, "%u", n);

		memset(payload + len, 'n', 1000);
		sprintf(payload + len + 1000, "|");
		memset(payload + len + 1001, 'v', 1000);
		payload[len + 2001] = '\0';
	} while (!strcmp(ask(g, XS_WRITE, 0, payload), "OK|") && ++n < 1000);

	CHECK(n > 40 && n < 55);
	CHECK_STR(ask(g, XS_WRITE, 0, payload), "!ENOMEM|");
	CHECK_STR(ask(g, XS_RM, 0, "0|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(watches_are_paid_for)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	char payload[3000] = "x|";
	unsigned int n = 0;

	ask(a, XS_SET_QUOTA, 0, "memory|20000|");
	memset(payload + 2, 't', 1000);
	do
		sprintf(payload + 1002, "%u|", n);
	while (!strcmp(ask(g, XS_WATCH, 0, payload), "OK|") && ++n < 128);

	CHECK(n > 10 && n < 20);
	CHECK_STR(ask(g, XS_WATCH, 0, payload), "!ENOMEM|");
	CHECK_STR(ask(g, XS_RESET_WATCHES, 0, "|"), "OK|");
	CHECK_STR(ask(g, XS_WATCH, 0, payload), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(a_privileged_client_has_no_limits)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		char payload[64];

		snprintf(payload, sizeof(payload), "%s|1|", quota_name(i));
		CHECK_STR(ask(a, XS_SET_QUOTA, 0, payload), "OK|");
	}
	for (int i = 0; i < 20; i++)
		start(a);
	CHECK_STR(ask(a, XS_WRITE, 0, "/a/b/c|value"), "OK|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/a|n0|r1|r2|r3|"), "OK|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|1|"), "OK|");
	CHECK_STR(ask(a, XS_WATCH, 0, "/a|2|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

/* Features */

TEST(features_are_set_before_a_domain_is_introduced)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = raw_domain(w, 5);

	CHECK_STR(ask(a, XS_GET_FEATURE, 0, "5|"), "15|");
	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "5|2|"), "OK|");
	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "5|16|"), "!EINVAL|");
	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "9|1|"), "!ENOENT|");
	introduce(a, w, 5);
	CHECK_EQ(raw_page(g)->features, 2);
	CHECK_STR(ask(g, XS_GET_FEATURE, 0, ""), "2|");
	CHECK_STR(ask(a, XS_GET_FEATURE, 0, "5|"), "2|");
	CHECK_STR(ask(a, XS_SET_FEATURE, 0, "5|15|"), "!EBUSY|");
	CHECK_STR(ask(a, XS_GET_FEATURE, 0, ""), "15|");
}
