/* SPDX-License-Identifier: MIT */

#include "xenstored/walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/random.h"
#include "tests/lib/test.h"
#include "tests/xenstored/forest.h"
#include "xenstored/node.h"

TEST(a_path_leads_to_its_node)
{
	struct forest *f = forest_new(t);
	struct place place;

	plant(f, "/a/b/c", "1");
	walk_to(f->root, "/a/b/c", &place);
	CHECK(place.node == walk_find(f->root, "/a/b/c"));
	CHECK(place.nearest == walk_find(f->root, "/a/b"));
	CHECK_EQ(place.n_missing, 0);
}

TEST(a_path_leads_as_far_as_there_are_nodes)
{
	struct forest *f = forest_new(t);
	struct place place;

	plant(f, "/a/b", "1");
	walk_to(f->root, "/a/b/c/d/e", &place);
	CHECK(!place.node);
	CHECK(place.nearest == walk_find(f->root, "/a/b"));
	CHECK_STR(place.missing, "c/d/e");
	CHECK_EQ(place.n_missing, 3);
	CHECK(!walk_find(f->root, "/a/b/c"));
}

TEST(the_root_is_at_its_own_path)
{
	struct forest *f = forest_new(t);
	struct place place;

	walk_to(f->root, "/", &place);
	CHECK(place.node == f->root);
	CHECK(place.nearest == f->root);
	CHECK(walk_find(f->root, "/") == f->root);
}

TEST(only_the_way_to_a_node_is_copied)
{
	struct forest *f = forest_new(t);
	struct node **slot, *old;

	plant(f, "/a/b/c", "1");
	plant(f, "/a/x", "2");
	old = forest_snapshot(f);
	CHECK_EQ(walk_own(&f->root, "/a/b", NULL, &slot), 0);

	CHECK(f->root != old);
	CHECK(*slot == walk_find(f->root, "/a/b"));
	CHECK(*slot != walk_find(old, "/a/b"));
	CHECK(walk_find(f->root, "/a/x") == walk_find(old, "/a/x"));
	CHECK(walk_find(f->root, "/a/b/c") == walk_find(old, "/a/b/c"));
}

TEST(what_is_nobody_elses_is_not_copied)
{
	struct forest *f = forest_new(t);
	struct node **slot, *root = f->root;

	plant(f, "/a/b", "1");
	CHECK_EQ(walk_own(&f->root, "/a/b", NULL, &slot), 0);
	CHECK(f->root == root);
	CHECK_EQ(walk_own(&f->root, "/a/c", NULL, &slot), -ENOENT);
}

TEST(all_nodes_are_met_once_and_parents_first)
{
	struct forest *f = forest_new(t);

	plant(f, "/b/x/y", "3");
	plant(f, "/a", "1");
	plant(f, "/a/c", "2");

	CHECK_STR(forest_text(t->mem, f->root),
		  "/a=1 /a/c=2 /b= /b/x= /b/x/y=3");
}

TEST(what_is_below_a_node_can_be_left_out)
{
	struct forest *f = forest_new(t);
	struct walk_all walk;
	unsigned int n = 0;

	plant(f, "/a/b/c", "");
	plant(f, "/d", "");
	walk_all(&walk, f->root, "/");
	while (walk_all_next(&walk)) {
		CHECK(strcmp(walk.path, "/a/b"));
		if (!strcmp(walk.path, "/a"))
			walk_all_skip(&walk);
		n++;
	}
	CHECK_EQ(n, 3);
}

TEST(a_part_of_a_tree_can_be_walked)
{
	struct forest *f = forest_new(t);
	struct walk_all walk;

	plant(f, "/a/b/c", "");
	plant(f, "/a/d", "");
	walk_all(&walk, walk_find(f->root, "/a/b"), "/a/b");
	CHECK(walk_all_next(&walk) == walk_find(f->root, "/a/b"));
	CHECK_STR(walk.path, "/a/b");
	CHECK(walk_all_next(&walk) == walk_find(f->root, "/a/b/c"));
	CHECK_STR(walk.path, "/a/b/c");
	CHECK(!walk_all_next(&walk));
	CHECK(!walk_all_next(&walk));
}

/* The deepest path that a client can write: "/local/domain/65535/a/a/a". */
static char *deepest_path(void *mem)
{
	char *path = talloc_zero_array(mem, char, PATH_TEXT_MAX + 1);
	size_t len = sprintf(path, "/local/domain/65535");

	while (len + 2 <= PATH_TEXT_MAX)
		len += sprintf(path + len, "/a");
	return path;
}

TEST(xsa_418_the_deepest_tree_needs_no_stack)
{
	struct forest *f = forest_new(t);
	char *path = deepest_path(t->mem);
	struct walk_all walk;
	unsigned int n = 0;

	plant(f, path, "");
	walk_all(&walk, f->root, "/");
	while (walk_all_next(&walk))
		n++;
	CHECK_EQ(n, 1 + 3 + 2048);
	walk_all(&walk, f->root, "/");
	while (walk_all_next(&walk) && strcmp(walk.path, path))
		;
	CHECK_STR(walk.path, path);
}
