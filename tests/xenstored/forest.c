/* SPDX-License-Identifier: MIT */

#include "tests/xenstored/forest.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "xenstored/node.h"
#include "xenstored/walk.h"

static int free_forest(struct forest *f)
{
	for (size_t i = 0; i < talloc_array_length(f->snapshots); i++)
		node_unref(f->snapshots[i]);
	node_unref(f->root);
	return 0;
}

struct forest *forest_new(struct test *t)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct forest *f = talloc_zero(t->mem, struct forest);
	struct perms *perms;

	f->table = table;
	f->who.privileged = true;
	f->by = (struct writer){
		.who = &f->who,
		.nodes_max = SIZE_MAX,
		.value_max = SIZE_MAX,
		.perms_max = SIZE_MAX,
		.generation = &f->generation,
	};
	perms = perms_of_text(table, "n0");
	f->root = node_new("", 0, "", 0, perms);
	perms_unref(perms);
	talloc_set_destructor(f, free_forest);
	return f;
}

void plant(struct forest *f, const char *path, const char *value)
{
	struct change change;

	CHECK_EQ(tree_write(&f->root, &f->by, path, value, strlen(value),
			    &change),
		 0);
	change_done(&change);
}

void cut(struct forest *f, const char *path)
{
	struct change change;

	CHECK_EQ(tree_rm(&f->root, &f->by, path, &change), 0);
	change_done(&change);
}

struct node *forest_snapshot(struct forest *f)
{
	size_t n = talloc_array_length(f->snapshots);

	f->snapshots = talloc_realloc(f, f->snapshots, struct node *, n + 1);
	f->snapshots[n] = node_ref(f->root);
	return f->root;
}

struct perms *perms_of_text(struct perms_table *table, const char *text)
{
	struct perm entries[16];
	size_t n = 0;

	while (*text) {
		char one[16] = "";

		memcpy(one, text, strcspn(text, " "));
		CHECK_EQ(perm_parse(one, &entries[n++]), 0);
		text += strlen(one);
		text += strspn(text, " ");
	}

	return perms_new(table, entries, n);
}

const char *forest_text(void *mem, struct node *root)
{
	struct walk_all walk;
	char *text = talloc_strdup(mem, "");
	struct node *node;

	walk_all(&walk, root, "/");
	while ((node = walk_all_next(&walk))) {
		if (node == root)
			continue;
		text = talloc_asprintf_append_buffer(
			text, "%s%s=%.*s", *text ? " " : "", walk.path,
			node->value_len, node_value(node));
	}

	return text;
}

const char *forest_path(uint64_t number)
{
	static const char *const paths[] = {
		"/a",       "/b",       "/c",         "/a/a",
		"/a/b",     "/b/a",     "/b/b",       "/a/a/a",
		"/a/a/b",   "/a/b/a",   "/b/b/b",     "/b/a/a",
		"/a/a/a/a", "/c/c/c/c", "/a/a/a/a/a", "/b/b/b/b/b",
	};

	return paths[number % (sizeof(paths) / sizeof(paths[0]))];
}
