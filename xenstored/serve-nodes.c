/* SPDX-License-Identifier: MIT */

#include "xenstored/serve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xenstored/children.h"
#include "xenstored/node.h"
#include "xenstored/store.h"

int serve_read(struct request *req)
{
	struct node *node;
	int r;

	r = store_read(req->conn, req->txn, req->path->text, &node);
	if (r < 0)
		return r;

	return reply(req, node_value(node), node->value_len);
}

int serve_write(struct request *req)
{
	return reply_ok_or(req,
			   store_write(req->conn, req->txn, req->path->text,
				       req->args.at, req->args.left));
}

int serve_mkdir(struct request *req)
{
	return reply_ok_or(req,
			   store_mkdir(req->conn, req->txn, req->path->text));
}

int serve_rm(struct request *req)
{
	return reply_ok_or(req, store_rm(req->conn, req->txn, req->path->text));
}

/* The names of a node's children, from byte @offset of them all on, as far as
 * @size reaches; *end is whether that was all of them. */
static size_t list(const struct node *node, size_t offset, uint8_t *names,
		   size_t size, bool *end)
{
	struct children_walk walk;
	const struct node *child;
	size_t len = 0;

	*end = false;
	children_walk(&walk, node->children);
	while ((child = children_next(&walk))) {
		size_t name_len = child->name_len + 1;

		if (offset >= name_len) {
			offset -= name_len;
			continue;
		}
		if (name_len - offset > size - len)
			return len;
		memcpy(names + len, child->bytes + offset,
		       name_len - 1 - offset);
		len += name_len - offset;
		names[len - 1] = '\0';
		offset = 0;
	}

	*end = true;
	return len;
}

int serve_directory(struct request *req)
{
	uint8_t names[XS_PAYLOAD_MAX];
	struct node *node;
	size_t len;
	bool end;
	int r;

	r = store_list(req->conn, req->txn, req->path->text, &node);
	if (r < 0)
		return r;

	len = list(node, 0, names, sizeof(names), &end);
	return end ? reply(req, names, len) : -E2BIG;
}

/* The generation, a part of the names, and an empty one if it is the last. */
int serve_directory_part(struct request *req)
{
	uint8_t part[XS_PAYLOAD_MAX];
	struct node *node;
	uint32_t offset;
	size_t len;
	bool end;
	int r;

	r = take_number(req, &offset);
	if (r < 0)
		return r;
	r = store_list(req->conn, req->txn, req->path->text, &node);
	if (r < 0)
		return r;

	len = 1 + snprintf((char *)part, sizeof(part), "%" PRIu64,
			   children_generation(node->children));
	len += list(node, offset, part + len, sizeof(part) - len - 1, &end);
	if (end)
		part[len++] = '\0';

	return reply(req, part, len);
}

int serve_get_perms(struct request *req)
{
	char text[XS_PAYLOAD_MAX];
	struct perms *perms;
	int r;

	r = store_get_perms(req->conn, req->txn, req->path->text, &perms);
	if (r == 0)
		r = perms_print(perms, text, sizeof(text));

	return r < 0 ? r : reply(req, text, r);
}

static int take_perm(struct request *req, struct perm *perm)
{
	const char *text = span_cstr(&req->args);
	struct domain *domain;
	int r;

	if (!text)
		return -EINVAL;
	r = perm_parse(text, perm);
	if (r < 0 || perm->domid == DOMID_ANY)
		return r;

	r = domain_get(req->conn->server, perm->domid, &domain);
	perm->unknown = r == -ENOENT;
	return r == -ENOENT ? 0 : r;
}

static int take_perms(struct request *req, struct perms **perms)
{
	struct perm entries[PERMS_MAX];
	size_t n = req->n_strings - 1;
	int r;

	if (n < 1 || n > PERMS_MAX)
		return -EINVAL;
	if (n > account_limit(req->conn->account, QUOTA_NODE_PERMISSIONS))
		return -ENOSPC;

	for (size_t i = 0; i < n; i++) {
		r = take_perm(req, &entries[i]);
		if (r < 0)
			return r;
	}
	if (req->args.left)
		return -EINVAL;
	if (entries[0].unknown)
		return -ENOENT;

	*perms = perms_new(req->conn->server->store.perms, entries, n);
	return *perms ? 0 : -ENOMEM;
}

int serve_set_perms(struct request *req)
{
	struct perms *perms;
	int r;

	r = take_perms(req, &perms);
	if (r < 0)
		return r;

	r = store_set_perms(req->conn, req->txn, req->path->text, perms);
	perms_unref(perms);
	return reply_ok_or(req, r);
}
