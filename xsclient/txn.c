/* SPDX-License-Identifier: MIT */

/*
 * txn - transactions: begin, ask, commit; from the start if we lost the race.
 */

#include <errno.h>
#include <talloc.h>

#include "base/text.h"
#include "xsclient/inside.h"

#define TRIES_MAX 10

static int begin(struct xs_txn *txn);

static void finish(struct xs_txn *txn, int error)
{
	xs_done_fn *done = txn->done;
	void *arg = txn->arg;

	txn->id = 0;
	talloc_free(txn);
	done(arg, error);
}

static int send_end(void *mem, struct xs_client *client, uint32_t id,
		    const char *commit, xs_reply_fn *fn, void *arg)
{
	struct message message = {
		.type = XS_TRANSACTION_END,
		.tx_id = id,
		.parts = { part_of(commit) },
	};

	return request_send(mem, client, &message, fn, arg);
}

static void ended(void *arg, int error, const char *data, size_t len)
{
	struct xs_txn *txn = arg;
	int r;

	(void)data;
	(void)len;
	if (txn->error || error != -EAGAIN || ++txn->tries == TRIES_MAX) {
		finish(txn, txn->error ?: error);
		return;
	}

	r = begin(txn);
	if (r < 0)
		finish(txn, r);
}

static void settled(void *arg)
{
	struct xs_txn *txn = arg;
	uint32_t id = txn->id;
	int r;

	if (!id || !list_empty(&txn->requests))
		return;

	txn->id = 0;
	r = send_end(txn, txn->client, id, txn->error ? "F" : "T", ended, txn);
	if (r < 0)
		finish(txn, r);
}

static void begun(void *arg, int error, const char *data, size_t len)
{
	struct xs_txn *txn = arg;
	int r = error;

	(void)len;
	if (!error && (text_u32(data, &txn->id) < 0 || !txn->id))
		r = -EPROTO;
	if (r < 0) {
		finish(txn, r);
		return;
	}

	r = txn->body(txn->arg, txn);
	if (r < 0)
		xs_fail(txn, r);
	loop_task_queue(txn->settled);
}

static int begin(struct xs_txn *txn)
{
	return xs_request(txn, txn->client, NULL, XS_TRANSACTION_START, "", 1,
			  begun, txn);
}

void xs_fail(struct xs_txn *txn, int error)
{
	if (!txn->error)
		txn->error = error;
	loop_task_queue(txn->settled);
}

void txn_answered(struct xs_txn *txn, int error)
{
	if (!txn->error)
		txn->error = error;
	loop_task_queue(txn->settled);
}

void txn_unwanted(struct xs_client *client, const char *payload)
{
	uint32_t id;

	if (text_u32(payload, &id) == 0)
		send_end(client, client, id, "F", NULL, NULL);
}

void txn_lost(struct xs_txn *txn)
{
	finish(txn, -ECONNRESET);
}

void txn_cut_off(struct xs_txn *txn)
{
	list_remove(&txn->of_client);
	txn->client = NULL;
	TALLOC_FREE(txn->settled);
}

static int free_txn(struct xs_txn *txn)
{
	if (!txn->client)
		return 0;

	if (txn->id)
		send_end(txn->client, txn->client, txn->id, "F", NULL, NULL);
	requests_leave(txn);
	list_remove(&txn->of_client);
	return 0;
}

int xs_transact(void *mem, struct xs_client *client, xs_body_fn *body,
		xs_done_fn *done, void *arg)
{
	struct xs_txn *txn = talloc_zero(mem, struct xs_txn);
	int r;

	if (!txn)
		return -ENOMEM;

	txn->client = client;
	txn->body = body;
	txn->done = done;
	txn->arg = arg;
	list_init(&txn->requests);
	list_add(&client->txns, &txn->of_client);
	talloc_set_destructor(txn, free_txn);

	txn->settled = loop_task_new(txn, client->loop, settled, txn);
	r = txn->settled ? begin(txn) : -ENOMEM;
	if (r < 0)
		talloc_free(txn);

	return r;
}
