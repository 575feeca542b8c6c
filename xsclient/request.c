/* SPDX-License-Identifier: MIT */

/*
 * request - what was asked, until it is answered.
 *
 * A request's number on the wire is its slot.  A slot whose request was freed
 * stays taken until the answer came, which nobody sees then.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "xsclient/inside.h"

struct request {
	struct xs_client *client; /* NULL once it has nothing to hear */
	uint32_t number;
	struct xs_txn *txn;
	struct list of_txn;
	xs_reply_fn *fn;
	void *arg;
};

static void detach(struct request *request)
{
	list_remove(&request->of_txn);
	request->client = NULL;
	request->txn = NULL;
}

static int free_request(struct request *request)
{
	if (!request->client)
		return 0;

	slots_find(&request->client->requests, request->number)->owner = NULL;
	detach(request);
	return 0;
}

static struct request *take(struct xs_client *client, uint32_t number)
{
	struct request *request = slots_find(&client->requests, number)->owner;

	slots_give_back(&client->requests, number);
	return request;
}

static void answer(struct request *request, int error, const char *data,
		   size_t len)
{
	struct xs_txn *txn = request->txn;
	xs_reply_fn *fn = request->fn;
	void *arg = request->arg;

	detach(request);
	talloc_free(request);
	if (txn)
		txn_answered(txn, fn ? 0 : error);
	if (fn)
		fn(arg, error, data, len);
}

int request_reply(struct xs_client *client, const struct xs_header *header)
{
	struct slot *slot = slots_find(&client->requests, header->req_id);
	struct request *request;
	uint32_t type;
	int error = 0;

	if (!slot || (header->type != XS_ERROR && header->type != slot->tag))
		return -EPROTO;

	if (header->type == XS_ERROR)
		error = -xs_error_number(client->payload, header->len);
	type = slot->tag;
	request = take(client, header->req_id);
	if (request)
		answer(request, error, client->payload, header->len);
	else if (type == XS_TRANSACTION_START && !error)
		txn_unwanted(client, client->payload);

	return 0;
}

void request_refused(struct xs_client *client, uint32_t number, int error)
{
	struct request *request = take(client, number);

	if (request)
		answer(request, error, "", 0);
}

void request_lost(struct xs_client *client, uint32_t number)
{
	struct slot *slot = slots_find(&client->requests, number);

	if (slot && slot->owner)
		answer(take(client, number), -ECONNRESET, "", 0);
}

void requests_cut_off(struct xs_client *client)
{
	for (uint32_t number = 1; number <= client->requests.n; number++) {
		struct slot *slot = slots_find(&client->requests, number);

		if (slot && slot->owner)
			detach(slot->owner);
	}
}

void requests_leave(struct xs_txn *txn)
{
	while (!list_empty(&txn->requests)) {
		struct request *request =
			list_first(&txn->requests, struct request, of_txn);

		list_remove(&request->of_txn);
		request->txn = NULL;
	}
}

static size_t len_of(const struct message *message)
{
	return message->parts[0].iov_len + message->parts[1].iov_len;
}

static int check(const struct xs_client *client, const struct message *message)
{
	if (client->error)
		return -ENOTCONN;
	if (message->txn && !message->txn->id)
		return -EINVAL;
	if (message->parts[0].iov_len > XS_PAYLOAD_MAX ||
	    message->parts[1].iov_len > XS_PAYLOAD_MAX ||
	    len_of(message) > XS_PAYLOAD_MAX)
		return -E2BIG;

	return 0;
}

static void put(struct xs_client *client, const struct message *message,
		uint32_t number)
{
	struct xs_header header = {
		.type = message->type,
		.req_id = number,
		.tx_id = message->txn ? message->txn->id : message->tx_id,
		.len = len_of(message),
	};

	client_put(client, &header, sizeof(header));
	for (size_t i = 0; i < ARRAY_SIZE(message->parts); i++)
		client_put(client, message->parts[i].iov_base,
			   message->parts[i].iov_len);
}

int request_send(void *mem, struct xs_client *client,
		 const struct message *message, xs_reply_fn *fn, void *arg)
{
	CLEANUP(cleanup_talloc) struct request *request = NULL;
	int r = check(client, message);

	if (r < 0)
		return r;
	r = client_make_room(client,
			     sizeof(struct xs_header) + len_of(message));
	if (r < 0)
		return r;
	request = talloc_zero(mem, struct request);
	if (!request)
		return -ENOMEM;
	r = slots_take(client, &client->requests, request, message->type,
		       &request->number);
	if (r < 0)
		return r;

	put(client, message, request->number);
	request->client = client;
	request->txn = message->txn;
	request->fn = fn;
	request->arg = arg;
	list_init(&request->of_txn);
	if (request->txn)
		list_add(&request->txn->requests, &request->of_txn);
	talloc_set_destructor(take_ptr(request), free_request);
	return 0;
}

struct iovec part_of(const char *path)
{
	return (struct iovec){ (void *)(uintptr_t)path, strlen(path) + 1 };
}

/* Requests about one path */

static int ask(void *mem, struct xs_client *client, struct xs_txn *txn,
	       enum xs_type type, const char *path, xs_reply_fn *fn, void *arg)
{
	struct message message = {
		.type = type,
		.txn = txn,
		.parts = { part_of(path) },
	};

	return request_send(mem, client, &message, fn, arg);
}

int xs_read(void *mem, struct xs_client *client, struct xs_txn *txn,
	    const char *path, xs_reply_fn *fn, void *arg)
{
	return ask(mem, client, txn, XS_READ, path, fn, arg);
}

int xs_mkdir(void *mem, struct xs_client *client, struct xs_txn *txn,
	     const char *path, xs_reply_fn *fn, void *arg)
{
	return ask(mem, client, txn, XS_MKDIR, path, fn, arg);
}

int xs_rm(void *mem, struct xs_client *client, struct xs_txn *txn,
	  const char *path, xs_reply_fn *fn, void *arg)
{
	return ask(mem, client, txn, XS_RM, path, fn, arg);
}

int xs_write(void *mem, struct xs_client *client, struct xs_txn *txn,
	     const char *path, const char *value, xs_reply_fn *fn, void *arg)
{
	struct message message = {
		.type = XS_WRITE,
		.txn = txn,
		.parts = { part_of(path), part_of(value) },
	};

	message.parts[1].iov_len--; /* values have no NUL */
	return request_send(mem, client, &message, fn, arg);
}

int xs_request(void *mem, struct xs_client *client, struct xs_txn *txn,
	       enum xs_type type, const void *payload, size_t len,
	       xs_reply_fn *fn, void *arg)
{
	struct message message = {
		.type = type,
		.txn = txn,
		.parts = { { (void *)(uintptr_t)payload, len } },
	};

	return request_send(mem, client, &message, fn, arg);
}
