/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * node - one node of the tree: a name, a value, permissions, children.
 *
 * A node is one allocation and is never changed while anybody else can see
 * it.  Who holds a node holds a reference; a node with one reference, in a
 * parent that is its holder's alone as well, is its holder's to change.  A
 * root is thus a snapshot of all that is below it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenstored/perms.h"

struct children;

struct node {
	uint32_t refs;
	uint16_t name_len;
	uint16_t value_len;
	union {
		struct perms *perms;
		struct node *next_doomed; /* once nobody holds it */
	};
	struct children *children; /* NULL if there are none */
	char bytes[];              /* the name, then the value */
};

/* A node without children; it takes a reference of @perms.  NULL: no memory. */
struct node *node_new(const char *name, size_t name_len, const void *value,
		      size_t value_len, struct perms *perms);
struct node *node_ref(struct node *node);

/* Drop a reference, and with the last one all that hangs off the node. */
void node_unref(struct node *node);

/* The same in steps: a node that nobody holds any more is added to *doomed;
 * node_reap() frees up to @max of them and of what hangs off them, and says
 * whether any are left. */
void node_drop(struct node *node, struct node **doomed);
bool node_reap(struct node **doomed, size_t max);

/* Make what *slot holds its holder's alone, by copying if it is shared.
 * Returns 0 or -ENOMEM. */
int node_own(struct node **slot);

/* Change a node that is its holder's alone. */
int node_set_value(struct node **slot, const void *value, size_t len);
void node_set_perms(struct node *node, struct perms *perms);

static inline const char *node_value(const struct node *node)
{
	return node->bytes + node->name_len;
}

/* What a node costs: itself and its place in its parent. */
static inline size_t node_size(const struct node *node)
{
	return sizeof(*node) + node->name_len + node->value_len +
	       sizeof(void *);
}
