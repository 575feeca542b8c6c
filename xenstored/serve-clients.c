/* SPDX-License-Identifier: MIT */

#include "xenstored/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/txn.h"
#include "xenstored/watch.h"

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

int serve_watch(struct request *req)
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

int serve_unwatch(struct request *req)
{
	const char *token = span_cstr(&req->args);

	if (!token || req->args.left)
		return -EINVAL;

	return reply_ok_or(req, watch_remove(req->conn, req->path, token));
}

int serve_reset_watches(struct request *req)
{
	conn_drop_watches_and_txns(req->conn);
	return reply_ok(req);
}

/* Transactions */

int serve_transaction_start(struct request *req)
{
	struct txn *txn;
	int r;

	if (req->txn)
		return -EBUSY;

	r = txn_start(req->conn, &txn);
	return r < 0 ? r : reply_number(req, txn->id);
}

int serve_transaction_end(struct request *req)
{
	const char *how = span_cstr(&req->args);

	if (!how || (strcmp(how, "T") && strcmp(how, "F")))
		return -EINVAL;
	if (!req->txn)
		return -ENOENT;

	if (*how == 'T')
		return reply_ok_or(req, txn_commit(req->txn));

	talloc_free(req->txn);
	return reply_ok(req);
}
