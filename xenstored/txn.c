/* SPDX-License-Identifier: MIT */

#include "xenstored/txn.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/conn.h"
#include "xenstored/node.h"
#include "xenstored/op.h"
#include "xenstored/server.h"
#include "xenstored/walk.h"
#include "xenstored/watch.h"

/* A path that the transaction had to do with. */
struct touch {
	struct list of_txn;
	struct hash_link of_touches;
	unsigned int looked; /* in these ways (1 << OP_*) ... */
	size_t looked_at;    /* ... since this change of the transaction */
	bool removed;
	bool changed;
	size_t len;
	char path[];
};

static int free_txn(struct txn *txn)
{
	list_remove(&txn->of_conn);
	charge_drop(&txn->count);
	charge_drop(&txn->memory);
	node_unref(txn->base);
	node_unref(txn->root);
	return 0;
}

static uint32_t unused_id(struct conn *conn)
{
	do
		conn->last_txn_id++;
	while (!conn->last_txn_id || txn_find(conn, conn->last_txn_id));

	return conn->last_txn_id;
}

int txn_start(struct conn *conn, struct txn **result)
{
	struct txn *txn = talloc_zero(conn, struct txn);
	int r;

	if (!txn)
		return -ENOMEM;

	r = hash_init(&txn->touches, txn, &conn->server->secret);
	if (r == 0)
		r = charge_make(&txn->count, conn->account, QUOTA_TRANSACTIONS,
				1);
	if (r < 0) {
		talloc_free(txn);
		return r;
	}

	txn->memory = (struct charge){ conn->account, QUOTA_MEMORY, 0 };
	txn->conn = conn;
	txn->target = conn->who.target;
	txn->id = unused_id(conn);
	txn->base = node_ref(conn->server->store.root);
	txn->root = node_ref(txn->base);
	list_init(&txn->touched);
	list_init(&txn->log);
	list_add(&conn->txns, &txn->of_conn);
	talloc_set_destructor(txn, free_txn);
	*result = txn;
	return 0;
}

struct txn *txn_find(struct conn *conn, uint32_t id)
{
	struct txn *txn;

	list_for_each(&conn->txns, txn, of_conn) {
		if (txn->id == id)
			return txn;
	}

	return NULL;
}

/* Memory of the transaction is charged to its client's domain. */
static int pay(struct txn *txn, size_t bytes)
{
	if (bytes > account_left(txn->conn->account, QUOTA_MEMORY))
		return -ENOMEM;

	account_add(txn->conn->account, QUOTA_MEMORY, bytes);
	txn->memory.amount += bytes;
	return 0;
}

static struct touch *find_touch(struct txn *txn, const char *path, size_t len,
				uint32_t value)
{
	struct touch *touch;

	hash_for_each(&txn->touches, value, touch, of_touches) {
		if (touch->len == len && !memcmp(touch->path, path, len))
			return touch;
	}

	return NULL;
}

static int touch(struct txn *txn, const char *path, struct touch **result)
{
	size_t len = strlen(path);
	uint32_t value = hash_value(&txn->touches, 0, path, len);
	struct touch *touch = find_touch(txn, path, len, value);
	int r;

	*result = touch;
	if (touch)
		return 0;
	if (txn->n_touched >=
	    account_limit(txn->conn->account, QUOTA_TRANSACTION_NODES))
		return -ENOSPC;

	r = pay(txn, sizeof(*touch) + len + 1);
	if (r < 0)
		return r;
	touch = talloc_zero_size(txn, sizeof(*touch) + len + 1);
	if (!touch)
		return -ENOMEM;

	touch->len = len;
	memcpy(touch->path, path, len + 1);
	list_add(&txn->touched, &touch->of_txn);
	hash_add(&txn->touches, &touch->of_touches, value);
	txn->n_touched++;
	*result = touch;
	return 0;
}

/* Keep an entry of the log, which is paid for. */
static int keep(struct txn *txn, struct op *op, struct touch *touch)
{
	if (!op || pay(txn, op_size(op)) < 0) {
		talloc_free(op);
		return -ENOMEM;
	}

	op->touch = touch;
	list_add(&txn->log, &op->of_txn);
	return 0;
}

/* Looking */

/* Whether the client saw just this before, and changed nothing since. */
static bool is_known(const struct txn *txn, struct touch *touch,
		     enum op_type type)
{
	bool known = touch->looked_at == txn->n_changes &&
		     touch->looked & 1u << type;

	if (touch->looked_at != txn->n_changes)
		touch->looked = 0;
	touch->looked_at = txn->n_changes;
	touch->looked |= 1u << type;
	return known;
}

static int look(struct txn *txn, enum op_type type, const char *path,
		struct node **node, int *result)
{
	struct touch *t;
	int r;

	r = touch(txn, path, &t);
	if (r < 0)
		return r;

	*result = tree_get(txn->root, &txn->conn->who, path, PERM_READ, node);
	if (is_known(txn, t, type))
		return 0;

	return keep(txn, op_look(txn, type, t->path, *result, *node), t);
}

int txn_look(struct txn *txn, enum op_type type, const char *path,
	     struct node **node)
{
	int result = 0;
	int r = look(txn, type, path, node, &result);

	if (r < 0)
		txn->failed = true;
	return r < 0 ? r : result;
}

/* Changing */

static long count_own(const struct who *who, struct node *top)
{
	struct walk_all walk;
	struct node *node;
	long n = 0;

	walk_all(&walk, top, "/");
	while ((node = walk_all_next(&walk)))
		n += perms_owner(node->perms) == who->domid;

	return n;
}

/* How many nodes of its own a client has more after a change.  It is not
 * asked of the privileged, who have no limit. */
static long growth(const struct who *who, const struct change *change)
{
	if (who->privileged)
		return 0;
	if (change->kind == CHANGE_CREATED)
		return change->n_created;

	return change->removed ? -count_own(who, change->removed) : 0;
}

/* Do a change in a version of the tree, for a client that has @added nodes
 * there that are not in its account. */
static int apply(struct txn *txn, struct node **root, const struct op *op,
		 long *added)
{
	struct writer by = store_writer(txn->conn, *added);
	struct change change = { 0 };
	int r = op_change(op, root, &by, &change);

	if (r == 0 && change.kind != CHANGE_NONE) {
		op->touch->changed = true;
		op->touch->removed |= op->type == OP_RM;
		*added += growth(&txn->conn->who, &change);
	}
	change_done(&change);
	return r;
}

static int change(struct txn *txn, enum op_type type, const char *path,
		  const void *value, size_t len, struct perms *perms,
		  struct op **op)
{
	struct touch *t;
	int r;

	r = touch(txn, path, &t);
	if (r < 0)
		return r;

	*op = op_new(txn, type, t->path, value, len, perms);
	return keep(txn, *op, t);
}

int txn_change(struct txn *txn, enum op_type type, const char *path,
	       const void *value, size_t len, struct perms *perms)
{
	struct op *op;
	int r;

	r = change(txn, type, path, value, len, perms, &op);
	if (r == 0) {
		txn->n_changes++;
		r = apply(txn, &txn->root, op, &txn->n_added);
		op->result = r;
	}
	if (r == -ENOMEM || r == -ENOSPC)
		txn->failed = true;

	return r;
}

/* Commit */

static int change_again(struct txn *txn, struct node **root,
			const struct op *op, long *added)
{
	int r = apply(txn, root, op, added);

	if (r == -ENOMEM || r == -ENOSPC)
		return r;

	return r == op->result ? 0 : -EAGAIN;
}

/* Do it all again, on a version of the store as it is now. */
static int replay(struct txn *txn, struct node **root)
{
	struct touch *t;
	struct op *op;
	long added = 0;
	int r = 0;

	list_for_each(&txn->touched, t, of_txn)
		t->changed = t->removed = false;

	list_for_each(&txn->log, op, of_txn) {
		if (op_is_change(op))
			r = change_again(txn, root, op, &added);
		else if (!op_looks_the_same(op, *root, &txn->conn->who))
			r = -EAGAIN;
		if (r < 0)
			break;
	}

	return r;
}

/* Whether nothing happened since the start that could make a difference. */
static bool is_alone(const struct txn *txn)
{
	return txn->conn->server->store.root == txn->base &&
	       txn->conn->who.target == txn->target;
}

/* The root that the commit leads to; the caller gets a reference. */
static int final_root(struct txn *txn, struct node **root)
{
	struct node *now = txn->conn->server->store.root;
	int r;

	if (is_alone(txn)) {
		*root = node_ref(txn->root);
		return 0;
	}

	*root = node_ref(now);
	r = replay(txn, root);
	if (r < 0)
		node_unref(*root);

	return r;
}

static void fire(struct txn *txn, const struct touch *touch,
		 struct node *before, struct node *after)
{
	struct place old, new;
	struct change change = { .kind = CHANGE_VALUE };

	walk_to(before, touch->path, &old);
	walk_to(after, touch->path, &new);
	if (!old.node && !new.node)
		return;

	change.before = old.node ? old.node->perms : NULL;
	change.after = new.node ? new.node->perms : NULL;
	change.parent = new.nearest->perms;
	if (touch->removed)
		change.removed = old.node;
	watches_fire(txn->conn->server->watches, touch->path, &change);
}

static void fire_all(struct txn *txn, struct node *before, struct node *after)
{
	struct touch *touch;

	list_for_each(&txn->touched, touch, of_txn) {
		if (touch->changed)
			fire(txn, touch, before, after);
	}
}

static int commit(struct txn *txn)
{
	struct node *before = txn->conn->server->store.root;
	struct node *after;
	int r;

	r = final_root(txn, &after);
	if (r < 0)
		return r;

	node_ref(before);
	r = store_replace(txn->conn, after);
	if (r == 0)
		fire_all(txn, before, after);
	node_unref(after);
	node_unref(before);
	return r;
}

int txn_commit(struct txn *txn)
{
	struct store *store = &txn->conn->server->store;
	int r = txn->failed ? -ENOMEM : 0;

	if (r == 0 && txn->n_changes)
		r = commit(txn);
	store->n_commits += r == 0;
	store->n_conflicts += r == -EAGAIN;
	talloc_free(txn);
	return r;
}
