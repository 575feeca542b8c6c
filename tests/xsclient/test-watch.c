/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

/* A watch and what it saw. */
struct seen {
	struct fake *fake;
	struct xs_watch *watch;
	char token[32];
	int events;
	int error;
	char path[256];
	bool frees; /* the watch, from its callback */
};

static void event(void *arg, int error, const char *path)
{
	struct seen *seen = arg;

	seen->events++;
	seen->error = error;
	snprintf(seen->path, sizeof(seen->path), "%s", path ?: "(null)");
	if (seen->frees)
		talloc_free(seen->watch);
}

/* Asked for, and answered with @error unless that is NULL. */
static struct seen *watch(struct fake *fake, const char *path,
			  const char *error)
{
	struct seen *seen = talloc_zero(fake, struct seen);
	struct asked asked;

	seen->fake = fake;
	CHECK_EQ(xs_watch(seen, fake->client, path, event, seen, &seen->watch),
		 0);
	asked = fake_expect(fake, XS_WATCH, path);
	strcpy(seen->token, asked.payload + strlen(path) + 1);
	CHECK_EQ(asked.header.len, strlen(path) + strlen(seen->token) + 2);
	if (error)
		fake_error(fake, &asked, error);
	else
		fake_ok(fake, &asked);
	return seen;
}

static void expect_unwatch(struct seen *seen, const char *path)
{
	struct asked asked = fake_expect(seen->fake, XS_UNWATCH, path);

	CHECK_STR(asked.payload + strlen(path) + 1, seen->token);
	fake_ok(seen->fake, &asked);
}

TEST(events_reach_their_watch)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *one = watch(fake, "/a", NULL);
	struct seen *other = watch(fake, "/a", NULL);

	CHECK(strcmp(one->token, other->token) != 0);
	CHECK_EQ(one->events, 0);
	fake_event(fake, "/a/b", one->token);
	CHECK_EQ(one->events, 1);
	CHECK_EQ(one->error, 0);
	CHECK_STR(one->path, "/a/b");
	CHECK_EQ(other->events, 0);
	fake_event(fake, "/a", other->token);
	CHECK_EQ(one->events, 1);
	CHECK_STR(other->path, "/a");
}

TEST(a_watch_that_cannot_be_set_says_so_once)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", "EACCES");

	CHECK_EQ(seen->events, 1);
	CHECK_EQ(seen->error, -EACCES);
	fake_event(fake, "/a", seen->token);
	CHECK_EQ(seen->events, 1);
	talloc_free(seen);
	fake_expect_nothing(fake);
}

TEST(a_freed_watch_is_unwatched_and_silent)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);

	talloc_free(seen->watch);
	fake_event(fake, "/a", seen->token);
	CHECK_EQ(seen->events, 0);
	expect_unwatch(seen, "/a");
	CHECK_EQ(fake->n_lost, 0);
}

TEST(a_token_is_not_used_again_while_its_events_may_come)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *first = watch(fake, "/a", NULL), *second;
	struct asked unwatch;

	talloc_free(first->watch);
	unwatch = fake_expect(fake, XS_UNWATCH, "/a");
	second = watch(fake, "/b", NULL);
	CHECK(strcmp(first->token, second->token) != 0);
	fake_ok(fake, &unwatch);
	second = watch(fake, "/c", NULL);
	CHECK_STR(second->token, first->token);
}

TEST(a_watch_may_be_freed_before_it_is_set)
{
	struct fake *fake = fake_new(t->mem);
	struct seen seen = { .fake = fake };
	struct asked asked;

	xs_watch(fake, fake->client, "/a", event, &seen, &seen.watch);
	asked = fake_expect(fake, XS_WATCH, "/a");
	strcpy(seen.token, asked.payload + 3);
	talloc_free(seen.watch);
	fake_ok(fake, &asked);
	fake_event(fake, "/a", seen.token);
	expect_unwatch(&seen, "/a");
	CHECK_EQ(seen.events, 0);
}

TEST(a_watch_may_free_itself)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);

	seen->frees = true;
	fake_event(fake, "/a", seen->token);
	CHECK_EQ(seen->events, 1);
	expect_unwatch(seen, "/a");
}

TEST(events_for_nobody_are_ignored)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);

	fake_event(fake, "/a", "");
	fake_event(fake, "/a", "not a number");
	fake_event(fake, "/a", "0");
	fake_event(fake, "/a", "4294967295");
	CHECK_EQ(seen->events, 0);
	CHECK_EQ(fake->n_lost, 0);
}

TEST(an_event_is_exactly_two_strings)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);
	char payload[64] = "/a\0";

	strcpy(payload + 3, seen->token);
	fake_message(fake, XS_WATCH_EVENT, 0, payload, 3 + strlen(seen->token));
	CHECK_EQ(fake->lost, -EPROTO);
	CHECK_EQ(seen->events, 0);
}

TEST(watches_are_silent_when_the_connection_is_lost)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);

	fake_message(fake, XS_WATCH_EVENT, 0, "", 0);
	CHECK_EQ(fake->n_lost, 1);
	CHECK_EQ(seen->events, 0);
	talloc_free(seen);
}

TEST(a_watch_may_outlive_its_client)
{
	struct fake *fake = fake_new(t->mem);
	struct seen *seen = watch(fake, "/a", NULL);

	talloc_free(fake->client);
	talloc_free(seen);
}
