/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * children - the children of a node, by name, as a persistent B-tree.
 *
 * Blocks are shared between versions as nodes are: one with one reference, in
 * a holder's own parent, may be changed in place, and any other is copied
 * first, so that a change costs O(log n) whoever else looks at the list.  An
 * empty list is NULL.  Names are in the order of their bytes.
 *
 * A list has a generation, which is another one after each change of its
 * names: DIRECTORY_PART shows it to clients.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct children;
struct node;

struct children *children_ref(struct children *children);

/* Drop a reference; see node_drop() for @doomed.  NULL is allowed. */
void children_drop(struct children *children, struct node **doomed);

/* The child of that name, or NULL. */
struct node *children_find(const struct children *children, const char *name,
			   size_t len);

/* The first child whose name comes after this one, or NULL. */
struct node *children_after(const struct children *children, const char *name,
			    size_t len);

/* Make the way to the child of that name its holder's alone, and give the
 * place where the list keeps it.  Returns 0, -ENOENT or -ENOMEM. */
int children_own(struct children **children, const char *name, size_t len,
		 struct node ***slot);

/* Add @node, whose name must not be there; takes over its reference.
 * Returns 0, or -ENOMEM and the list as it was. */
int children_insert(struct children **children, struct node *node,
		    uint64_t generation);

/* Take the child of that name out; the caller gets its reference.
 * Returns 0, -ENOENT or -ENOMEM. */
int children_remove(struct children **children, const char *name, size_t len,
		    uint64_t generation, struct node **node);

/* 0 for an empty list. */
uint64_t children_generation(const struct children *children);

/* A way through a list:
 *
 *     struct children_walk walk;
 *
 *     children_walk(&walk, node->children);
 *     while ((child = children_next(&walk)))
 *             ...
 */
#define CHILDREN_LEVELS_MAX 12 /* 8 children a block fill 2^36 */

struct children_walk {
	const struct children *block[CHILDREN_LEVELS_MAX];
	unsigned int index[CHILDREN_LEVELS_MAX];
	unsigned int depth;
};

void children_walk(struct children_walk *walk, const struct children *children);
struct node *children_next(struct children_walk *walk);

/* Move two ways on past what both lists share at the place where they are. */
void children_skip_common(struct children_walk *a, struct children_walk *b);
