/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

/* What a fake store holds: an error instead of a value is one. */
struct stored {
	const char *path;
	const char *value;
	const char *error;
	const char *names; /* each with its NUL, then another */
};

static const struct stored device[] = {
	{ "/d", "", NULL, "state\0queue-0\0secret\0gone\0" },
	{ "/d/state", "4", NULL, "" },
	{ "/d/queue-0", "", NULL, "ring-ref\0" },
	{ "/d/queue-0/ring-ref", "17", NULL, "" },
	{ "/d/secret", NULL, "EACCES", NULL },
	{ "/d/gone", NULL, "ENOENT", NULL },
	{ "/", "", NULL, "d\0" },
	{ NULL, NULL, NULL, NULL },
};

struct result {
	int calls;
	int error;
	struct xs_tree *tree;
};

static void got(void *arg, int error, struct xs_tree *tree)
{
	struct result *result = arg;

	result->calls++;
	result->error = error;
	result->tree = tree;
}

static size_t names_len(const char *names)
{
	size_t len = 0;

	while (names[len])
		len += strlen(names + len) + 1;

	return len;
}

static void serve_one(struct fake *fake, const struct stored *store)
{
	struct asked asked = fake_next(fake);

	while (store->path && strcmp(store->path, asked.payload))
		store++;
	CHECK(store->path);

	if (store->error)
		fake_error(fake, &asked, store->error);
	else if (asked.header.type == XS_READ)
		fake_reply(fake, &asked, store->value, strlen(store->value));
	else
		fake_reply(fake, &asked, store->names, names_len(store->names));
}

/* Read the tree at @path. */
static struct result read_tree(struct test *t, const struct stored *store,
			       const char *path, size_t n_max)
{
	struct fake *fake = fake_new(t->mem);
	struct result result = { 0 };

	CHECK_EQ(xs_read_tree(t->mem, fake->client, NULL, path, n_max, got,
			      &result),
		 0);
	while (!result.calls)
		serve_one(fake, store);
	talloc_free(fake);
	CHECK_EQ(result.calls, 1);
	CHECK((result.error == 0) == (result.tree != NULL));
	return result;
}

static const char *value(struct result *result, const char *path)
{
	const struct xs_node *node = xs_tree_find(result->tree, path);

	return node ? node->value : NULL;
}

TEST(a_tree_has_all_that_is_below_a_node)
{
	struct result result = read_tree(t, device, "/d", 100);

	CHECK_EQ(result.error, 0);
	CHECK_EQ(result.tree->n, 4);
	CHECK_STR(value(&result, ""), "");
	CHECK_STR(value(&result, "state"), "4");
	CHECK_STR(value(&result, "queue-0"), "");
	CHECK_STR(value(&result, "queue-0/ring-ref"), "17");
	CHECK_EQ(xs_tree_find(result.tree, "queue-0/ring-ref")->len, 2);
}

TEST(a_tree_has_nothing_else)
{
	struct result result = read_tree(t, device, "/d", 100);

	CHECK(!value(&result, "queue-0/"));
	CHECK(!value(&result, "ring-ref"));
	CHECK(!value(&result, "/d/state"));
	CHECK(!value(&result, "secret"));
	CHECK(!value(&result, "gone"));
}

TEST(the_nodes_of_a_tree_are_sorted)
{
	struct result result = read_tree(t, device, "/d", 100);

	for (size_t i = 1; i < result.tree->n; i++)
		CHECK(strcmp(result.tree->nodes[i - 1].path,
			     result.tree->nodes[i].path) < 0);
}

TEST(the_whole_store_is_a_tree)
{
	struct result result = read_tree(t, device, "/", 100);

	CHECK_EQ(result.error, 0);
	CHECK_STR(value(&result, "d/queue-0/ring-ref"), "17");
}

TEST(a_tree_of_one_node_is_one)
{
	struct result result = read_tree(t, device, "/d/state", 1);

	CHECK_EQ(result.error, 0);
	CHECK_EQ(result.tree->n, 1);
	CHECK_STR(value(&result, ""), "4");
}

TEST(a_tree_needs_a_root)
{
	struct result result = read_tree(t, device, "/d/gone", 100);

	CHECK_EQ(result.error, -ENOENT);
	result = read_tree(t, device, "/d/secret", 100);
	CHECK_EQ(result.error, -EACCES);
}

TEST(a_tree_may_be_too_large)
{
	struct result result = read_tree(t, device, "/d", 5);

	CHECK_EQ(result.error, -E2BIG);
	result = read_tree(t, device, "/d", 6);
	CHECK_EQ(result.error, 0);
}

TEST(other_errors_spoil_the_tree)
{
	static const struct stored store[] = {
		{ "/d", "", NULL, "x\0" },
		{ "/d/x", NULL, "ENOMEM", NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct result result = read_tree(t, store, "/d", 100);

	CHECK_EQ(result.error, -ENOMEM);
}

/* "/d" has three children, the second of which has one. */
static void answer_level(struct fake *fake, const struct asked *asked)
{
	if (asked->header.type == XS_READ)
		fake_reply(fake, asked, "", 0);
	else if (!strcmp(asked->payload, "/d"))
		fake_reply(fake, asked, "a\0b\0c", 6);
	else if (!strcmp(asked->payload, "/d/b"))
		fake_reply(fake, asked, "z", 2);
	else
		fake_reply(fake, asked, "", 0);
}

TEST(a_level_of_the_tree_is_one_round_trip)
{
	static const int requests[] = { 2, 6, 2 };
	struct fake *fake = fake_new(t->mem);
	struct result result = { 0 };

	xs_read_tree(t->mem, fake->client, NULL, "/d", 100, got, &result);
	for (int level = 0; level < 3; level++) {
		struct asked asked[6];

		for (int i = 0; i < requests[level]; i++)
			asked[i] = fake_next(fake);
		fake_expect_nothing(fake);
		for (int i = requests[level]; i-- > 0;)
			answer_level(fake, &asked[i]);
	}
	CHECK_EQ(result.calls, 1);
	CHECK_EQ(result.tree->n, 5);
}

TEST(a_tree_that_is_freed_on_the_way_is_not_delivered)
{
	struct fake *fake = fake_new(t->mem);
	void *mem = talloc_new(t->mem);
	struct result result = { 0 };

	xs_read_tree(mem, fake->client, NULL, "/d", 100, got, &result);
	serve_one(fake, device);
	serve_one(fake, device);
	talloc_free(mem);
	loop_settle(fake->loop);
	for (int i = 0; i < 8; i++)
		serve_one(fake, device);
	fake_expect_nothing(fake);
	CHECK_EQ(result.calls, 0);
	CHECK_EQ(fake->n_lost, 0);
}

TEST(a_tree_ends_with_the_connection)
{
	struct fake *fake = fake_new(t->mem);
	struct result result = { 0 };

	xs_read_tree(t->mem, fake->client, NULL, "/d", 100, got, &result);
	serve_one(fake, device);
	fake_message(fake, 99, 0, "", 0);
	CHECK_EQ(result.calls, 1);
	CHECK_EQ(result.error, -ECONNRESET);
}
