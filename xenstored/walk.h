/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * walk - along a path through a tree of nodes, to look or to change.
 *
 * A change makes the nodes on its way its holder's alone, by copying those
 * that are shared, and leaves all others as they are.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenstored/path.h"

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
 * All nodes at or below one, parents first, without recursion and without
 * memory, so that it cannot fail:
 *
 *     struct walk_all walk;
 *
 *     walk_all(&walk, root, "/");
 *     while ((node = walk_all_next(&walk)))
 *             ... walk.path ...
 *
 * The path is that of the first node.  The tree must not change meanwhile.
 */
struct walk_all {
	char path[PATH_TEXT_MAX + 1]; /* of the last node */
	size_t path_len;
	const struct node
		*above[PATH_STEPS_MAX + 1]; /* it, from the first on */
	size_t depth;
	struct node *next; /* if it is known */
	bool skip;         /* what is below the last node */
};

void walk_all(struct walk_all *walk, struct node *root, const char *path);

/* The next node, NULL at the end. */
struct node *walk_all_next(struct walk_all *walk);

/* Leave out what is below the last node. */
void walk_all_skip(struct walk_all *walk);
