/* SPDX-License-Identifier: MIT */

/*
 * XS_CONTROL: what an administrator asks the daemon.
 */

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/domain.h"
#include "xenstored/server.h"

static const char *control(struct raw *a, const char *payload)
{
	return ask(a, XS_CONTROL, 0, payload);
}

static bool matches(const char *text, const char *pattern)
{
	return text && fnmatch(pattern, text, 0) == 0;
}

TEST(help_names_every_command)
{
	static const char *const names[] = { "check",     "help",  "log",
					     "memreport", "print", "quota",
					     "quota-soft" };
	struct store_world *w = store_world_new(t);
	const char *help = control(raw_socket(w), "help|");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		CHECK(strstr(help, names[i]));
}

TEST(bad_commands_are_refused)
{
	static const char *const bad[] = {
		"",
		"|",
		"none|",
		"help",
		"log|",
		"log|maybe|",
		"log|on|on|",
		"print|",
		"quota|set|",
		"quota|x|",
		"quota|max|x|",
		"quota-soft|x|",
		"quota|set|nodes|x|",
		"quota|set|none|1|",
		"quota|set|nodes|4294967295|",
		"quota|a|b|c|d|e|",
		"quota|0|0|",
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STR(control(a, bad[i]), "!EINVAL|");
}

TEST(print_writes_to_the_log_what_is_safe_to_write)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	size_t before;

	CHECK_STR(control(a, "print|hello \x1b[2J|"), "OK|");
	CHECK_STR(w->last_log, "xenstored: hello \\x1b[2J");
	before = talloc_total_blocks(w->server);
	for (int i = 0; i < 10; i++)
		control(a, "print|again|");
	CHECK_EQ(talloc_total_blocks(w->server), before);
}

TEST(the_log_can_be_made_to_tell_more)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(control(a, "log|on|"), "OK|");
	CHECK_STR(control(a, "log|off|"), "OK|");
}

TEST(memreport_says_something_however_much_there_is)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK(strlen(control(a, "memreport|")) > 100);
	for (int i = 0; i < 200; i++)
		raw_socket(w);
	CHECK_EQ(strlen(control(a, "memreport|")), 4096);
}

/* Quotas */

TEST(quota_shows_all_limits)
{
	struct store_world *w = store_world_new(t);
	const char *text = control(raw_socket(w), "quota|");

	CHECK(matches(text, "nodes *1000\n*"));
	CHECK(matches(text, "*\nwatches *128\n*"));
	CHECK(matches(text, "*\ntransactions *10\n*"));
}

TEST(quota_sets_a_limit)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(control(a, "quota|set|nodes|7|"), "OK|");
	CHECK(matches(control(a, "quota|"), "nodes *7\n*"));
	CHECK_STR(control(a, "quota|set|nodes|0|"), "OK|");
	CHECK_STR(control(a, "quota-soft|set|memory|5|"), "OK|");
	CHECK(matches(control(a, "quota-soft|"), "memory *5\n|"));
}

TEST(quota_shows_what_a_domain_uses)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_WATCH, 0, "x|t|");
	start(g);
	CHECK(matches(control(a, "quota|5|"), "*nodes *1 *1 *1000\n*"));
	CHECK(matches(control(a, "quota|5|"), "*watches *1 *1 *128\n*"));
	CHECK(matches(control(a, "quota|5|"), "*transactions *1 *1 *10\n*"));
	CHECK_STR(control(a, "quota|6|"), "!ENOENT|");
}

TEST(quota_remembers_the_most_that_was_used)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);

	ask(g, XS_MKDIR, 0, "a/b/c|");
	ask(g, XS_RM, 0, "a|");
	CHECK(matches(control(a, "quota|5|"), "*nodes *1 *4 *1000\n*"));
	CHECK(matches(control(a, "quota|max|"), "nodes *4\n*"));
	CHECK(matches(control(a, "quota|max|-r|"), "nodes *4\n*"));
	CHECK(matches(control(a, "quota|max|"), "nodes *1\n*"));
}

/* check */

static struct account *account_of(struct store_world *w, domid_t domid)
{
	return &domain_find(w->server->domains, domid)->account;
}

TEST(check_finds_every_account_that_does_not_agree)
{
	static const enum quota kinds[] = { QUOTA_NODES, QUOTA_WATCHES,
					    QUOTA_TRANSACTIONS, QUOTA_MEMORY };
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	guest_at_home(w, 5);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		account_of(w, 5)->used[kinds[i]]++;
		CHECK(matches(check(a), "domain 5: * in its account, * in "
					"fact\n|"));
		account_of(w, 5)->used[kinds[i]]--;
		CHECK_STR(check(a), "OK|");
	}
}

TEST(check_counts_all_that_takes_memory)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *g = guest_at_home(w, 5);
	uint32_t txn = start(g);

	ask(g, XS_WRITE, 0, "x/y|value");
	ask(g, XS_WRITE, txn, "x/z|value");
	ask(g, XS_WATCH, 0, "x|t|");
	raw_stall(g, true);
	for (int i = 0; i < 200; i++)
		raw_send(g, XS_READ, 0, "x/y|");
	CHECK_STR(check(a), "OK|");
	CHECK(account_of(w, 5)->used[QUOTA_MEMORY] > 0);
	CHECK(account_of(w, 5)->used[QUOTA_OUTSTANDING] >= 20);
}
