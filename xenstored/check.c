/* SPDX-License-Identifier: MIT */

#include "xenstored/check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "xenstored/children.h"
#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/node.h"
#include "xenstored/queue.h"
#include "xenstored/server.h"
#include "xenstored/txn.h"
#include "xenstored/walk.h"
#include "xenstored/watch.h"

struct counts {
	uint32_t nodes;
	uint32_t watches;
	uint32_t transactions;
	uint32_t memory;
};

/* Names in order, none twice, and each the one under which it is found. */
static bool has_good_children(struct node *node)
{
	struct children_walk walk;
	const struct node *child, *last = NULL;

	children_walk(&walk, node->children);
	while ((child = children_next(&walk))) {
		size_t len = child->name_len;

		if (children_find(node->children, child->bytes, len) != child)
			return false;
		if (last && last->name_len == len &&
		    !memcmp(last->bytes, child->bytes, len))
			return false;
		last = child;
	}

	return true;
}

static void count_node(const struct node *node, struct counts *counts)
{
	struct counts *c = &counts[perms_owner(node->perms)];

	c->nodes++;
	c->memory += node_size(node);
}

static void count_nodes(struct server *server, struct counts *counts, FILE *out)
{
	struct walk_all walk;
	struct node *node;

	walk_all(&walk, server->store.root, "/");
	while ((node = walk_all_next(&walk))) {
		if (!perms_owner_is_gone(node->perms))
			count_node(node, counts);
		if (!has_good_children(node))
			fprintf(out, "%s: bad list of children\n", walk.path);
	}
}

static void count_conn(const struct conn *conn, struct counts *c)
{
	const struct watch *watch;
	const struct txn *txn;

	list_for_each(&conn->watches, watch, of_conn) {
		c->watches++;
		c->memory += watch->memory.amount;
	}
	list_for_each(&conn->txns, txn, of_conn) {
		c->transactions++;
		c->memory += txn->memory.amount;
	}
	if (conn->queue)
		c->memory += queue_memory(conn->queue);
}

static void count_conns(struct server *server, struct counts *counts)
{
	struct conn *conn;

	list_for_each(&server->conns, conn, of_server)
		count_conn(conn, &counts[conn->who.domid]);
}

static void compare(FILE *out, domid_t domid, const struct account *account,
		    enum quota kind, uint32_t counted)
{
	if (account->used[kind] != counted)
		fprintf(out,
			"domain %u: %" PRIu32 " %s in its account, %" PRIu32
			" in fact\n",
			domid, account->used[kind], quota_name(kind), counted);
}

static void compare_all(struct server *server, const struct counts *counts,
			FILE *out)
{
	struct domain *domain;

	for (int id = -1; (domain = domain_next(server->domains, id));) {
		const struct counts *c = &counts[domain->id];
		const struct account *account = &domain->account;

		id = domain->id;
		compare(out, id, account, QUOTA_NODES, c->nodes);
		compare(out, id, account, QUOTA_WATCHES, c->watches);
		compare(out, id, account, QUOTA_TRANSACTIONS, c->transactions);
		compare(out, id, account, QUOTA_MEMORY, c->memory);
	}
}

int check_server(struct server *server, FILE *out)
{
	CLEANUP(cleanup_talloc)
	struct counts *counts =
		talloc_zero_array(NULL, struct counts, UINT16_MAX + 1);
	long start = ftell(out);

	if (!counts)
		return -ENOMEM;

	count_nodes(server, counts, out);
	count_conns(server, counts);
	compare_all(server, counts, out);
	if (ftell(out) == start)
		fputs("OK", out);
	return 0;
}
