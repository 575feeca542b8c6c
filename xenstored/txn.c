/* SPDX-License-Identifier: MIT */

#include "xenstored/txn.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/children.h"
#include "xenstored/conn.h"
#include "xenstored/node.h"
#include "xenstored/server.h"
#include "xenstored/walk.h"
#include "xenstored/watch.h"

/* A path that the transaction had to do with. */
struct touch {
	struct list of_txn;
	struct hash_link of_touches;
	unsigned int saw; /* SAW_* */
	bool wrote_value;
	bool removed;
	bool changed;
	size_t len;
	char path[];
};

struct op {
	struct list of_txn;
	enum op_type type;
	int result;
	bool changed; /* it did something */
	struct perms *perms;
	size_t len;
	const char *path;
	uint8_t value[];
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

int txn_saw(struct txn *txn, const char *path, unsigned int what)
{
	struct touch *t;
	int r;

	r = touch(txn, path, &t);
	if (r < 0) {
		txn->failed = true;
		return r;
	}

	/* What it wrote itself tells it nothing about others. */
	if (t->wrote_value)
		what &= ~SAW_VALUE;
	t->saw |= what;
	return 0;
}

/* Changes */

static int free_op(struct op *op)
{
	if (op->perms)
		perms_unref(op->perms);
	return 0;
}

static int do_op(struct node **root, const struct writer *by,
		 const struct op *op, struct change *change)
{
	switch (op->type) {
	case OP_WRITE:
		return tree_write(root, by, op->path, op->value, op->len,
				  change);
	case OP_MKDIR:
		return tree_mkdir(root, by, op->path, change);
	case OP_RM:
		return tree_rm(root, by, op->path, change);
	case OP_SET_PERMS:
		return tree_set_perms(root, by, op->path, op->perms, change);
	}

	return -EINVAL;
}

static struct op *new_op(struct txn *txn, enum op_type type,
			 const struct touch *touch, const void *value,
			 size_t len, struct perms *perms)
{
	struct op *op;

	if (pay(txn, sizeof(*op) + len) < 0)
		return NULL;
	op = talloc_zero_size(txn, sizeof(*op) + len);
	if (!op)
		return NULL;

	op->type = type;
	op->path = touch->path;
	op->perms = perms ? perms_ref(perms) : NULL;
	op->len = len;
	if (len)
		memcpy(op->value, value, len);
	talloc_set_destructor(op, free_op);
	return op;
}

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

int txn_change(struct txn *txn, enum op_type type, const char *path,
	       const void *value, size_t len, struct perms *perms)
{
	struct writer by = store_writer(txn->conn, txn->n_added);
	struct change change = { 0 };
	struct touch *t;
	struct op *op;
	int r;

	r = touch(txn, path, &t);
	op = r == 0 ? new_op(txn, type, t, value, len, perms) : NULL;
	if (!op) {
		txn->failed = true;
		return r ?: -ENOMEM;
	}

	r = do_op(&txn->root, &by, op, &change);
	if (r == -ENOMEM || r == -ENOSPC)
		txn->failed = true;

	op->result = r;
	op->changed = r == 0 && change.kind != CHANGE_NONE;
	list_add(&txn->log, &op->of_txn);
	if (op->changed) {
		t->changed = true;
		t->wrote_value |= type == OP_WRITE;
		t->removed |= type == OP_RM;
		txn->n_added += growth(&txn->conn->who, &change);
	}
	change_done(&change);
	return r;
}

/* Commit */

static bool same_value(const struct node *a, const struct node *b)
{
	return a->value_len == b->value_len &&
	       !memcmp(node_value(a), node_value(b), a->value_len);
}

static bool looks_the_same(const struct node *a, const struct node *b,
			   unsigned int saw)
{
	if (a == b)
		return true;
	if (saw & SAW_VALUE && !same_value(a, b))
		return false;
	if (saw & SAW_CHILDREN && children_generation(a->children) !=
					  children_generation(b->children))
		return false;

	return !(saw & SAW_PERMS) || perms_equal(a->perms, b->perms);
}

/* Whether what the client saw of @base it would see of @now. */
static bool still_true(const struct txn *txn, const struct touch *touch,
		       struct node *now)
{
	const struct who *who = &txn->conn->who;
	struct node *a, *b;
	int before = tree_get(txn->base, who, touch->path, PERM_READ, &a);

	if (tree_get(now, who, touch->path, PERM_READ, &b) != before)
		return false;

	return before < 0 || looks_the_same(a, b, touch->saw);
}

static int check_observations(const struct txn *txn, struct node *now)
{
	struct touch *touch;

	list_for_each(&txn->touched, touch, of_txn) {
		if (touch->saw && !still_true(txn, touch, now))
			return -EAGAIN;
	}

	return 0;
}

/* Do it all again, on a version of the store as it is now. */
static int replay(struct txn *txn, struct node **root)
{
	struct op *op;
	long added = 0;

	list_for_each(&txn->log, op, of_txn) {
		struct writer by = store_writer(txn->conn, added);
		struct change change = { 0 };
		int r = do_op(root, &by, op, &change);
		bool changed = r == 0 && change.kind != CHANGE_NONE;

		added += growth(&txn->conn->who, &change);
		change_done(&change);
		if (r == -ENOMEM || r == -ENOSPC)
			return r;
		if (r != op->result || changed != op->changed)
			return -EAGAIN;
	}

	return 0;
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
	r = check_observations(txn, now);
	if (r == 0)
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

	if (r == 0 && !list_empty(&txn->log))
		r = commit(txn);
	store->n_commits += r == 0;
	store->n_conflicts += r == -EAGAIN;
	talloc_free(txn);
	return r;
}
