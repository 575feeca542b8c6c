/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * walk - along a path through a tree of nodes, to look or to change.
 *
 * A change makes the nodes on its way its holder's alone, by copying those
 * that are shared, and leaves all others as they are.
 */

#include <stddef.h>
#include <stdint.h>

struct node;

/* How far a path goes. */
struct place {
	struct node *node;    /* at its end, or NULL if there is none */
	struct node *nearest; /* the deepest that exists above its end */
	const char *missing;  /* the first component that is not there */
	size_t n_missing;     /* how many are not */
};

void walk_to(struct node *root, const char *path, struct place *place);

/* The node at the end of @path, or NULL. */
struct node *walk_find(struct node *root, const char *path);

/* Make the way along @path its holder's alone, to its end or, if it is not
 * NULL, to the component before @end (which points into @path), and give the
 * place where the last node's parent keeps it.
 * Returns 0, -ENOENT or -ENOMEM. */
int walk_own(struct node **root, const char *path, const char *end,
	     struct node ***slot);

/*
 * All nodes at or below one, parents first, without recursion:
 *
 *     while ((r = walk_all_next(walk, &node)) == 0 && node)
 *             ... walk_all_path(walk) ...
 *
 * @path is that of the first node.  The tree must not change meanwhile.
 */
struct walk_all;

struct walk_all *walk_all(void *mem, struct node *root, const char *path);

/* Returns 0, with NULL at the end, or -ENOMEM. */
int walk_all_next(struct walk_all *walk, struct node **node);

/* The path of the last node; valid until the next one. */
const char *walk_all_path(const struct walk_all *walk);

/* Leave out what is below the last node. */
void walk_all_skip(struct walk_all *walk);
