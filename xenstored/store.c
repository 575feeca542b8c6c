/* SPDX-License-Identifier: MIT */

#include "xenstored/store.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "xenstored/children.h"
#include "xenstored/conn.h"
#include "xenstored/diff.h"
#include "xenstored/domain.h"
#include "xenstored/node.h"
#include "xenstored/orphans.h"
#include "xenstored/path.h"
#include "xenstored/server.h"
#include "xenstored/txn.h"
#include "xenstored/walk.h"
#include "xenstored/watch.h"

static const char *const special_names[SPECIAL_N] = {
	[SPECIAL_INTRODUCE] = "@introduceDomain",
	[SPECIAL_RELEASE] = "@releaseDomain",
};

int store_special(const char *path, enum special *special)
{
	for (size_t i = 0; i < ARRAY_SIZE(special_names); i++) {
		if (!strcmp(path, special_names[i])) {
			*special = i;
			return 0;
		}
	}

	return -ENOENT;
}

const char *store_special_name(enum special special)
{
	return special_names[special];
}

/* Looking */

static int look(struct conn *conn, struct txn *txn, const char *path,
		enum op_type type, struct node **node)
{
	if (txn)
		return txn_look(txn, type, path, node);

	return tree_get(conn->server->store.root, &conn->who, path, PERM_READ,
			node);
}

int store_read(struct conn *conn, struct txn *txn, const char *path,
	       struct node **node)
{
	return look(conn, txn, path, OP_READ, node);
}

int store_list(struct conn *conn, struct txn *txn, const char *path,
	       struct node **node)
{
	return look(conn, txn, path, OP_LIST, node);
}

int store_get_perms(struct conn *conn, struct txn *txn, const char *path,
		    struct perms **perms)
{
	enum special special;
	struct node *node;
	int r;

	if (path_is_special(path)) {
		r = store_special(path, &special);
		if (r < 0)
			return r;
		*perms = conn->server->store.special[special];
		return perms_of(*perms, &conn->who) & PERM_READ ? 0 : -EACCES;
	}

	r = look(conn, txn, path, OP_GET_PERMS, &node);
	if (r == 0)
		*perms = node->perms;
	return r;
}

/* Accounts */

static struct account *account_of(struct server *server,
				  const struct perms *perms)
{
	struct domain *domain;

	if (perms_owner_is_gone(perms))
		return NULL;

	domain = domain_find(server->domains, perms_owner(perms));
	return domain ? &domain->account : NULL;
}

static void count_in(struct server *server, const struct node *node)
{
	struct account *account = account_of(server, node->perms);

	if (!account)
		return;

	account_add(account, QUOTA_NODES, 1);
	account_add(account, QUOTA_MEMORY, node_size(node));
}

static void count_out(struct server *server, const struct node *node,
		      const struct perms *perms)
{
	struct account *account = account_of(server, perms);

	if (!account)
		return;

	account_sub(account, QUOTA_NODES, 1);
	account_sub(account, QUOTA_MEMORY, node_size(node));
}

/* New nodes, each the only child of the one before. */
static void count_created(struct server *server, struct node *node)
{
	while (node) {
		struct children_walk walk;

		count_in(server, node);
		children_walk(&walk, node->children);
		node = children_next(&walk);
	}
}

static void count_removed(struct server *server, struct node *root)
{
	struct walk_all walk;
	struct node *node;

	walk_all(&walk, root, "/");
	while ((node = walk_all_next(&walk)))
		count_out(server, node, node->perms);
}

static void count_value(struct server *server, const struct change *change)
{
	struct account *account = account_of(server, change->after);

	if (!account)
		return;
	if (change->new_len > change->old_len)
		account_add(account, QUOTA_MEMORY,
			    change->new_len - change->old_len);
	else
		account_sub(account, QUOTA_MEMORY,
			    change->old_len - change->new_len);
}

static void count_change(struct server *server, const struct change *change)
{
	switch (change->kind) {
	case CHANGE_NONE:
		break;
	case CHANGE_CREATED:
		count_created(server, change->node);
		break;
	case CHANGE_REMOVED:
		count_removed(server, change->removed);
		break;
	case CHANGE_VALUE:
		count_value(server, change);
		break;
	case CHANGE_PERMS:
		count_out(server, change->node, change->before);
		count_in(server, change->node);
		break;
	}
}

/* Changing */

struct writer store_writer(struct conn *conn, long added)
{
	const struct account *account = conn->account;
	long nodes = (long)account_limit(account, QUOTA_NODES) -
		     account->used[QUOTA_NODES] - added;

	return (struct writer){
		.who = &conn->who,
		.nodes_max = nodes > 0 ? nodes : 0,
		.value_max = account_limit(account, QUOTA_NODE_SIZE),
		.perms_max = account_limit(account, QUOTA_NODE_PERMISSIONS),
		.generation = &conn->server->store.generation,
	};
}

/* What a change of the store itself leads to. */
static void finish(struct server *server, const char *path,
		   struct change *change)
{
	if (change->kind != CHANGE_NONE) {
		count_change(server, change);
		watches_fire(server->watches, path, change);
	}
	change_done(change);
}

/* Whether the client may make us hold so many bytes more. */
static int check_memory(const struct conn *conn, size_t len)
{
	return len <= account_left(conn->account, QUOTA_MEMORY) ? 0 : -ENOMEM;
}

int store_write(struct conn *conn, struct txn *txn, const char *path,
		const void *value, size_t len)
{
	struct writer by = store_writer(conn, 0);
	struct change change;
	int r;

	if (txn)
		return txn_change(txn, OP_WRITE, path, value, len, NULL);

	r = check_memory(conn, len);
	if (r == 0)
		r = tree_write(&conn->server->store.root, &by, path, value, len,
			       &change);
	if (r == 0)
		finish(conn->server, path, &change);
	return r;
}

int store_mkdir(struct conn *conn, struct txn *txn, const char *path)
{
	struct writer by = store_writer(conn, 0);
	struct change change;
	int r;

	if (txn)
		return txn_change(txn, OP_MKDIR, path, NULL, 0, NULL);

	r = check_memory(conn, strlen(path));
	if (r == 0)
		r = tree_mkdir(&conn->server->store.root, &by, path, &change);
	if (r == 0)
		finish(conn->server, path, &change);
	return r;
}

int store_rm(struct conn *conn, struct txn *txn, const char *path)
{
	struct writer by = store_writer(conn, 0);
	struct change change;
	int r;

	if (txn)
		return txn_change(txn, OP_RM, path, NULL, 0, NULL);

	r = tree_rm(&conn->server->store.root, &by, path, &change);
	if (r == 0)
		finish(conn->server, path, &change);
	return r;
}

static int set_special(struct conn *conn, const char *path, struct perms *perms)
{
	struct store *store = &conn->server->store;
	enum special special;
	int r;

	r = store_special(path, &special);
	if (r < 0)
		return r;
	if (!(perms_of(store->special[special], &conn->who) & PERM_OWNER))
		return -EACCES;

	perms_unref(store->special[special]);
	store->special[special] = perms_ref(perms);
	return 0;
}

int store_set_perms(struct conn *conn, struct txn *txn, const char *path,
		    struct perms *perms)
{
	struct writer by = store_writer(conn, 0);
	struct change change;
	int r;

	if (path_is_special(path))
		return set_special(conn, path, perms);
	if (txn)
		return txn_change(txn, OP_SET_PERMS, path, NULL, 0, perms);

	r = tree_set_perms(&conn->server->store.root, &by, path, perms,
			   &change);
	if (r == 0)
		finish(conn->server, path, &change);
	return r;
}

/* Committing */

/* What a commit would add to the nodes of its client's domain.  A node that
 * is owned by a domain which died meanwhile must not come in. */
static int check_replacement(struct conn *conn, struct diff *diff)
{
	struct node *before, *after;
	long grown = 0;
	int r = 0;

	while (r == 0 && (r = diff_next(diff, &before, &after)) == 0 &&
	       (before || after)) {
		if (before && perms_owner(before->perms) == conn->who.domid)
			grown--;
		if (after && perms_owner(after->perms) == conn->who.domid)
			grown++;
		if (after && perms_owner_is_gone(after->perms))
			r = -EAGAIN;
	}

	if (r == 0 && grown > 0 &&
	    grown > (long)account_left(conn->account, QUOTA_NODES))
		r = -ENOSPC;
	return r;
}

static void count_replacement(struct server *server, struct diff *diff)
{
	struct node *before, *after;

	while (diff_next(diff, &before, &after) == 0 && (before || after)) {
		if (before)
			count_out(server, before, before->perms);
		if (after)
			count_in(server, after);
	}
}

int store_replace(struct conn *conn, struct node *root)
{
	struct store *store = &conn->server->store;
	CLEANUP(cleanup_talloc)
	struct diff *diff = diff_new(NULL, store->root, root);
	int r;

	if (!diff)
		return -ENOMEM;
	r = check_replacement(conn, diff);
	if (r < 0)
		return r;

	diff_restart(diff); /* the second time it has all the memory it needs */
	count_replacement(conn->server, diff);
	node_unref(store->root);
	store->root = node_ref(root);
	return 0;
}

/* The end of a domain */

static void remove_orphan(struct server *server, const struct writer *by,
			  const char *path)
{
	struct change change;

	if (tree_rm(&server->store.root, by, path, &change) == 0)
		finish(server, path, &change);
}

static void adopt_orphan(struct server *server, const struct writer *by,
			 const char *path)
{
	struct node *node = walk_find(server->store.root, path);
	struct perms *perms =
		perms_with_owner(node->perms, server->options.priv);
	struct change change;

	if (perms &&
	    tree_set_perms(&server->store.root, by, path, perms, &change) == 0)
		finish(server, path, &change);
	if (perms)
		perms_unref(perms);
}

void store_forget_domain(struct server *server, domid_t domid)
{
	const struct domain *domain = domain_find(server->domains, domid);
	const struct who us = { .domid = server->options.priv,
				.target = server->options.priv,
				.privileged = true };
	const struct writer by = {
		.who = &us,
		.nodes_max = SIZE_MAX,
		.value_max = SIZE_MAX,
		.perms_max = SIZE_MAX,
		.generation = &server->store.generation,
	};
	const char **paths = NULL;
	size_t n = 0;

	/* The root stays, whoever owned it. */
	if (perms_owner(server->store.root->perms) == domid)
		adopt_orphan(server, &by, "/");
	if (orphans_find(NULL, server->store.root, domid,
			 domain->account.used[QUOTA_NODES],
			 server->options.keep_orphans, &paths, &n) < 0)
		log_host(server->log,
			 "no memory to find all nodes of domain %u", domid);

	for (size_t i = 0; i < n; i++) {
		if (server->options.keep_orphans)
			adopt_orphan(server, &by, paths[i]);
		else
			remove_orphan(server, &by, paths[i]);
	}

	talloc_free(paths);
	perms_forget(server->store.perms, domid);
}

/* The store at the start and at the end */

static int init_special(struct store *store, domid_t priv)
{
	const struct perm nobody = { .domid = priv };
	const struct perm all[] = {
		{ .domid = priv }, { .domid = DOMID_ANY, .access = PERM_READ }
	};

	store->special[SPECIAL_INTRODUCE] = perms_new(store->perms, &nobody, 1);
	store->special[SPECIAL_RELEASE] =
		perms_new(store->perms, all, ARRAY_SIZE(all));

	return store->special[SPECIAL_INTRODUCE] &&
			       store->special[SPECIAL_RELEASE]
		       ? 0
		       : -ENOMEM;
}

static int init_nodes(struct server *server)
{
	struct store *store = &server->store;
	const struct who us = { .domid = server->options.priv,
				.privileged = true };
	struct writer by = { .who = &us,
			     .nodes_max = SIZE_MAX,
			     .value_max = SIZE_MAX,
			     .perms_max = SIZE_MAX,
			     .generation = &store->generation };
	const struct perm owner = { .domid = server->options.priv };
	struct perms *perms = perms_new(store->perms, &owner, 1);
	struct change change;
	int r = -ENOMEM;

	if (!perms)
		return -ENOMEM;

	store->root = node_new("", 0, "", 0, perms);
	perms_unref(perms);
	if (store->root)
		r = tree_mkdir(&store->root, &by, "/tool/xenstored", &change);
	if (r < 0)
		return r;

	count_in(server, store->root);
	count_change(server, &change);
	return 0;
}

int store_init(struct server *server)
{
	struct store *store = &server->store;
	int r;

	store->perms = perms_table_new(server);
	if (!store->perms)
		return -ENOMEM;

	r = init_special(store, server->options.priv);
	return r < 0 ? r : init_nodes(server);
}

void store_free(struct store *store)
{
	if (store->root)
		node_unref(store->root);
	store->root = NULL;
	for (size_t i = 0; i < SPECIAL_N; i++) {
		if (store->special[i])
			perms_unref(store->special[i]);
		store->special[i] = NULL;
	}
}
