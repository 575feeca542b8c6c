/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * txn - transactions: a snapshot, and a log of what was done with it.
 *
 * A transaction starts with a reference to the root, which is a snapshot, and
 * changes a version of its own.  It logs what its client did and saw.
 *
 * At the end, if the store is still what it was, the own version becomes the
 * store.  Otherwise all of the log is done again on the store of now; if the
 * client would have got another answer to anything, the end is EAGAIN.  A
 * transaction is thus as if it all had happened at its end, and two that
 * create different children of one node, or write without having read, do not
 * conflict.  One that only looked is as if it had happened at its start, and
 * never fails.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/list.h"
#include "xenstored/op.h"
#include "xenstored/quota.h"
#include "xenstored/tree.h"

struct conn;
struct node;
struct perms;

struct txn {
	struct conn *conn;
	struct list of_conn;
	uint32_t id;
	struct node *base;   /* as it was at the start */
	struct node *root;   /* as it is to be */
	struct list touched; /* struct touch, in the order of first use */
	struct hash touches; /* the same by path */
	size_t n_touched;
	struct list log;  /* struct op */
	size_t n_changes; /* of the log, failed ones included */
	domid_t target;   /* its client's at the start */
	long n_added;     /* nodes of its client's domain, less those removed */
	bool failed;      /* cannot be committed any more */
	struct charge count, memory;
};

/* Returns 0, -ENOSPC or -ENOMEM. */
int txn_start(struct conn *conn, struct txn **txn);

struct txn *txn_find(struct conn *conn, uint32_t id);

/* Commit, and free the transaction.
 * Returns 0, -EAGAIN, -ENOSPC or -ENOMEM. */
int txn_commit(struct txn *txn);

/* Look at a node (OP_READ, OP_LIST, OP_GET_PERMS).  Like what is changed, it
 * is logged with its result: that is what the client learned. */
int txn_look(struct txn *txn, enum op_type type, const char *path,
	     struct node **node);

/* Change one. */
int txn_change(struct txn *txn, enum op_type type, const char *path,
	       const void *value, size_t len, struct perms *perms);
