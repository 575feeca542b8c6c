/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * op - one thing that a client did in a transaction, and what came of it.
 *
 * It can be done again on another tree, to see whether the client would have
 * noticed a difference.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "xenstored/tree.h"

struct node;
struct perms;
struct touch;

enum op_type {
	OP_READ,
	OP_LIST,
	OP_GET_PERMS,
	OP_WRITE,
	OP_MKDIR,
	OP_RM,
	OP_SET_PERMS,
};

struct op {
	struct list of_txn;
	struct touch *touch; /* the transaction's, for @path */
	enum op_type type;
	int result;
	const char *path;    /* not the op's */
	struct perms *perms; /* to be set */
	struct node *seen;   /* as it was looked at */
	size_t len;
	uint8_t value[]; /* to be written; or the text that was seen */
};

/* A change that is to be done.  NULL: no memory. */
struct op *op_new(void *mem, enum op_type type, const char *path,
		  const void *value, size_t len, struct perms *perms);

/* A look that had this result, and saw @node if that is 0. */
struct op *op_look(void *mem, enum op_type type, const char *path, int result,
		   struct node *node);

bool op_is_change(const struct op *op);

/* What it takes to keep it. */
size_t op_size(const struct op *op);

/* Do a change; the result is that of tree.h. */
int op_change(const struct op *op, struct node **root, const struct writer *by,
	      struct change *change);

/* Whether @who would see the same if it looked at @root. */
bool op_looks_the_same(const struct op *op, struct node *root,
		       const struct who *who);
