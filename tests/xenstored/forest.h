/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * forest - trees of nodes for tests, without a server around them.
 *
 *     struct forest *f = forest_new(t);
 *
 *     plant(f, "/a/b", "value");
 *     old = forest_snapshot(f);
 *     cut(f, "/a");
 *
 * All nodes belong to domain 0.  A snapshot is freed with the forest.
 */

#include "xenstored/tree.h"

struct node;
struct perms_table;
struct test;

struct forest {
	struct perms_table *table;
	struct node *root;
	uint64_t generation;
	struct who who;
	struct writer by; /* privileged and without limits */
	struct node **snapshots;
};

struct forest *forest_new(struct test *t);

/* Write a value; remove a node; both must succeed. */
void plant(struct forest *f, const char *path, const char *value);
void cut(struct forest *f, const char *path);

struct node *forest_snapshot(struct forest *f);

/* The list that is written "n0 r5"; the caller has a reference. */
struct perms *perms_of_text(struct perms_table *table, const char *text);

/* "/a=1 /a/b=2": all nodes but the root, parents first, as a child of @mem. */
const char *forest_text(void *mem, struct node *root);

/* What is there at a path of a random number, of some hundred. */
const char *forest_path(uint64_t number);
