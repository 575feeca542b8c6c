/* SPDX-License-Identifier: MIT */

/*
 * client - messages out of bytes, bytes out of messages, until the end.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xsclient/inside.h"

#define OUT_SIZE_AT_FIRST 256

static void give_up(struct xs_client *client, int error)
{
	if (client->error)
		return;

	client->error = error;
	TALLOC_FREE(client->wire);
	loop_task_queue(client->end);
}

/* Reading */

static int receive_reply(struct xs_client *client,
			 const struct xs_header *header)
{
	if (client->waits)
		loop_task_queue(client->flush);
	client->waits = false;
	return request_reply(client, header);
}

static void receive(struct xs_client *client, const struct xs_header *header)
{
	int r = header->type == XS_WATCH_EVENT
			? watch_event(client, client->payload, header->len)
			: receive_reply(client, header);

	if (r < 0)
		give_up(client, r);
}

/* The next whole message of what was read, from *@at on. */
static bool next_message(struct xs_client *client, size_t *at,
			 struct xs_header *header)
{
	size_t left = client->n_in - *at;

	if (client->error || left < sizeof(*header))
		return false;
	memcpy(header, client->in + *at, sizeof(*header));
	if (header->len > XS_PAYLOAD_MAX) {
		give_up(client, -EPROTO);
		return false;
	}
	if (left - sizeof(*header) < header->len)
		return false;

	*at += sizeof(*header);
	memcpy(client->payload, client->in + *at, header->len);
	client->payload[header->len] = '\0';
	*at += header->len;
	return true;
}

bool client_readable(struct xs_client *client)
{
	struct xs_header header;
	bool freed = false;
	size_t at = 0;
	ssize_t n = client->wire->read(client->wire, client->in + client->n_in,
				       sizeof(client->in) - client->n_in);

	if (n < 0)
		give_up(client, n);
	if (n <= 0)
		return false;

	client->n_in += n;
	client->freed = &freed;
	while (next_message(client, &at, &header)) {
		receive(client, &header);
		if (freed)
			return false;
	}
	client->freed = NULL;

	client->n_in -= at;
	memmove(client->in, client->in + at, client->n_in);
	return !client->error;
}

/* Writing */

int client_make_room(struct xs_client *client, size_t len)
{
	size_t size = talloc_array_length(client->out);
	uint8_t *out;

	if (size - client->n_out >= len)
		return 0;

	out = talloc_realloc(client, client->out, uint8_t, size * 2 + len);
	if (!out)
		return -ENOMEM;

	client->out = out;
	return 0;
}

void client_put(struct xs_client *client, const void *bytes, size_t len)
{
	if (len)
		memcpy(client->out + client->n_out, bytes, len);
	client->n_out += len;
	loop_task_queue(client->flush);
}

static void consume(struct xs_client *client, size_t len)
{
	client->n_out -= len;
	memmove(client->out, client->out + len, client->n_out);
}

/* The wire does not take the first message. */
static void refuse(struct xs_client *client, int error)
{
	struct xs_header header;

	memcpy(&header, client->out, sizeof(header));
	consume(client, sizeof(header) + header.len);
	loop_task_queue(client->flush);
	request_refused(client, header.req_id, error);
}

static void flush(void *arg)
{
	struct xs_client *client = arg;
	struct wire *wire = client->wire;
	size_t sent = 0;
	ssize_t n = 1;

	if (!wire)
		return;
	while (n > 0 && sent < client->n_out && !client->waits) {
		n = wire->write(wire, client->out + sent, client->n_out - sent);
		sent += n > 0 ? n : 0;
		client->waits = n > 0 && wire->by_message;
	}
	consume(client, sent);

	if (n >= 0)
		wire->want_room(wire, client->n_out > 0 && !client->waits);
	else if (wire->by_message)
		refuse(client, n);
	else
		give_up(client, n);
}

void client_writable(struct xs_client *client)
{
	loop_task_queue(client->flush);
}

/* The end */

/* Tell whoever still waits; each may free the client. */
static void end(void *arg)
{
	struct xs_client *client = arg;
	bool freed = false;

	client->freed = &freed;
	for (uint32_t i = 1; i <= client->requests.n; i++) {
		request_lost(client, i);
		if (freed)
			return;
	}
	while (!list_empty(&client->txns)) {
		txn_lost(list_first(&client->txns, struct xs_txn, of_client));
		if (freed)
			return;
	}
	client->freed = NULL;

	if (client->lost)
		client->lost(client->arg, client->error);
}

static int free_client(struct xs_client *client)
{
	if (client->freed)
		*client->freed = true;

	requests_cut_off(client);
	watches_cut_off(client);
	while (!list_empty(&client->txns))
		txn_cut_off(
			list_first(&client->txns, struct xs_txn, of_client));

	return 0;
}

struct xs_client *client_new(void *mem, struct loop *loop, xs_lost_fn *lost,
			     void *arg)
{
	struct xs_client *client = talloc_zero(mem, struct xs_client);

	if (!client)
		return NULL;

	client->loop = loop;
	client->lost = lost;
	client->arg = arg;
	list_init(&client->txns);
	client->flush = loop_task_new(client, loop, flush, client);
	client->end = loop_task_new(client, loop, end, client);
	client->out = talloc_array(client, uint8_t, OUT_SIZE_AT_FIRST);
	if (!client->flush || !client->end || !client->out) {
		talloc_free(client);
		return NULL;
	}

	talloc_set_destructor(client, free_client);
	return client;
}
