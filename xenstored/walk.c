/* SPDX-License-Identifier: MIT */

#include "xenstored/walk.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"
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

void walk_all(struct walk_all *walk, struct node *root, const char *path)
{
	size_t len = strlen(path);

	assert(len <= PATH_TEXT_MAX);
	memcpy(walk->path, path, len + 1);
	walk->path_len = len;
	walk->depth = 0;
	walk->next = root;
	walk->skip = false;
}

void walk_all_skip(struct walk_all *walk)
{
	walk->skip = true;
}

/* Step down to a node that is a child of the last one. */
static void enter(struct walk_all *walk, const struct node *node)
{
	size_t len = walk->path_len;

	assert(walk->depth < ARRAY_SIZE(walk->above) &&
	       len + 1 + node->name_len <= PATH_TEXT_MAX);
	if (walk->depth) {
		if (len == 1)
			len = 0; /* "/": its children are "/a", not "//a" */
		walk->path[len++] = '/';
		memcpy(walk->path + len, node->bytes, node->name_len);
		walk->path_len = len + node->name_len;
		walk->path[walk->path_len] = '\0';
	}
	walk->above[walk->depth++] = node;
}

/* Step up to the node above the last one. */
static void leave(struct walk_all *walk)
{
	const char *slash = memrchr(walk->path, '/', walk->path_len);

	walk->depth--;
	if (!walk->depth)
		return;
	walk->path_len = slash > walk->path ? slash - walk->path : 1;
	walk->path[walk->path_len] = '\0';
}

static const struct node *last(const struct walk_all *walk)
{
	return walk->above[walk->depth - 1];
}

/* The node after the last one, which is left for it. */
static struct node *find_next(struct walk_all *walk)
{
	struct node *next = NULL;

	if (!walk->skip)
		next = children_after(last(walk)->children, "", 0);
	while (!next && walk->depth > 1) {
		const struct node *done = last(walk);

		leave(walk);
		next = children_after(last(walk)->children, done->bytes,
				      done->name_len);
	}

	return next;
}

struct node *walk_all_next(struct walk_all *walk)
{
	struct node *next = walk->next;

	if (!next && walk->depth)
		next = find_next(walk);
	walk->next = NULL;
	walk->skip = false;
	if (next)
		enter(walk, next);
	else
		walk->depth = 0;

	return next;
}
