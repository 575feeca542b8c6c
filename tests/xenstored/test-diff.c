/* SPDX-License-Identifier: MIT */

#include "xenstored/diff.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/random.h"
#include "tests/lib/test.h"
#include "tests/xenstored/forest.h"
#include "xenstored/children.h"
#include "xenstored/node.h"
#include "xenstored/walk.h"

/* "-a +b *c": the names that differ, in the order in which they come. */
static const char *differences(void *mem, struct node *a, struct node *b)
{
	struct diff *diff = diff_new(mem, a, b);
	char *text = talloc_strdup(mem, "");
	struct node *before, *after;

	while (diff_next(diff, &before, &after) == 0 && (before || after)) {
		struct node *node = before ?: after;

		text = talloc_asprintf_append(text, "%s%c%.*s",
					      *text ? " " : "",
					      !before  ? '+'
					      : !after ? '-'
						       : '*',
					      node->name_len, node->bytes);
	}

	talloc_free(diff);
	return text;
}

TEST(a_tree_does_not_differ_from_itself)
{
	struct forest *f = forest_new(t);

	plant(f, "/a/b", "1");
	CHECK_STR(differences(t->mem, f->root, f->root), "");
}

TEST(a_difference_is_told_with_the_nodes_above_it)
{
	struct forest *f = forest_new(t);
	struct node *old;

	plant(f, "/a/b", "1");
	plant(f, "/a/c", "1");
	old = forest_snapshot(f);
	plant(f, "/a/b", "2");

	CHECK_STR(differences(t->mem, old, f->root), "* *a *b");
}

TEST(what_came_and_went_is_told_with_all_below)
{
	struct forest *f = forest_new(t);
	struct node *old;

	plant(f, "/a/b/c", "1");
	plant(f, "/x", "1");
	old = forest_snapshot(f);
	cut(f, "/a");
	plant(f, "/n/m", "1");

	CHECK_STR(differences(t->mem, old, f->root), "* -a -b -c +n +m");
	CHECK_STR(differences(t->mem, f->root, old), "* +a +b +c -n -m");
}

TEST(there_may_be_nothing_on_one_side)
{
	struct forest *f = forest_new(t);

	plant(f, "/a/b", "1");
	CHECK_STR(differences(t->mem, NULL, f->root), "+ +a +b");
	CHECK_STR(differences(t->mem, f->root, NULL), "- -a -b");
}

/* All nodes that only @a has, by their addresses. */
static unsigned int count_missing(struct node *a, struct node *b)
{
	struct walk_all walk;
	struct node *node;
	unsigned int n = 0;

	walk_all(&walk, a, "/");
	while ((node = walk_all_next(&walk)))
		n += walk_find(b, walk.path) != node;

	return n;
}

static void change_by_chance(struct forest *f, uint64_t *seed)
{
	const char *path = forest_path(random_next(seed));
	char value[16];

	snprintf(value, sizeof(value), "%u", random_below(seed, 1000));
	if (random_below(seed, 4) || !strrchr(path + 1, '/'))
		plant(f, path, value);
	else if (walk_find(f->root, path))
		cut(f, path);
}

TEST(a_diff_tells_exactly_the_nodes_that_are_not_shared)
{
	struct forest *f = forest_new(t);
	uint64_t seed = 3;

	for (unsigned int round = 0; round < 500; round++) {
		struct node *before, *after, *old = forest_snapshot(f);
		unsigned int n_before = 0, n_after = 0;
		struct diff *diff;

		for (unsigned int i = random_below(&seed, 8); i; i--)
			change_by_chance(f, &seed);
		diff = diff_new(t->mem, old, f->root);
		while (diff_next(diff, &before, &after) == 0 &&
		       (before || after)) {
			CHECK(before != after);
			n_before += before != NULL;
			n_after += after != NULL;
		}
		CHECK_EQ(n_before, count_missing(old, f->root));
		CHECK_EQ(n_after, count_missing(f->root, old));
	}
}

/* How many steps a diff makes along lists of children. */
static unsigned int steps;

struct node *__real_children_next(struct children_walk *walk);
struct node *__wrap_children_next(struct children_walk *walk);

struct node *__wrap_children_next(struct children_walk *walk)
{
	steps++;
	return __real_children_next(walk);
}

TEST(a_diff_costs_what_differs_and_not_what_is_there)
{
	struct forest *f = forest_new(t);
	struct node *old;
	char path[32];

	for (unsigned int i = 0; i < 100000; i++) {
		snprintf(path, sizeof(path), "/a/%u", i);
		plant(f, path, "1");
	}
	old = forest_snapshot(f);
	plant(f, "/a/7777", "2");
	cut(f, "/a/88888");
	plant(f, "/a/new", "2");

	steps = 0;
	CHECK_STR(differences(t->mem, old, f->root), "* *a *7777 -88888 +new");
	CHECK(steps < 500);
}
