/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "tests/xsclient/real.h"

/* An answer, of whatever kind, for which a test waits. */
struct answer {
	struct real *real;
	int error;
	char data[256];
	size_t n;
	struct xs_tree *tree;
	int calls;
};

static void answered(struct answer *answer, int error)
{
	answer->error = error;
	answer->calls++;
	real_done(answer->real);
}

static void got(void *arg, int error, const char *data, size_t len)
{
	struct answer *answer = arg;

	CHECK(len < sizeof(answer->data));
	memcpy(answer->data, data, len + 1);
	answered(answer, error);
}

static void got_names(void *arg, int error, const char *const *names, size_t n)
{
	struct answer *answer = arg;

	answer->n = n;
	if (n)
		snprintf(answer->data, sizeof(answer->data), "%s",
			 names[n - 1]);
	answered(answer, error);
}

static void got_tree(void *arg, int error, struct xs_tree *tree)
{
	struct answer *answer = arg;

	answer->tree = tree;
	answered(answer, error);
}

static void done(void *arg, int error)
{
	answered(arg, error);
}

static struct answer *wait_for(struct answer *answer)
{
	int calls = answer->calls;

	while (answer->calls == calls)
		real_wait(answer->real);

	return answer;
}

static struct answer *answer_new(struct real *real)
{
	struct answer *answer = talloc_zero(real, struct answer);

	answer->real = real;
	return answer;
}

static const char *read_key(struct real *real, const char *path)
{
	struct answer *answer = answer_new(real);

	CHECK_EQ(xs_read(real, real->client, NULL, path, got, answer), 0);
	wait_for(answer);
	return answer->error ? xs_error_name(-answer->error) : answer->data;
}

static void write_key(struct real *real, const char *path, const char *value)
{
	struct answer *answer = answer_new(real);

	CHECK_EQ(xs_write(real, real->client, NULL, path, value, got, answer),
		 0);
	CHECK_EQ(wait_for(answer)->error, 0);
}

/* A store in which nothing is left of the test before. */
static struct real *clean(struct test *t)
{
	struct real *real = real_new(t);
	struct answer *answer = answer_new(real);

	write_key(real, "t", "");
	CHECK_EQ(xs_rm(real, real->client, NULL, "t", got, answer), 0);
	CHECK_EQ(wait_for(answer)->error, 0);
	write_key(real, "t", "");
	return real;
}

TEST(what_is_written_is_read)
{
	struct real *real = clean(t);

	write_key(real, "t/key", "value");
	CHECK_STR(read_key(real, "t/key"), "value");
	write_key(real, "t/key", "");
	CHECK_STR(read_key(real, "t/key"), "");
}

TEST(what_is_not_there_is_not_found)
{
	struct real *real = clean(t);

	CHECK_STR(read_key(real, "t/nothing"), "ENOENT");
	CHECK_STR(read_key(real, "t//"), "EINVAL");
}

/* One of many keys that are asked for at once. */
struct key {
	struct answer *answer;
	char path[32];
	char value[16];
};

static void got_key(void *arg, int error, const char *data, size_t len)
{
	struct key *key = arg;

	CHECK_EQ(error, 0);
	CHECK_EQ(len, strlen(key->value));
	CHECK_STR(data, key->value);
	answered(key->answer, 0);
}

TEST(requests_on_their_way_are_not_mixed_up)
{
	struct real *real = clean(t);
	struct answer *answer = answer_new(real);
	struct key key[200];

	for (int i = 0; i < 200; i++) {
		key[i].answer = answer;
		snprintf(key[i].path, sizeof(key[i].path), "t/key-%d", i);
		snprintf(key[i].value, sizeof(key[i].value), "%d", i * 7919);
		CHECK_EQ(xs_write(real, real->client, NULL, key[i].path,
				  key[i].value, NULL, NULL),
			 0);
	}
	for (int i = 0; i < 200; i++)
		CHECK_EQ(xs_read(real, real->client, NULL, key[i].path, got_key,
				 &key[i]),
			 0);
	while (answer->calls < 200)
		wait_for(answer);
}

TEST(a_thousand_requests_are_answered)
{
	struct real *real = clean(t);
	struct answer *answer = answer_new(real);

	write_key(real, "t/key", "value");
	for (int i = 0; i < 1000; i++)
		CHECK_EQ(
			xs_read(real, real->client, NULL, "t/key", got, answer),
			0);
	while (answer->calls < 1000) {
		wait_for(answer);
		CHECK_STR(answer->data, "value");
	}
}

TEST(a_list_that_fits_no_message_is_whole)
{
	struct real *real = clean(t);
	struct answer *answer = answer_new(real);
	char path[64];

	if (real->has_short_lists)
		return;

	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "t/a-child-with-number-%d", i);
		CHECK_EQ(xs_mkdir(real, real->client, NULL, path, got, answer),
			 0);
	}
	while (answer->calls < 500)
		CHECK_EQ(wait_for(answer)->error, 0);
	CHECK_EQ(xs_list(real, real->client, NULL, "t", got_names, answer), 0);
	CHECK_EQ(wait_for(answer)->error, 0);
	CHECK_EQ(answer->n, 500);
	CHECK(strstr(answer->data, "a-child-with-number-"));
}

TEST(a_device_is_read_as_a_tree)
{
	struct real *real = clean(t);
	struct answer *answer = answer_new(real);

	write_key(real, "t/state", "4");
	write_key(real, "t/queue-0/ring-ref", "17");
	write_key(real, "t/queue-0/event-channel", "5");
	CHECK_EQ(xs_read_tree(real, real->client, NULL, "t", 100, got_tree,
			      answer),
		 0);
	CHECK_EQ(wait_for(answer)->error, 0);
	CHECK_EQ(answer->tree->n, 5);
	CHECK_STR(xs_tree_find(answer->tree, "queue-0/ring-ref")->value, "17");
	CHECK_STR(xs_tree_find(answer->tree, "state")->value, "4");
}

/* Watches */

struct seen {
	struct real *real;
	struct xs_watch *watch;
	int events;
	char path[64];
};

static void event(void *arg, int error, const char *path)
{
	struct seen *seen = arg;

	CHECK_EQ(error, 0);
	seen->events++;
	snprintf(seen->path, sizeof(seen->path), "%s", path);
	real_done(seen->real);
}

static struct seen *watch(struct real *real, const char *path)
{
	struct seen *seen = talloc_zero(real, struct seen);

	seen->real = real;
	CHECK_EQ(xs_watch(seen, real->client, path, event, seen, &seen->watch),
		 0);
	while (!seen->events)
		real_wait(real);
	CHECK_STR(seen->path, path);
	return seen;
}

TEST(a_watch_sees_what_changes_below_it)
{
	struct real *real = clean(t);
	struct seen *seen = watch(real, "t/watched");

	write_key(real, "t/other", "1");
	write_key(real, "t/watched/key", "1");
	read_key(real, "t");
	CHECK_EQ(seen->events, 2);
	CHECK_STR(seen->path, "t/watched/key");
}

TEST(watches_come_and_go)
{
	struct real *real = clean(t);
	struct seen *gone = watch(real, "t"), *seen;

	talloc_free(gone->watch);
	seen = watch(real, "t");
	write_key(real, "t/key", "1");
	read_key(real, "t");
	CHECK_EQ(gone->events, 1);
	CHECK_EQ(seen->events, 2);
}

/* Transactions: add 1 to a counter, in a race that is lost @races times. */
struct adding {
	struct answer *answer;
	struct xs_txn *txn;
	int races;
	int bodies;
};

static void add(void *arg, int error, const char *data, size_t len)
{
	struct adding *adding = arg;
	struct real *real = adding->answer->real;
	char sum[16];

	(void)len;
	CHECK_EQ(error, 0);
	snprintf(sum, sizeof(sum), "%d", atoi(data) + 1);
	if (adding->races-- > 0)
		CHECK_EQ(xs_write(real, real->client, NULL, "t/counter", sum,
				  NULL, NULL),
			 0);
	CHECK_EQ(xs_write(adding->answer, real->client, adding->txn,
			  "t/counter", sum, NULL, NULL),
		 0);
}

static int body(void *arg, struct xs_txn *txn)
{
	struct adding *adding = arg;

	adding->txn = txn;
	adding->bodies++;
	return xs_read(adding->answer, adding->answer->real->client, txn,
		       "t/counter", add, adding);
}

static void added(void *arg, int error)
{
	struct adding *adding = arg;

	answered(adding->answer, error);
}

TEST(a_lost_race_loses_nothing)
{
	struct real *real = clean(t);
	struct adding adding = { .answer = answer_new(real), .races = 2 };

	write_key(real, "t/counter", "0");
	CHECK_EQ(xs_transact(real, real->client, body, added, &adding), 0);
	wait_for(adding.answer);
	CHECK_EQ(adding.answer->error, 0);
	CHECK_EQ(adding.bodies, 3);
	CHECK_STR(read_key(real, "t/counter"), "3");
}

TEST(keys_are_published_together)
{
	static const struct xs_change changes[] = {
		{ "t/state", "2" },
		{ "t/feature", "1" },
		{ "t/old", NULL },
	};
	struct real *real = clean(t);
	struct answer *answer = answer_new(real);

	write_key(real, "t/old", "1");
	CHECK_EQ(xs_publish(real, real->client, changes, 3, done, answer), 0);
	CHECK_EQ(wait_for(answer)->error, 0);
	CHECK_STR(read_key(real, "t/state"), "2");
	CHECK_STR(read_key(real, "t/feature"), "1");
	CHECK_STR(read_key(real, "t/old"), "ENOENT");
}
