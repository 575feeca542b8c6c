/* SPDX-License-Identifier: MIT */

#include "xenstored/tree.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/random.h"
#include "tests/lib/test.h"
#include "tests/xenstored/forest.h"
#include "xenstored/node.h"
#include "xenstored/walk.h"

static const struct who guest = { .domid = 5, .target = 5 };

static struct writer by_guest(struct forest *f)
{
	struct writer by = f->by;

	by.who = &guest;
	return by;
}

static void set_perms(struct forest *f, const char *path, const char *text)
{
	struct perms *perms = perms_of_text(f->table, text);
	struct change change;

	CHECK_EQ(tree_set_perms(&f->root, &f->by, path, perms, &change), 0);
	change_done(&change);
	perms_unref(perms);
}

static struct perms *perms_at(struct forest *f, const char *path)
{
	return walk_find(f->root, path)->perms;
}

TEST(a_write_of_a_new_node_says_what_it_made)
{
	struct forest *f = forest_new(t);
	struct change change;

	plant(f, "/a", "");
	CHECK_EQ(tree_write(&f->root, &f->by, "/a/b/c", "xyz", 3, &change), 0);
	CHECK_EQ(change.kind, CHANGE_CREATED);
	CHECK_EQ(change.n_created, 2);
	CHECK(change.node == walk_find(f->root, "/a/b"));
	CHECK(change.parent == perms_at(f, "/a/b"));
	CHECK(change.after == perms_at(f, "/a/b/c"));
	CHECK(!change.before);
	CHECK_EQ(change.new_len, 3);
	change_done(&change);
}

TEST(a_write_of_a_value_says_how_long_it_was)
{
	struct forest *f = forest_new(t);
	struct change change;

	plant(f, "/a", "12345");
	CHECK_EQ(tree_write(&f->root, &f->by, "/a", "xyz", 3, &change), 0);
	CHECK_EQ(change.kind, CHANGE_VALUE);
	CHECK_EQ(change.old_len, 5);
	CHECK_EQ(change.new_len, 3);
	CHECK(change.before == change.after);
	change_done(&change);
}

TEST(making_what_is_there_changes_nothing)
{
	struct forest *f = forest_new(t);
	struct node *old;
	struct change change;

	plant(f, "/a", "1");
	old = forest_snapshot(f);
	CHECK_EQ(tree_mkdir(&f->root, &f->by, "/a", &change), 0);
	CHECK_EQ(change.kind, CHANGE_NONE);
	CHECK(f->root == old);
	change_done(&change);
}

TEST(a_removal_hands_out_what_went)
{
	struct forest *f = forest_new(t);
	struct change change;

	plant(f, "/a/b/c", "1");
	CHECK_EQ(tree_rm(&f->root, &f->by, "/a/b", &change), 0);
	CHECK_EQ(change.kind, CHANGE_REMOVED);
	CHECK(walk_find(change.removed, "/c"));
	CHECK(change.before == change.removed->perms);
	CHECK(change.parent == perms_at(f, "/a"));
	CHECK(!change.after);
	change_done(&change);
	CHECK_STR(forest_text(t->mem, f->root), "/a=");
}

TEST(new_permissions_come_with_the_old_ones)
{
	struct forest *f = forest_new(t);
	struct perms *perms = perms_of_text(f->table, "n5 r6");
	struct change change;

	plant(f, "/a", "");
	CHECK_EQ(tree_set_perms(&f->root, &f->by, "/a", perms, &change), 0);
	CHECK_EQ(change.kind, CHANGE_PERMS);
	CHECK(change.before == perms_at(f, "/"));
	CHECK(change.after == perms);
	CHECK(perms_at(f, "/a") == perms);
	change_done(&change);
	perms_unref(perms);
}

TEST(limits_hold_to_the_last_node_and_byte)
{
	struct forest *f = forest_new(t);
	struct writer by = f->by;
	struct change change;

	by.nodes_max = 2;
	by.value_max = 3;
	CHECK_EQ(tree_mkdir(&f->root, &by, "/a/b/c", &change), -ENOSPC);
	CHECK_EQ(tree_write(&f->root, &by, "/a/b", "1234", 4, &change),
		 -ENOSPC);
	CHECK_STR(forest_text(t->mem, f->root), "");
	CHECK_EQ(tree_write(&f->root, &by, "/a/b", "123", 3, &change), 0);
	CHECK_EQ(tree_write(&f->root, &by, "/a/b", "1234", 4, &change),
		 -ENOSPC);
	CHECK_STR(forest_text(t->mem, f->root), "/a= /a/b=123");
}

TEST(a_list_of_permissions_has_a_limit_too)
{
	struct forest *f = forest_new(t);
	struct perms *perms = perms_of_text(f->table, "n0 r1 r2");
	struct writer by = f->by;
	struct change change;

	by.perms_max = 2;
	CHECK_EQ(tree_set_perms(&f->root, &by, "/", perms, &change), -ENOSPC);
	by.perms_max = 3;
	CHECK_EQ(tree_set_perms(&f->root, &by, "/", perms, &change), 0);
	change_done(&change);
	perms_unref(perms);
}

TEST(who_may_not_look_is_not_told_what_is_there)
{
	struct forest *f = forest_new(t);
	struct node *node;

	plant(f, "/open/x", "");
	set_perms(f, "/open", "r0");
	plant(f, "/secret/x", "");

	CHECK_EQ(tree_get(f->root, &guest, "/secret/x", PERM_READ, &node),
		 -EACCES);
	CHECK_EQ(tree_get(f->root, &guest, "/secret/none", PERM_READ, &node),
		 -EACCES);
	CHECK_EQ(tree_get(f->root, &guest, "/open/none", PERM_READ, &node),
		 -ENOENT);
	CHECK_EQ(tree_get(f->root, &guest, "/open/none/x", PERM_READ, &node),
		 -ENOENT);
}

TEST(parents_do_not_guard_their_children)
{
	struct forest *f = forest_new(t);
	struct node *node;

	plant(f, "/secret/mine", "");
	set_perms(f, "/secret/mine", "n5");
	CHECK_EQ(tree_get(f->root, &guest, "/secret/mine", PERM_READ, &node),
		 0);
}

TEST(who_may_write_a_node_may_remove_all_below_it)
{
	struct forest *f = forest_new(t);
	struct writer by = by_guest(f);
	struct change change;

	plant(f, "/a/b/c", "");
	set_perms(f, "/a", "w0");
	CHECK_EQ(tree_rm(&f->root, &by, "/a/b", &change), -EACCES);
	CHECK_EQ(tree_rm(&f->root, &by, "/a", &change), 0);
	change_done(&change);
	CHECK_STR(forest_text(t->mem, f->root), "");
}

TEST(an_owner_may_not_give_a_node_away)
{
	struct forest *f = forest_new(t);
	struct perms *given = perms_of_text(f->table, "n6");
	struct perms *kept = perms_of_text(f->table, "b5 r6");
	struct writer by = by_guest(f);
	struct change change;

	plant(f, "/a", "");
	set_perms(f, "/a", "n5");
	CHECK_EQ(tree_set_perms(&f->root, &by, "/a", given, &change), -EPERM);
	CHECK_EQ(tree_set_perms(&f->root, &by, "/a", kept, &change), 0);
	CHECK(perms_at(f, "/a") == kept);
	change_done(&change);
	perms_unref(given);
	perms_unref(kept);
}

TEST(a_new_node_belongs_to_its_maker)
{
	struct forest *f = forest_new(t);
	struct writer by = by_guest(f);
	struct change change;

	plant(f, "/a", "");
	set_perms(f, "/a", "b0 r7");
	CHECK_EQ(tree_mkdir(&f->root, &by, "/a/b/c", &change), 0);
	change_done(&change);

	CHECK_EQ(perms_owner(perms_at(f, "/a/b")), 5);
	CHECK(perms_at(f, "/a/b") == perms_at(f, "/a/b/c"));
	CHECK_EQ(perms_count(perms_at(f, "/a/b")), 2);
}

TEST(a_snapshot_never_changes)
{
	struct forest *f = forest_new(t);
	struct node *old[50];
	const char *text[50];
	uint64_t seed = 4;

	for (unsigned int i = 0; i < 50; i++) {
		for (unsigned int n = 0; n < 10; n++) {
			const char *path = forest_path(random_next(&seed));

			if (random_below(&seed, 3) || !walk_find(f->root, path))
				plant(f, path, n % 2 ? "odd" : "even");
			else
				cut(f, path);
		}
		old[i] = forest_snapshot(f);
		text[i] = forest_text(t->mem, f->root);
	}
	for (unsigned int i = 0; i < 50; i++)
		CHECK_STR(forest_text(t->mem, old[i]), text[i]);
}
