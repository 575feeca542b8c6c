/* SPDX-License-Identifier: MIT */

#include "xenstored/children.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/random.h"
#include "tests/lib/test.h"
#include "xenstored/node.h"

#define N_NAMES 1000

/* A list of children, and what should be in it. */
struct fixture {
	struct perms *perms;
	struct children *list;
	uint64_t generation;
	bool there[N_NAMES];
};

static int free_fixture(struct fixture *f)
{
	struct node *doomed = NULL;

	children_drop(f->list, &doomed);
	node_reap(&doomed, SIZE_MAX);
	perms_unref(f->perms);
	return 0;
}

static struct fixture *fixture_new(struct test *t)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct fixture *f = talloc_zero(t->mem, struct fixture);
	struct perm nobody = { 0 };

	f->perms = perms_new(table, &nobody, 1);
	talloc_set_destructor(f, free_fixture);
	return f;
}

/* Names of different lengths, one being the beginning of another. */
static int name_of(unsigned int i, char *name)
{
	return sprintf(name, "%x%s", i, i % 3 ? "" : "-long");
}

static void insert(struct fixture *f, unsigned int i)
{
	char name[16];
	int len = name_of(i, name);
	struct node *node = node_new(name, len, "", 0, f->perms);

	CHECK_EQ(children_insert(&f->list, node, ++f->generation), 0);
	f->there[i] = true;
}

static void take_out(struct fixture *f, unsigned int i)
{
	char name[16];
	int len = name_of(i, name);
	struct node *node;

	CHECK_EQ(children_remove(&f->list, name, len, ++f->generation, &node),
		 0);
	node_unref(node);
	f->there[i] = false;
}

/* In order, each found under its name, and only those that should be. */
static void check_list(const struct children *list, const bool there[N_NAMES])
{
	struct children_walk walk;
	const struct node *node;
	char last[16] = "", name[16];
	unsigned int n = 0;

	children_walk(&walk, list);
	while ((node = children_next(&walk))) {
		snprintf(name, sizeof(name), "%.*s", node->name_len,
			 node->bytes);
		CHECK(strcmp(last, name) < 0);
		strcpy(last, name);
		CHECK(there[strtoul(name, NULL, 16)]);
		CHECK(children_find(list, name, strlen(name)) == node);
		n++;
	}
	for (unsigned int i = 0; i < N_NAMES; i++)
		n -= there[i];
	CHECK_EQ(n, 0);
}

TEST(an_empty_list_is_nothing)
{
	struct children_walk walk;
	struct node *node;
	struct children *list = NULL;

	children_walk(&walk, NULL);
	CHECK(!children_next(&walk));
	CHECK(!children_find(NULL, "a", 1));
	CHECK_EQ(children_generation(NULL), 0);
	CHECK_EQ(children_remove(&list, "a", 1, 1, &node), -ENOENT);
}

TEST(children_come_and_go_by_chance_and_stay_in_order)
{
	struct fixture *f = fixture_new(t);
	uint64_t seed = 1;

	for (unsigned int step = 0; step < 20000; step++) {
		unsigned int i = random_below(&seed, N_NAMES);

		/* Mostly more for a while, then mostly fewer. */
		if (!f->there[i] && random_below(&seed, 10) < 8 - step / 3000)
			insert(f, i);
		else if (f->there[i] &&
			 random_below(&seed, 10) < 2 + step / 3000)
			take_out(f, i);
		if (step % 500 == 0)
			check_list(f->list, f->there);
	}
	check_list(f->list, f->there);
}

TEST(the_next_child_is_found_from_any_name)
{
	struct fixture *f = fixture_new(t);
	struct children_walk walk;
	const struct node *node = NULL, *next;

	CHECK(!children_after(NULL, "", 0));
	for (unsigned int i = 0; i < N_NAMES; i += 1 + i / 20)
		insert(f, i);
	children_walk(&walk, f->list);
	while ((next = children_next(&walk))) {
		CHECK(children_after(f->list, node ? node->bytes : "",
				     node ? node->name_len : 0) == next);
		node = next;
	}
	CHECK(!children_after(f->list, node->bytes, node->name_len));
	CHECK(!children_after(f->list, "~", 1));
	CHECK(children_after(f->list, "1-", 2) ==
	      children_find(f->list, "10", 2));
}

TEST(an_old_version_stays_as_it_was)
{
	struct fixture *f = fixture_new(t);
	struct node *doomed = NULL;
	struct children *old[20];
	bool was[20][N_NAMES];
	uint64_t seed = 2;

	for (unsigned int v = 0; v < 20; v++) {
		for (unsigned int step = 0; step < 300; step++) {
			unsigned int i = random_below(&seed, N_NAMES);

			(f->there[i] ? take_out : insert)(f, i);
		}
		old[v] = children_ref(f->list);
		memcpy(was[v], f->there, sizeof(was[v]));
	}
	for (unsigned int v = 0; v < 20; v++)
		check_list(old[v], was[v]);
	for (unsigned int v = 0; v < 20; v++)
		children_drop(old[v], &doomed);
	node_reap(&doomed, SIZE_MAX);
	check_list(f->list, f->there);
}

TEST(what_is_made_ones_own_is_not_changed_for_others)
{
	struct fixture *f = fixture_new(t);
	struct node *doomed = NULL;
	struct children *old;
	struct node **slot;

	for (unsigned int i = 0; i < N_NAMES; i++)
		insert(f, i);
	old = children_ref(f->list);
	CHECK_EQ(children_own(&f->list, "1ff", 3, &slot), 0);
	CHECK_EQ(node_own(slot), 0);
	CHECK_EQ(node_set_value(slot, "new", 3), 0);

	CHECK_EQ(children_find(f->list, "1ff", 3)->value_len, 3);
	CHECK_EQ(children_find(old, "1ff", 3)->value_len, 0);
	CHECK_EQ(children_own(&f->list, "none", 4, &slot), -ENOENT);
	check_list(old, f->there);
	children_drop(old, &doomed);
	node_reap(&doomed, SIZE_MAX);
}

TEST(the_generation_is_that_of_the_last_change)
{
	struct fixture *f = fixture_new(t);

	for (unsigned int i = 0; i < 200; i++) {
		insert(f, i);
		CHECK_EQ(children_generation(f->list), f->generation);
	}
	for (unsigned int i = 0; i < 199; i++) {
		take_out(f, i);
		CHECK_EQ(children_generation(f->list), f->generation);
	}
	take_out(f, 199);
	CHECK(!f->list);
}

/* All of 100,000 names, none of which comes close to another of its time. */
static unsigned int scattered(unsigned int i)
{
	return (unsigned int)(i * UINT64_C(61031) % 100000);
}

TEST(a_hundred_thousand_children_are_quick)
{
	struct fixture *f = fixture_new(t);
	struct node *node;
	char name[16];

	for (unsigned int i = 0; i < 100000; i++) {
		int len = sprintf(name, "%u", scattered(i));

		node = node_new(name, len, "", 0, f->perms);
		CHECK_EQ(children_insert(&f->list, node, i), 0);
	}
	for (unsigned int i = 0; i < 100000; i++) {
		int len = sprintf(name, "%u", i);

		CHECK_EQ(children_remove(&f->list, name, len, i, &node), 0);
		node_unref(node);
	}
	CHECK(!f->list);
}

TEST(a_list_that_shrank_takes_little_room)
{
	struct fixture *f = fixture_new(t);
	struct children_walk walk;
	unsigned int depth = 0;

	for (unsigned int i = 0; i < N_NAMES; i++)
		insert(f, i);
	for (unsigned int i = 0; i < N_NAMES; i++) {
		if (i % 100)
			take_out(f, i);
	}
	check_list(f->list, f->there);
	children_walk(&walk, f->list);
	while (children_next(&walk))
		depth = walk.depth > depth ? walk.depth : depth;
	CHECK(depth <= 2);
}

/* Two ways through lists that share much meet all that differs. */
static unsigned int count_apart(const struct children *a,
				const struct children *b)
{
	struct children_walk walk[2];
	unsigned int n = 0;

	children_walk(&walk[0], a);
	children_walk(&walk[1], b);
	children_skip_common(&walk[0], &walk[1]);
	while (children_next(&walk[0]) && children_next(&walk[1])) {
		n++;
		children_skip_common(&walk[0], &walk[1]);
	}
	return n;
}

TEST(what_two_versions_share_can_be_left_out)
{
	struct fixture *f = fixture_new(t);
	struct node *doomed = NULL;
	struct children *old;
	struct node **slot;

	for (unsigned int i = 0; i < N_NAMES; i++)
		insert(f, i);
	old = children_ref(f->list);
	CHECK_EQ(count_apart(f->list, old), 0);
	CHECK_EQ(children_own(&f->list, "1ff", 3, &slot), 0);
	CHECK_EQ(node_own(slot), 0);
	CHECK(count_apart(f->list, old) > 0);
	CHECK(count_apart(f->list, old) <= 32);
	children_drop(old, &doomed);
	node_reap(&doomed, SIZE_MAX);
}
