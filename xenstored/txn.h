/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * txn - transactions: a snapshot, what was seen of it, what is to be changed.
 *
 * A transaction starts with a reference to the root, which is a snapshot, and
 * changes a version of its own.  It remembers what its client observed: each
 * path that it read, and what of it (value, children, permissions; or that it
 * was not there, or not for it to see).  It logs what its client changed.
 *
 * At the end, if the store is still what it was, the own version becomes the
 * store.  Otherwise each observation is made again; if one differs, the end
 * is EAGAIN.  Then the log is replayed on the store of now; if an operation
 * turns out otherwise than before, the end is EAGAIN too.  A transaction is
 * thus as if it all had happened at its end, and two that create different
 * children of one node, or write without having read, do not conflict.  One
 * that only looked is as if it had happened at its start, and never fails.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/list.h"
#include "xenstored/quota.h"
#include "xenstored/tree.h"

struct conn;
struct node;
struct perms;

/* What of a node was observed. */
enum {
	SAW_VALUE = 1 << 0,
	SAW_CHILDREN = 1 << 1,
	SAW_PERMS = 1 << 2,
};

struct txn {
	struct conn *conn;
	struct list of_conn;
	uint32_t id;
	struct node *base;   /* as it was at the start */
	struct node *root;   /* as it is to be */
	struct list touched; /* struct touch, in the order of first use */
	struct hash touches; /* the same by path */
	size_t n_touched;
	struct list log; /* struct op */
	domid_t target;  /* its client's at the start */
	long n_added;    /* nodes of its client's domain, less those removed */
	bool failed;     /* cannot be committed any more */
	struct charge count, memory;
};

/* Returns 0, -ENOSPC or -ENOMEM. */
int txn_start(struct conn *conn, struct txn **txn);

struct txn *txn_find(struct conn *conn, uint32_t id);

/* Commit, and free the transaction.
 * Returns 0, -EAGAIN, -ENOSPC or -ENOMEM. */
int txn_commit(struct txn *txn);

/* Remember that the client looked at @path and saw @what (SAW_*) of it.
 * Returns 0, -ENOSPC or -ENOMEM. */
int txn_saw(struct txn *txn, const char *path, unsigned int what);

/* Do a change in the transaction, and log it.  Errors are logged as well:
 * they are part of what the client learned. */
enum op_type { OP_WRITE, OP_MKDIR, OP_RM, OP_SET_PERMS };

int txn_change(struct txn *txn, enum op_type type, const char *path,
	       const void *value, size_t len, struct perms *perms);
