/* SPDX-License-Identifier: MIT */

#include "xenstored/walk.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/children.h"
#include "xenstored/node.h"
#include "xenstored/path.h"

static size_t count_steps(const char *path)
{
	size_t len, n = 0;

	while (path_step(&path, &len))
		n++;

	return n;
}

void walk_to(struct node *root, const char *path, struct place *place)
{
	const char *name;
	size_t len;

	*place = (struct place){ .node = root, .nearest = root };
	while ((name = path_step(&path, &len))) {
		struct node *child =
			children_find(place->node->children, name, len);

		place->nearest = place->node;
		place->node = child;
		if (!child) {
			place->missing = name;
			place->n_missing = 1 + count_steps(path);
			return;
		}
	}
}

struct node *walk_find(struct node *root, const char *path)
{
	const char *name;
	size_t len;

	while (root && (name = path_step(&path, &len)))
		root = children_find(root->children, name, len);

	return root;
}

int walk_own(struct node **root, const char *path, const char *end,
	     struct node ***slot)
{
	struct node **at = root;
	const char *name;
	size_t len;
	int r;

	r = node_own(at);
	while (r == 0 && (name = path_step(&path, &len)) && name != end) {
		r = children_own(&(*at)->children, name, len, &at);
		if (r == 0)
			r = node_own(at);
	}

	*slot = at;
	return r;
}

/* One of these for each level being walked. */
struct level {
	struct children_walk walk;
	size_t path_len; /* of the node whose children these are */
};

struct walk_all {
	struct level *level;
	size_t depth;
	char *path;        /* of the last node */
	struct node *root; /* until it was given */
	struct node *last; /* whose children come next */
};

struct walk_all *walk_all(void *mem, struct node *root, const char *path)
{
	struct walk_all *walk = talloc_zero(mem, struct walk_all);

	if (!walk)
		return NULL;

	walk->root = root;
	walk->path = talloc_strdup(walk, path);
	if (!walk->path)
		TALLOC_FREE(walk);

	return walk;
}

const char *walk_all_path(const struct walk_all *walk)
{
	return walk->path;
}

void walk_all_skip(struct walk_all *walk)
{
	walk->last = NULL;
}

static int descend(struct walk_all *walk, const struct node *node)
{
	size_t room = walk->level ? talloc_array_length(walk->level) : 0;
	struct level *level;

	if (walk->depth == room) {
		level = talloc_realloc(walk, walk->level, struct level,
				       room ? room * 2 : 16);
		if (!level)
			return -ENOMEM;
		walk->level = level;
	}

	level = &walk->level[walk->depth++];
	level->path_len = strlen(walk->path);
	if (level->path_len == 1)
		level->path_len = 0; /* "/": its children are "/a", not "//a" */
	children_walk(&level->walk, node->children);
	return 0;
}

static int set_path(struct walk_all *walk, const struct node *node)
{
	size_t start = walk->level[walk->depth - 1].path_len;
	size_t need = start + 1 + node->name_len + 1;

	if (need > talloc_get_size(walk->path)) {
		char *path = talloc_realloc(walk, walk->path, char, need * 2);

		if (!path)
			return -ENOMEM;
		walk->path = path;
	}

	walk->path[start] = '/';
	memcpy(walk->path + start + 1, node->bytes, node->name_len);
	walk->path[need - 1] = '\0';
	return 0;
}

int walk_all_next(struct walk_all *walk, struct node **node)
{
	int r = 0;

	if (walk->last)
		r = descend(walk, walk->last);
	*node = walk->root;
	walk->root = NULL;
	while (r == 0 && !*node && walk->depth) {
		*node = children_next(&walk->level[walk->depth - 1].walk);
		if (*node)
			r = set_path(walk, *node);
		else
			walk->depth--;
	}

	walk->last = *node;
	return r;
}
