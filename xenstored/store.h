/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * store - the tree that all clients see, and what follows from a change.
 *
 * Each function is for the store itself, or for a transaction's view of it
 * if @txn is not NULL.  A change of the store is charged to the owners of the
 * nodes and told to the watches at once; one in a transaction when it
 * commits.
 */

#include <stddef.h>
#include <stdint.h>

#include "xenstored/perms.h"
#include "xenstored/tree.h"

struct conn;
struct node;
struct server;
struct txn;

/* Names that have permissions and watches, but are no nodes. */
enum special { SPECIAL_INTRODUCE, SPECIAL_RELEASE, SPECIAL_N };

struct store {
	struct node *root;
	struct perms_table *perms;
	struct perms *special[SPECIAL_N];
	uint64_t generation; /* of the last change of a list of children */
	uint64_t n_commits;
	uint64_t n_conflicts;
};

/* The initial tree.  It is to be freed before what it hangs off. */
int store_init(struct server *server);
void store_free(struct store *store);

int store_read(struct conn *conn, struct txn *txn, const char *path,
	       struct node **node);
int store_list(struct conn *conn, struct txn *txn, const char *path,
	       struct node **node);
int store_get_perms(struct conn *conn, struct txn *txn, const char *path,
		    struct perms **perms);
int store_write(struct conn *conn, struct txn *txn, const char *path,
		const void *value, size_t len);
int store_mkdir(struct conn *conn, struct txn *txn, const char *path);
int store_rm(struct conn *conn, struct txn *txn, const char *path);
int store_set_perms(struct conn *conn, struct txn *txn, const char *path,
		    struct perms *perms);

/* What @conn may write, as a struct writer; @added nodes (less than 0 if it
 * removed some) are not yet counted in its account. */
struct writer store_writer(struct conn *conn, long added);

/* Let @root be the store's, as @conn's commit asks: the differences are
 * charged.  Returns 0, -ENOSPC or -ENOMEM. */
int store_replace(struct conn *conn, struct node *root);

/* The special name that @path is; -ENOENT. */
int store_special(const char *path, enum special *special);
const char *store_special_name(enum special special);

/* @domid is gone: remove the nodes that it owns, with what is below them,
 * or give them to the privileged domain if orphans are kept. */
void store_forget_domain(struct server *server, domid_t domid);
