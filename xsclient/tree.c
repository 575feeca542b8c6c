/* SPDX-License-Identifier: MIT */

/*
 * tree - a node and all below it, in as many round trips as it is deep.
 *
 * Each node is read and listed at once, all of one level together.  What
 * vanishes on the way, or may not be read, is left out.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "xsclient/inside.h"

/* While a tree is read; a child of the tree. */
struct reading {
	struct xs_tree *tree;
	struct xs_client *client;
	struct xs_txn *txn;
	const char *root;
	size_t n_max;
	size_t n_open; /* answers to come */
	xs_tree_fn *fn;
	void *arg;
};

/* A node that was asked for. */
struct visit {
	struct reading *reading;
	size_t index;
};

static int by_path(const void *a, const void *b)
{
	const struct xs_node *one = a, *other = b;

	return strcmp(one->path, other->path);
}

static void fail(struct reading *reading, int error)
{
	xs_tree_fn *fn = reading->fn;
	void *arg = reading->arg;

	talloc_free(reading->tree);
	fn(arg, error, NULL);
}

/* Drop what could not be read, and hand the rest over. */
static void finish(struct reading *reading)
{
	struct xs_tree *tree = reading->tree;
	xs_tree_fn *fn = reading->fn;
	void *arg = reading->arg;
	size_t n = 0;

	for (size_t i = 0; i < tree->n; i++) {
		if (tree->nodes[i].value)
			tree->nodes[n++] = tree->nodes[i];
	}
	tree->n = n;
	qsort(tree->nodes, n, sizeof(*tree->nodes), by_path);

	talloc_free(reading);
	fn(arg, 0, tree);
}

/* Whether a node may be missing from the tree for @error. */
static bool is_missing(const struct visit *visit, int error)
{
	return visit->index && (error == -ENOENT || error == -EACCES);
}

static void answered(struct reading *reading, int error)
{
	if (error)
		fail(reading, error);
	else if (!--reading->n_open)
		finish(reading);
}

static void got_value(void *arg, int error, const char *data, size_t len)
{
	struct visit *visit = arg;
	struct reading *reading = visit->reading;
	struct xs_node *node = &reading->tree->nodes[visit->index];
	char *value;

	if (error) {
		answered(reading, is_missing(visit, error) ? 0 : error);
		return;
	}

	value = talloc_size(reading->tree, len + 1);
	if (value) {
		memcpy(value, data, len + 1);
		node->value = value;
		node->len = len;
	}
	answered(reading, value ? 0 : -ENOMEM);
}

static void got_names(void *arg, int error, const char *const *names, size_t n);

/* Where node @path of the tree is in the store. */
static const char *whole_path(void *mem, const struct reading *reading,
			      const char *path)
{
	const char *root = strcmp(reading->root, "/") ? reading->root : "";

	if (!*path)
		return talloc_strdup(mem, reading->root);

	return talloc_asprintf(mem, "%s/%s", root, path);
}

static int ask(struct reading *reading, size_t index)
{
	struct visit *visit = talloc(reading, struct visit);
	const char *path;
	int r;

	if (!visit)
		return -ENOMEM;
	*visit = (struct visit){ reading, index };
	path = whole_path(visit, reading, reading->tree->nodes[index].path);
	if (!path)
		return -ENOMEM;
	r = xs_read(visit, reading->client, reading->txn, path, got_value,
		    visit);
	if (r < 0)
		return r;
	r = xs_list(visit, reading->client, reading->txn, path, got_names,
		    visit);
	if (r < 0)
		return r;

	reading->n_open += 2;
	return 0;
}

static int add_node(struct reading *reading, const char *parent,
		    const char *name)
{
	struct xs_tree *tree = reading->tree;
	size_t size = talloc_array_length(tree->nodes);
	struct xs_node *nodes = tree->nodes;
	const char *path;

	if (tree->n == reading->n_max)
		return -E2BIG;
	if (tree->n == size)
		nodes = talloc_realloc(tree, nodes, struct xs_node, size * 2);
	if (!nodes)
		return -ENOMEM;
	tree->nodes = nodes;
	path = talloc_asprintf(tree, *parent ? "%s/%s" : "%s%s", parent, name);
	if (!path)
		return -ENOMEM;

	nodes[tree->n] = (struct xs_node){ .path = path };
	return ask(reading, tree->n++);
}

static void got_names(void *arg, int error, const char *const *names, size_t n)
{
	struct visit *visit = arg;
	struct reading *reading = visit->reading;
	const char *parent = reading->tree->nodes[visit->index].path;
	int r = is_missing(visit, error) ? 0 : error;

	for (size_t i = 0; i < n && !r; i++)
		r = add_node(reading, parent, names[i]);

	answered(reading, r);
}

static int start(struct reading *reading, struct xs_tree *tree,
		 const char *root)
{
	reading->tree = tree;
	reading->root = talloc_strdup(reading, root);
	tree->nodes = talloc_array(tree, struct xs_node, 16);
	if (!reading->root || !tree->nodes)
		return -ENOMEM;

	return add_node(reading, "", "");
}

int xs_read_tree(void *mem, struct xs_client *client, struct xs_txn *txn,
		 const char *path, size_t n_max, xs_tree_fn *fn, void *arg)
{
	CLEANUP(cleanup_talloc)
	struct xs_tree *tree = talloc_zero(mem, struct xs_tree);
	struct reading *reading =
		tree ? talloc_zero(tree, struct reading) : NULL;
	int r;

	if (!reading)
		return -ENOMEM;
	reading->client = client;
	reading->txn = txn;
	reading->n_max = n_max;
	reading->fn = fn;
	reading->arg = arg;
	r = start(reading, tree, path);
	if (r < 0)
		return r;

	take_ptr(tree);
	return 0;
}

const struct xs_node *xs_tree_find(const struct xs_tree *tree, const char *path)
{
	struct xs_node key = { .path = path };

	return bsearch(&key, tree->nodes, tree->n, sizeof(*tree->nodes),
		       by_path);
}
