/* SPDX-License-Identifier: MIT */

#include "xenstored/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/text.h"
#include "xenstored/children.h"
#include "xenstored/conn.h"
#include "xenstored/control.h"
#include "xenstored/domain.h"
#include "xenstored/node.h"
#include "xenstored/path.h"
#include "xenstored/server.h"
#include "xenstored/store.h"
#include "xenstored/txn.h"
#include "xenstored/watch.h"

#define DOMID_SELF 0x7ff0

/* A request, and all that its handler needs. */
struct request {
	struct conn *conn;
	const struct xs_header *header;
	struct txn *txn;   /* NULL outside of transactions */
	struct span args;  /* what is left of the payload */
	size_t n_strings;  /* that end in a NUL, of the whole payload */
	struct path *path; /* the first argument, if it is one */
};

static int reply(struct request *req, const void *payload, size_t len)
{
	conn_reply(req->conn, req->header, req->header->type, payload, len);
	return 0;
}

static int reply_ok(struct request *req)
{
	return reply(req, "OK", sizeof("OK"));
}

static int reply_text(struct request *req, const char *text)
{
	return reply(req, text, strlen(text) + 1);
}

static int reply_number(struct request *req, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, number);
	return reply_text(req, text);
}

static int ok_or(struct request *req, int r)
{
	return r < 0 ? r : reply_ok(req);
}

/* Arguments */

static int take_domid(struct request *req, domid_t *domid)
{
	const char *text = span_cstr(&req->args);
	uint32_t number = 0;
	int r = 0;

	if (!text)
		return -EINVAL;
	if (*text)
		r = text_u32(text, &number);
	if (r < 0 || number > UINT16_MAX)
		return -EINVAL;

	*domid = number;
	return 0;
}

static int take_number(struct request *req, uint32_t *number)
{
	const char *text = span_cstr(&req->args);

	return text && text_u32(text, number) == 0 ? 0 : -EINVAL;
}

/* Nodes */

static int serve_read(struct request *req)
{
	struct node *node;
	int r;

	r = store_read(req->conn, req->txn, req->path->text, &node);
	if (r < 0)
		return r;

	return reply(req, node_value(node), node->value_len);
}

static int serve_write(struct request *req)
{
	return ok_or(req, store_write(req->conn, req->txn, req->path->text,
				      req->args.at, req->args.left));
}

static int serve_mkdir(struct request *req)
{
	return ok_or(req, store_mkdir(req->conn, req->txn, req->path->text));
}

static int serve_rm(struct request *req)
{
	return ok_or(req, store_rm(req->conn, req->txn, req->path->text));
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

static int serve_directory(struct request *req)
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
static int serve_directory_part(struct request *req)
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

static int serve_get_perms(struct request *req)
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

static int serve_set_perms(struct request *req)
{
	struct perms *perms;
	int r;

	r = take_perms(req, &perms);
	if (r < 0)
		return r;

	r = store_set_perms(req->conn, req->txn, req->path->text, perms);
	perms_unref(perms);
	return ok_or(req, r);
}

/* Watches */

static int take_depth(struct request *req, int *depth)
{
	const char *text;
	long value;

	*depth = WATCH_ANY_DEPTH;
	if (!req->args.left)
		return 0;

	text = span_cstr(&req->args);
	if (!text || req->args.left ||
	    !(req->conn->features & XS_FEATURE_WATCH_DEPTH))
		return -EINVAL;

	value = strtol(text, NULL, 10); /* what is no number is 0 */
	if (value < 0 || value > INT32_MAX)
		return -EINVAL;

	*depth = value;
	return 0;
}

static int serve_watch(struct request *req)
{
	const char *token = span_cstr(&req->args);
	struct watch *watch;
	int depth;
	int r;

	if (!token)
		return -EINVAL;
	r = take_depth(req, &depth);
	if (r < 0)
		return r;
	r = watch_add(req->conn->server->watches, req->conn, req->path, token,
		      depth, &watch);
	if (r < 0)
		return r;

	reply_ok(req);
	conn_event(req->conn, req->path->text + req->path->home_len, token);
	return 0;
}

static int serve_unwatch(struct request *req)
{
	const char *token = span_cstr(&req->args);

	if (!token || req->args.left)
		return -EINVAL;

	return ok_or(req, watch_remove(req->conn, req->path, token));
}

static int serve_reset_watches(struct request *req)
{
	conn_drop_watches_and_txns(req->conn);
	return reply_ok(req);
}

/* Transactions */

static int serve_transaction_start(struct request *req)
{
	struct txn *txn;
	int r;

	if (req->txn)
		return -EBUSY;

	r = txn_start(req->conn, &txn);
	return r < 0 ? r : reply_number(req, txn->id);
}

static int serve_transaction_end(struct request *req)
{
	const char *how = span_cstr(&req->args);

	if (!how || (strcmp(how, "T") && strcmp(how, "F")))
		return -EINVAL;
	if (!req->txn)
		return -ENOENT;

	if (*how == 'T')
		return ok_or(req, txn_commit(req->txn));

	talloc_free(req->txn);
	return reply_ok(req);
}

/* Domains */

static int serve_introduce(struct request *req)
{
	uint32_t port;
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;
	if (!span_cstr(&req->args)) /* the gfn, which is not needed */
		return -EINVAL;
	r = take_number(req, &port);
	if (r < 0 || !port)
		return -EINVAL;

	return ok_or(req, domain_introduce(req->conn->server, domid, port));
}

static int serve_release(struct request *req)
{
	domid_t domid;
	int r = take_domid(req, &domid);

	return r < 0 ? r : ok_or(req, domain_release(req->conn->server, domid));
}

static int serve_resume(struct request *req)
{
	domid_t domid;
	int r = take_domid(req, &domid);

	return r < 0 ? r : ok_or(req, domain_resume(req->conn->server, domid));
}

static int serve_set_target(struct request *req)
{
	domid_t domid, target;
	int r;

	r = take_domid(req, &domid);
	if (r == 0)
		r = take_domid(req, &target);
	if (r < 0)
		return r;

	return ok_or(req, domain_set_target(req->conn->server, domid, target));
}

static int serve_get_domain_path(struct request *req)
{
	char path[PATH_HOME_MAX + 1];
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;

	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	return reply_text(req, path);
}

static int serve_is_domain_introduced(struct request *req)
{
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	if (r < 0)
		return r;

	return reply_text(req, domid == DOMID_SELF ||
					       domain_is_introduced(
						       req->conn->server, domid)
				       ? "T"
				       : "F");
}

static int take_domain(struct request *req, struct domain **domain)
{
	domid_t domid;
	int r;

	r = take_domid(req, &domid);
	return r < 0 ? r : domain_get(req->conn->server, domid, domain);
}

static int serve_get_feature(struct request *req)
{
	struct domain *domain;
	int r;

	if (!req->n_strings)
		return reply_number(req, req->conn->features);
	if (!req->conn->who.privileged)
		return -EACCES;
	if (req->n_strings > 1)
		return -EINVAL;

	r = take_domain(req, &domain);
	return r < 0 ? r : reply_number(req, domain->features);
}

static int serve_set_feature(struct request *req)
{
	struct domain *domain;
	uint32_t features;
	int r;

	r = take_domain(req, &domain);
	if (r == 0)
		r = take_number(req, &features);
	if (r < 0)
		return r;
	if (domain->introduced)
		return -EBUSY;
	if (features & ~XS_FEATURES_ALL)
		return -EINVAL;

	domain->features = features;
	return reply_ok(req);
}

/* Quotas */

static int list_quotas(struct request *req)
{
	char text[512] = "";
	size_t len = 0;

	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				len ? " " : "", quota_name(i));

	return reply_text(req, text);
}

static int take_quota(struct request *req, enum quota *kind)
{
	const char *name = span_cstr(&req->args);

	return name ? quota_by_name(name, kind) : -EINVAL;
}

static int serve_get_quota(struct request *req)
{
	struct domain *domain;
	enum quota kind;
	int r;

	if (req->n_strings > 2)
		return -EINVAL;
	if (!req->n_strings)
		return list_quotas(req);

	if (req->n_strings == 1) {
		r = take_quota(req, &kind);
		return r < 0 ? r
			     : reply_number(req, req->conn->server->options
							 .limits.max[kind]);
	}

	r = take_domain(req, &domain);
	if (r == 0)
		r = take_quota(req, &kind);
	return r < 0 ? r
		     : reply_number(req, account_quota(&domain->account, kind));
}

static int serve_set_quota(struct request *req)
{
	struct domain *domain = NULL;
	enum quota kind;
	uint32_t value;
	int r = 0;

	if (req->n_strings < 2 || req->n_strings > 3)
		return -EINVAL;
	if (req->n_strings == 3)
		r = take_domain(req, &domain);
	if (r == 0)
		r = take_quota(req, &kind);
	if (r == 0)
		r = take_number(req, &value);
	if (r < 0)
		return r;
	if (value == QUOTA_INHERIT)
		return -EINVAL;

	if (domain)
		domain->account.own[kind] = value;
	else
		req->conn->server->options.limits.max[kind] = value;
	return reply_ok(req);
}

static int serve_control(struct request *req)
{
	char *text = NULL;
	int r;

	r = control_run(req->conn, req->args, &text);
	if (r == 0)
		r = strlen(text) < XS_PAYLOAD_MAX ? reply_text(req, text)
						  : -E2BIG;
	talloc_free(text);
	return r;
}

/* The table */

enum {
	NO_TXN = 1 << 0,     /* the transaction is ignored */
	PRIVILEGED = 1 << 1, /* not for ordinary guests */
	PATH = 1 << 2,       /* the first argument is the path of a node */
	SPECIAL = 1 << 3,    /* or a special name */
	ONLY_PATH = 1 << 4,  /* and there is no other argument */
	ONE_STRING = 1 << 5, /* there is one argument */
};

static const struct {
	int (*serve)(struct request *req);
	unsigned int flags;
} types[XS_N_TYPES] = {
	[XS_CONTROL] = { serve_control, PRIVILEGED },
	[XS_DIRECTORY] = { serve_directory, PATH | ONLY_PATH },
	[XS_READ] = { serve_read, PATH | ONLY_PATH },
	[XS_GET_PERMS] = { serve_get_perms, PATH | SPECIAL | ONLY_PATH },
	[XS_WATCH] = { serve_watch, PATH | SPECIAL | NO_TXN },
	[XS_UNWATCH] = { serve_unwatch, PATH | SPECIAL | NO_TXN },
	[XS_TRANSACTION_START] = { serve_transaction_start, 0 },
	[XS_TRANSACTION_END] = { serve_transaction_end, ONE_STRING },
	[XS_INTRODUCE] = { serve_introduce, PRIVILEGED },
	[XS_RELEASE] = { serve_release, PRIVILEGED | ONE_STRING },
	[XS_GET_DOMAIN_PATH] = { serve_get_domain_path, ONE_STRING },
	[XS_WRITE] = { serve_write, PATH },
	[XS_MKDIR] = { serve_mkdir, PATH | ONLY_PATH },
	[XS_RM] = { serve_rm, PATH | ONLY_PATH },
	[XS_SET_PERMS] = { serve_set_perms, PATH | SPECIAL },
	[XS_IS_DOMAIN_INTRODUCED] = { serve_is_domain_introduced,
				      PRIVILEGED | ONE_STRING },
	[XS_RESUME] = { serve_resume, PRIVILEGED | ONE_STRING },
	[XS_SET_TARGET] = { serve_set_target, PRIVILEGED },
	[XS_RESET_WATCHES] = { serve_reset_watches, 0 },
	[XS_DIRECTORY_PART] = { serve_directory_part, PATH },
	[XS_GET_FEATURE] = { serve_get_feature, 0 },
	[XS_SET_FEATURE] = { serve_set_feature, PRIVILEGED },
	[XS_GET_QUOTA] = { serve_get_quota, PRIVILEGED },
	[XS_SET_QUOTA] = { serve_set_quota, PRIVILEGED },
};

static size_t count_strings(const uint8_t *payload, size_t len)
{
	const uint8_t *end = payload + len;
	size_t n = 0;

	while (payload < end &&
	       (payload = memchr(payload, '\0', end - payload))) {
		payload++;
		n++;
	}

	return n;
}

static int parse_path(struct request *req, unsigned int flags)
{
	const struct conn *conn = req->conn;
	const char *given = span_cstr(&req->args);

	if (!given || (flags & ONLY_PATH && req->args.left))
		return -EINVAL;

	return path_parse(req->path, conn->who.domid, given,
			  account_limit(conn->account, QUOTA_PATH_MAX),
			  flags & SPECIAL ? PATH_NODES_AND_SPECIALS
					  : PATH_NODES);
}

static int serve(struct request *req)
{
	const struct xs_header *header = req->header;
	unsigned int flags;
	int r;

	if (header->type >= XS_N_TYPES || !types[header->type].serve)
		return -ENOSYS;

	flags = types[header->type].flags;
	if (flags & PRIVILEGED && !req->conn->who.privileged)
		return -EACCES;
	if (header->tx_id && !(flags & NO_TXN)) {
		req->txn = txn_find(req->conn, header->tx_id);
		if (!req->txn)
			return -ENOENT;
	}

	req->n_strings = count_strings(req->args.at, req->args.left);
	if (flags & ONE_STRING &&
	    (req->n_strings != 1 || req->args.at[req->args.left - 1]))
		return -EINVAL;
	if (flags & PATH) {
		r = parse_path(req, flags);
		if (r < 0)
			return r;
	}

	return types[header->type].serve(req);
}

void request_serve(struct conn *conn, const struct xs_header *header,
		   const uint8_t *payload)
{
	struct path path;
	struct request req = {
		.conn = conn,
		.header = header,
		.path = &path,
		.args = span_of(payload, header->len),
	};
	int r;

	r = serve(&req);
	if (r < 0) {
		const char *name = xs_error_name(-r);

		conn_reply(conn, header, XS_ERROR, name, strlen(name) + 1);
	}
}
