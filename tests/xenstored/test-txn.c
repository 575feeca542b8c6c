/* SPDX-License-Identifier: MIT */

/*
 * Transactions: what they see, what makes them fail, what others see.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"

/* A client in a transaction, another one outside, "/x", "/d/a" and "/d/b". */
struct two {
	struct raw *in, *out;
	uint32_t txn;
};

static struct two begin(struct test *t)
{
	struct store_world *w = store_world_new(t);
	struct two two = { raw_socket(w), raw_socket(w), 0 };

	ask(two.out, XS_WRITE, 0, "/x|old");
	ask(two.out, XS_WRITE, 0, "/d/a|old");
	ask(two.out, XS_WRITE, 0, "/d/b|old");
	two.txn = start(two.in);
	return two;
}

static const char *in(const struct two *two, uint32_t type, const char *payload)
{
	return ask(two->in, type, two->txn, payload);
}

static void out(const struct two *two, uint32_t type, const char *payload)
{
	CHECK_STR(ask(two->out, type, 0, payload), "OK|");
}

/* The end of the story: what the commit says, and that all is well. */
static void ends(const struct two *two, const char *reply)
{
	CHECK_STR(commit(two->in, two->txn), reply);
	CHECK_STR(commit(two->in, two->txn), "!ENOENT|");
	CHECK_STR(check(two->out), "OK|");
}

/* What a transaction sees */

TEST(a_transaction_sees_the_store_as_it_was_when_it_started)
{
	struct two two = begin(t);

	out(&two, XS_WRITE, "/x|new");
	out(&two, XS_WRITE, "/d/c|new");
	out(&two, XS_RM, "/d/a|");
	CHECK_STR(in(&two, XS_READ, "/x|"), "old");
	CHECK_STR(in(&two, XS_DIRECTORY, "/d|"), "a|b|");
	CHECK_STR(in(&two, XS_READ, "/d/a|"), "old");
}

TEST(a_transaction_sees_what_it_did_itself)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/x|mine");
	in(&two, XS_WRITE, "/d/c/e|mine");
	in(&two, XS_RM, "/d/a|");
	in(&two, XS_SET_PERMS, "/d/b|r0|");
	CHECK_STR(in(&two, XS_READ, "/x|"), "mine");
	CHECK_STR(in(&two, XS_DIRECTORY, "/d|"), "b|c|");
	CHECK_STR(in(&two, XS_READ, "/d/a|"), "!ENOENT|");
	CHECK_STR(in(&two, XS_GET_PERMS, "/d/b|"), "r0|");
	ends(&two, "OK|");
	CHECK_STR(ask(two.out, XS_DIRECTORY, 0, "/d|"), "b|c|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/d/c/e|"), "mine");
}

TEST(others_see_nothing_of_it_before_its_end)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/x|mine");
	in(&two, XS_MKDIR, "/d/c|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/x|"), "old");
	CHECK_STR(ask(two.in, XS_READ, 0, "/x|"), "old");
	CHECK_STR(ask(two.out, XS_DIRECTORY, 0, "/d|"), "a|b|");
	ends(&two, "OK|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/x|"), "mine");
}

TEST(what_is_given_up_was_never_there)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/x|mine");
	in(&two, XS_RM, "/d|");
	CHECK_STR(in(&two, XS_TRANSACTION_END, "F|"), "OK|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/x|"), "old");
	CHECK_STR(ask(two.out, XS_DIRECTORY, 0, "/d|"), "a|b|");
	CHECK_STR(commit(two.in, two.txn), "!ENOENT|");
	CHECK_STR(check(two.out), "OK|");
}

/* Conflicts.  In each: what was done inside, outside, and how it ends. */

struct story {
	const char *inside;
	const char *outside;
	const char *end;
};

/* "READ /x; WRITE /y|1" */
static void tell(struct raw *raw, uint32_t txn, const char *story)
{
	static const struct {
		const char *name;
		uint32_t type;
	} verbs[] = {
		{ "READ ", XS_READ },           { "WRITE ", XS_WRITE },
		{ "MKDIR ", XS_MKDIR },         { "RM ", XS_RM },
		{ "DIRECTORY ", XS_DIRECTORY }, { "GET_PERMS ", XS_GET_PERMS },
		{ "SET_PERMS ", XS_SET_PERMS }, { "PART ", XS_DIRECTORY_PART },
	};

	while (*story) {
		size_t len = strcspn(story, ";");
		char payload[64] = "";
		size_t i = 0;

		while (strncmp(story, verbs[i].name, strlen(verbs[i].name)))
			i++;
		memcpy(payload, story + strlen(verbs[i].name),
		       len - strlen(verbs[i].name));
		if (!strchr(payload, '|'))
			strcat(payload, "|");
		CHECK(ask(raw, verbs[i].type, txn, payload));
		story += len;
		story += strspn(story, "; ");
	}
}

static void check_stories(struct test *t, const struct story *stories, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct two two = begin(t);
		const char *end;

		tell(two.in, two.txn, stories[i].inside);
		tell(two.out, 0, stories[i].outside);
		end = commit(two.in, two.txn);
		if (!strcmp(end, stories[i].end))
			CHECK_STR(check(two.out), "OK|");
		else
			test_fail(__FILE__, __LINE__, "%s / %s: %s, not %s",
				  stories[i].inside, stories[i].outside, end,
				  stories[i].end);
	}
}

TEST(what_was_read_must_still_be_so_for_what_is_written)
{
	static const struct story stories[] = {
		{ "READ /x; WRITE /y|1", "WRITE /x|new", "!EAGAIN|" },
		{ "READ /x; WRITE /x|1", "WRITE /x|new", "!EAGAIN|" },
		{ "READ /x; WRITE /y|1", "RM /x", "!EAGAIN|" },
		{ "READ /none; WRITE /y|1", "WRITE /none|1", "!EAGAIN|" },
		{ "READ /n/n; WRITE /y|1", "WRITE /n/n|1", "!EAGAIN|" },
		{ "DIRECTORY /d; WRITE /y|1", "WRITE /d/c|1", "!EAGAIN|" },
		{ "DIRECTORY /d; WRITE /y|1", "RM /d/a", "!EAGAIN|" },
		{ "DIRECTORY /d; WRITE /y|1", "RM /d", "!EAGAIN|" },
		{ "PART /d|0|; WRITE /y|1", "WRITE /d/c|1", "!EAGAIN|" },
		{ "GET_PERMS /x; WRITE /y|1", "SET_PERMS /x|r0|", "!EAGAIN|" },
		{ "WRITE /y|1; READ /x", "WRITE /x|new", "!EAGAIN|" },
		{ "WRITE /d/n|1; GET_PERMS /d/n", "SET_PERMS /d|r0|",
		  "!EAGAIN|" },
		{ "WRITE /d/n|1; DIRECTORY /d", "WRITE /d/m|1", "!EAGAIN|" },
		{ "RM /d; READ /d/a", "SET_PERMS /|r0|", "OK|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(only_what_was_read_must_still_be_so)
{
	static const struct story stories[] = {
		{ "READ /x; WRITE /y|1", "WRITE /x|old", "OK|" },
		{ "READ /x; WRITE /y|1", "WRITE /x|a; WRITE /x|old", "OK|" },
		{ "READ /x; WRITE /y|1", "SET_PERMS /x|r0|", "OK|" },
		{ "READ /x; WRITE /y|1", "WRITE /x/child|1", "OK|" },
		{ "READ /d; WRITE /y|1", "WRITE /d/c|1", "OK|" },
		{ "DIRECTORY /d; WRITE /y|1", "WRITE /d/a|new", "OK|" },
		{ "DIRECTORY /d; WRITE /y|1", "WRITE /d|new", "OK|" },
		{ "DIRECTORY /d; WRITE /y|1", "WRITE /d/a/e|new", "OK|" },
		{ "DIRECTORY /d; WRITE /y|1", "MKDIR /d/c; RM /d/c", "OK|" },
		{ "GET_PERMS /x; WRITE /y|1", "WRITE /x|new", "OK|" },
		{ "READ /none; WRITE /y|1", "WRITE /other|1", "OK|" },
		{ "READ /x; WRITE /y|1", "WRITE /z|1", "OK|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(writing_blindly_does_not_conflict)
{
	static const struct story stories[] = {
		{ "WRITE /x|1", "WRITE /x|new", "OK|" },
		{ "WRITE /x|1", "RM /x", "OK|" },
		{ "WRITE /y|1", "RM /d", "OK|" },
		{ "WRITE /d/a|1", "RM /d", "OK|" },
		{ "RM /x", "WRITE /x|new", "OK|" },
		{ "RM /d", "WRITE /d/c|new", "OK|" },
		{ "SET_PERMS /x|r0|", "WRITE /x|new", "OK|" },
		{ "SET_PERMS /x|r0|", "SET_PERMS /x|w0|", "OK|" },
		{ "WRITE /x|1; READ /x", "WRITE /x|new", "OK|" },
		{ "RM /x; READ /x", "WRITE /x|new", "OK|" },
		{ "RM /x", "RM /x", "OK|" },
		{ "MKDIR /m", "MKDIR /m", "OK|" },
		{ "WRITE /d/n|1; DIRECTORY /d/n", "WRITE /d/n|1", "OK|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(siblings_do_not_conflict)
{
	static const struct story stories[] = {
		{ "WRITE /d/n1|1", "WRITE /d/n2|1", "OK|" },
		{ "MKDIR /d/n1", "MKDIR /d/n2", "OK|" },
		{ "WRITE /n/n/n1|1", "WRITE /n/n/n2|1", "OK|" },
		{ "RM /d/a", "RM /d/b", "OK|" },
		{ "RM /d/a", "WRITE /d/c|1", "OK|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(what_an_operation_said_must_still_be_so)
{
	static const struct story stories[] = {
		{ "RM /d/a", "RM /d", "!EAGAIN|" },
		{ "RM /n/n", "MKDIR /n", "!EAGAIN|" },
		{ "SET_PERMS /x|r0|", "RM /x", "!EAGAIN|" },
		{ "SET_PERMS /none|r0|", "MKDIR /none", "!EAGAIN|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(who_only_reads_never_fails)
{
	static const struct story stories[] = {
		{ "READ /x", "WRITE /x|new", "OK|" },
		{ "READ /x; DIRECTORY /d", "RM /d; RM /x", "OK|" },
		{ "", "WRITE /x|new", "OK|" },
	};

	check_stories(t, stories, ARRAY_SIZE(stories));
}

TEST(the_later_of_two_transactions_wins_or_fails_as_a_whole)
{
	struct two two = begin(t);
	uint32_t other = start(two.out);

	in(&two, XS_READ, "/x|");
	in(&two, XS_WRITE, "/x|in");
	in(&two, XS_WRITE, "/y|in");
	ask(two.out, XS_READ, other, "/x|");
	ask(two.out, XS_WRITE, other, "/x|out");
	CHECK_STR(commit(two.out, other), "OK|");
	ends(&two, "!EAGAIN|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/x|"), "out");
	CHECK_STR(ask(two.out, XS_READ, 0, "/y|"), "!ENOENT|");
}

TEST(a_commit_merges_with_what_others_did)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/d/a|in");
	in(&two, XS_WRITE, "/d/n/in|1");
	out(&two, XS_WRITE, "/d/b|out");
	out(&two, XS_WRITE, "/d/n/out|1");
	ends(&two, "OK|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/d/a|"), "in");
	CHECK_STR(ask(two.out, XS_READ, 0, "/d/b|"), "out");
	CHECK_STR(ask(two.out, XS_DIRECTORY, 0, "/d/n|"), "in|out|");
}

/* What others are told */

TEST(a_commit_is_told_in_the_order_of_first_use)
{
	struct two two = begin(t);

	ask(two.out, XS_WATCH, 0, "/|t|");
	events(two.out);
	in(&two, XS_WRITE, "/t2|1");
	in(&two, XS_READ, "/d/a|");
	in(&two, XS_WRITE, "/t1|1");
	in(&two, XS_WRITE, "/t2|2");
	in(&two, XS_SET_PERMS, "/d/a|r0|");
	CHECK_STR(events(two.out), "");
	ends(&two, "OK|");
	CHECK_STR(events(two.out), "/t2|t| /d/a|t| /t1|t|");
}

TEST(what_came_and_went_within_it_is_not_told)
{
	struct two two = begin(t);

	ask(two.out, XS_WATCH, 0, "/|t|");
	events(two.out);
	in(&two, XS_WRITE, "/y|1");
	in(&two, XS_RM, "/y|");
	ends(&two, "OK|");
	CHECK_STR(events(two.out), "");
}

TEST(what_went_and_came_again_is_told_once)
{
	struct two two = begin(t);

	ask(two.out, XS_WATCH, 0, "/x|t|");
	ask(two.out, XS_WATCH, 0, "/d/a|t|");
	events(two.out);
	in(&two, XS_RM, "/x|");
	in(&two, XS_WRITE, "/x|1");
	in(&two, XS_RM, "/d|");
	in(&two, XS_WRITE, "/d/a|1");
	ends(&two, "OK|");
	CHECK_STR(events(two.out), "/x|t| /d/a|t|");
}

TEST(what_others_did_already_is_not_told_again)
{
	struct two two = begin(t);

	in(&two, XS_MKDIR, "/m|");
	in(&two, XS_RM, "/x|");
	in(&two, XS_WRITE, "/y|1");
	out(&two, XS_MKDIR, "/m|");
	out(&two, XS_RM, "/x|");
	ask(two.out, XS_WATCH, 0, "/|t|");
	events(two.out);
	ends(&two, "OK|");
	CHECK_STR(events(two.out), "/y|t|");
}

TEST(what_failed_is_not_told)
{
	struct two two = begin(t);

	in(&two, XS_READ, "/x|");
	in(&two, XS_WRITE, "/y|1");
	out(&two, XS_WRITE, "/x|new");
	ask(two.out, XS_WATCH, 0, "/y|t|");
	events(two.out);
	ends(&two, "!EAGAIN|");
	CHECK_STR(events(two.out), "");
}

/* Starts and ends */

TEST(a_transaction_has_a_number_of_its_own)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	uint32_t x = start(a), y = start(a);

	CHECK(x != 0);
	CHECK(x != y);
	CHECK_STR(ask(a, XS_TRANSACTION_START, 0, ""), "3|");
	CHECK_STR(commit(raw_socket(w), x), "!ENOENT|");
	CHECK_STR(commit(a, y), "OK|");
	CHECK_STR(ask(a, XS_READ, y, "/|"), "!ENOENT|");
	CHECK_STR(commit(a, x), "OK|");
}

TEST(there_are_no_transactions_within_transactions)
{
	struct two two = begin(t);

	CHECK_STR(in(&two, XS_TRANSACTION_START, "|"), "!EBUSY|");
	CHECK_STR(ask(two.in, XS_TRANSACTION_START, 99, "|"), "!ENOENT|");
	ends(&two, "OK|");
}

TEST(an_end_that_is_none_leaves_the_transaction_as_it_is)
{
	static const char *const bad[] = { "X|", "", "|", "TT|", "T", "T|F|" };
	struct two two = begin(t);

	in(&two, XS_WRITE, "/y|1");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_STR(in(&two, XS_TRANSACTION_END, bad[i]), "!EINVAL|");
	CHECK_STR(commit(two.in, 0), "!ENOENT|");
	ends(&two, "OK|");
	CHECK_STR(ask(two.out, XS_READ, 0, "/y|"), "1");
}

TEST(an_unknown_transaction_is_an_error_for_everything_but_watches)
{
	static const uint32_t types[] = {
		XS_READ,          XS_WRITE,     XS_MKDIR,           XS_RM,
		XS_DIRECTORY,     XS_GET_PERMS, XS_GET_DOMAIN_PATH, XS_RELEASE,
		XS_RESET_WATCHES, XS_CONTROL
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		CHECK_STR(ask(a, types[i], 99, "/x|"), "!ENOENT|");
}

TEST(transactions_end_with_their_client)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/y|1");
	raw_hang_up(two.in);
	CHECK_STR(ask(two.out, XS_READ, 0, "/y|"), "!ENOENT|");
	CHECK_STR(check(two.out), "OK|");
}

TEST(xsa_484_reset_watches_ends_the_transaction_that_it_is_in)
{
	struct two two = begin(t);

	in(&two, XS_WRITE, "/y|1");
	CHECK_STR(in(&two, XS_RESET_WATCHES, "|"), "OK|");
	CHECK_STR(commit(two.in, two.txn), "!ENOENT|");
	CHECK_STR(check(two.out), "OK|");
}
