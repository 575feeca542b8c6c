/* SPDX-License-Identifier: MIT */

/*
 * txn - transactions of the model: ask it all again at the end.
 */

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/model/inside.h"

struct m_txn *txn_by_id(struct model *model, unsigned int client, uint32_t id)
{
	struct m_client *c = &model->client[client];

	for (unsigned int i = 0; i <= TXNS_MAX; i++) {
		if (c->txn[i].id == id)
			return &c->txn[i];
	}

	return NULL;
}

int txn_begin(struct model *model, unsigned int client, uint32_t id)
{
	struct m_client *c = &model->client[client];
	struct m_txn *txn = NULL;

	for (unsigned int i = 0; i < TXNS_MAX; i++) {
		if (!c->txn[i].id)
			txn = &c->txn[i];
	}
	if (!txn)
		return -ENOSPC;

	*txn = (struct m_txn){
		.id = id,
		.base = m_tree_copy(model, model->tree),
		.tree = m_tree_copy(model, model->tree),
		.started = model->n_changes,
		.target = model->domain[c->domid].target,
	};
	return 0;
}

void txn_drop(struct m_txn *txn)
{
	if (!txn->id)
		return;

	for (size_t i = 0; i < txn->n_ops; i++)
		talloc_free(txn->op[i].reply);
	talloc_free(txn->base);
	talloc_free(txn->tree);
	*txn = (struct m_txn){ .id = 0 };
}

void txn_forget(struct m_txn *txn, uint16_t domid)
{
	if (!txn->id)
		return;

	m_forget(txn->base, domid);
	m_forget(txn->tree, domid);
	for (size_t i = 0; i < txn->n_ops; i++)
		m_forget_in(&txn->op[i].request.perms, domid);
}

static struct m_touch *touch(struct m_txn *txn, const char *path,
			     bool is_limited)
{
	struct m_touch *t;

	for (size_t i = 0; i < txn->n_touched; i++) {
		if (!strcmp(txn->touch[i].path, path))
			return &txn->touch[i];
	}
	if (is_limited && txn->n_touched == TXN_NODES_MAX)
		return NULL;

	t = &txn->touch[txn->n_touched++];
	*t = (struct m_touch){ .changed = false };
	strcpy(t->path, path);
	return t;
}

/* Do one thing in a transaction's tree, for a client that owned so many nodes
 * in the tree that it started with. */
static char *do_in(void *mem, struct m_tree *tree, struct m_who who, long owned,
		   const struct m_request *request, struct m_touch *t, int *r)
{
	bool changed;
	char *reply;

	who.nodes_max -= m_count_owned(tree, who.domid) - owned;
	reply = model_do(mem, tree, &who, request, r, &changed);
	t->changed |= changed;
	t->removed |= changed && request->type == XS_RM;
	return reply;
}

char *txn_ask(void *mem, struct model *model, unsigned int client,
	      struct m_txn *txn, const struct m_request *request)
{
	struct m_who who = model_who(model, client);
	struct m_touch *t = touch(txn, request->path, !who.privileged);
	struct m_op *op;
	int r;

	if (!t) {
		txn->failed = true;
		return model_error(mem, -ENOSPC);
	}

	assert(txn->n_ops < OPS_MAX);
	op = &txn->op[txn->n_ops++];
	op->request = *request;
	op->reply = do_in(model, txn->tree, who,
			  m_count_owned(txn->base, who.domid), request, t, &r);
	txn->wrote |= model_is_change(request->type);
	txn->failed |= r == -ENOSPC;
	return talloc_strdup(mem, op->reply);
}

/* The end */

/* Ask it all again, of the tree as it is now. */
static int ask_again(struct model *model, struct m_txn *txn,
		     const struct m_who *who, struct m_tree *tree)
{
	long owned = m_count_owned(model->tree, who->domid);

	for (size_t i = 0; i < txn->n_touched; i++)
		txn->touch[i].changed = txn->touch[i].removed = false;

	for (size_t i = 0; i < txn->n_ops; i++) {
		const struct m_op *op = &txn->op[i];
		struct m_touch *t = touch(txn, op->request.path, false);
		bool same;
		char *reply;
		int r;

		reply = do_in(NULL, tree, *who, owned, &op->request, t, &r);
		same = !strcmp(reply, op->reply);
		talloc_free(reply);
		if (!same)
			return r == -ENOSPC ? r : -EAGAIN;
	}

	return 0;
}

/* What is new in a tree must not belong to the dead, nor be too much. */
static int check_result(struct model *model, const struct m_who *who,
			const struct m_tree *tree)
{
	long growth = m_count_owned(tree, who->domid) -
		      m_count_owned(model->tree, who->domid);

	for (size_t i = 0; i < tree->n; i++) {
		if (m_owner_is_gone(&tree->node[i].perms))
			return -EAGAIN;
	}

	return !who->privileged && growth > 0 && growth > who->nodes_max
		       ? -ENOSPC
		       : 0;
}

static int commit(struct model *model, const struct m_who *who,
		  struct m_txn *txn)
{
	bool is_alone =
		txn->started == model->n_changes && txn->target == who->target;
	struct m_tree *tree =
		m_tree_copy(model, is_alone ? txn->tree : model->tree);
	struct m_tree *before = model->tree;
	int r = 0;

	if (!is_alone)
		r = ask_again(model, txn, who, tree);
	if (r == 0)
		r = check_result(model, who, tree);
	if (r < 0) {
		talloc_free(tree);
		return r;
	}

	model->tree = tree;
	model->n_changes++;
	for (size_t i = 0; i < txn->n_touched; i++) {
		const struct m_touch *t = &txn->touch[i];

		if (t->changed &&
		    (m_node(before, t->path) || m_node(tree, t->path)))
			model_fire(model, t->path, before, tree, t->removed);
	}
	talloc_free(before);
	return 0;
}

int txn_end(struct model *model, unsigned int client, struct m_txn *txn,
	    bool is_commit)
{
	struct m_who who = model_who(model, client);
	int r = 0;

	if (is_commit && txn->failed)
		r = -ENOMEM;
	else if (is_commit && txn->wrote)
		r = commit(model, &who, txn);

	txn_drop(txn);
	return r;
}
