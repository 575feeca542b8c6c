/* SPDX-License-Identifier: MIT */

#include "bench/store/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define OUT_SIZE 65536
#define IN_SIZE  65536

struct client {
	struct trouble *trouble;
	const struct wire *wire;
	void *arg;
	const char *home;
	uint8_t *out; /* messages to be sent */
	size_t out_len;
	uint8_t *in; /* bytes from @in_at on are yet to be looked at */
	size_t in_at;
	size_t in_len;
};

void trouble_note(struct trouble *trouble, int error, const char *fmt, ...)
{
	va_list args;

	if (trouble->error)
		return;

	trouble->error = error;
	va_start(args, fmt);
	vsnprintf(trouble->text, sizeof(trouble->text), fmt, args);
	va_end(args);
}

struct client *client_new(void *mem, struct trouble *trouble,
			  const struct wire *wire, void *arg, const char *home)
{
	struct client *client = talloc(mem, struct client);

	if (!client)
		return NULL;

	*client = (struct client){
		.trouble = trouble,
		.wire = wire,
		.arg = arg,
		.home = talloc_strdup(client, home),
		.out = talloc_size(client, OUT_SIZE),
		.in = talloc_size(client, IN_SIZE),
	};
	if (!client->home || !client->out || !client->in)
		TALLOC_FREE(client);

	return client;
}

const char *client_home(const struct client *client)
{
	return client->home;
}

struct trouble *client_trouble(const struct client *client)
{
	return client->trouble;
}

/* Sending */

static void append(struct client *client, const void *bytes, size_t len)
{
	if (len > OUT_SIZE - client->out_len) {
		trouble_note(client->trouble, -E2BIG, "too much in one go");
		return;
	}

	memcpy(client->out + client->out_len, bytes, len);
	client->out_len += len;
}

void client_put(struct client *client, const struct message *message)
{
	struct xs_header header = { message->type, 1, message->tx, 0 };
	size_t len[4] = { 0 };
	unsigned int n;

	if (client->trouble->error)
		return;

	for (n = 0; n < 4 && message->part[n]; n++) {
		len[n] = strlen(message->part[n]) + 1;
		header.len += len[n];
	}
	if (message->type == XS_WRITE) {
		len[n - 1]--;
		header.len--;
	}

	append(client, &header, sizeof(header));
	for (unsigned int i = 0; i < n; i++)
		append(client, message->part[i], len[i]);
}

void client_send(struct client *client)
{
	int r;

	if (client->trouble->error)
		return;

	r = client->wire->send(client->arg, client->out, client->out_len);
	if (r < 0)
		trouble_note(client->trouble, r, "sending: %s", strerror(-r));
	client->out_len = 0;
}

/* Receiving */

/* Have @len bytes in a row. */
static void need(struct client *client, size_t len)
{
	int r;

	if (client->in_at + len > IN_SIZE) {
		client->in_len -= client->in_at;
		memmove(client->in, client->in + client->in_at, client->in_len);
		client->in_at = 0;
	}

	while (!client->trouble->error &&
	       client->in_len - client->in_at < len) {
		r = client->wire->receive(client->arg,
					  client->in + client->in_len,
					  IN_SIZE - client->in_len);
		if (r < 0)
			trouble_note(client->trouble, r, "receiving: %s",
				     strerror(-r));
		else
			client->in_len += (size_t)r;
	}
}

static struct reply next(struct client *client)
{
	static const struct reply none = { .type = XS_ERROR, .payload = "" };
	struct xs_header header;
	struct reply reply;

	if (client->in_at == client->in_len)
		client->in_at = client->in_len = 0;
	need(client, sizeof(header));
	if (client->trouble->error)
		return none;

	memcpy(&header, client->in + client->in_at, sizeof(header));
	if (header.len > XS_PAYLOAD_MAX)
		trouble_note(client->trouble, -EPROTO, "a reply is too long");
	need(client, sizeof(header) + header.len);
	if (client->trouble->error)
		return none;

	client->in_at += sizeof(header);
	reply = (struct reply){
		.type = header.type,
		.payload = (const char *)client->in + client->in_at,
		.len = header.len,
	};
	client->in_at += header.len;
	return reply;
}

static struct reply any_reply(struct client *client)
{
	struct reply reply;

	do {
		reply = next(client);
	} while (reply.type == XS_WATCH_EVENT);
	return reply;
}

struct reply client_reply(struct client *client)
{
	struct reply reply = any_reply(client);

	if (reply.type == XS_ERROR)
		trouble_note(client->trouble,
			     -xs_error_number(reply.payload, reply.len),
			     "the reply is %.*s", (int)reply.len,
			     reply.payload);
	return reply;
}

int client_outcome(struct client *client)
{
	struct reply reply = any_reply(client);

	return reply.type == XS_ERROR
		       ? xs_error_number(reply.payload, reply.len)
		       : 0;
}

void client_events(struct client *client, unsigned int n)
{
	while (n && !client->trouble->error) {
		if (next(client).type == XS_WATCH_EVENT)
			n--;
	}
}

/* In one call */

struct reply client_ask(struct client *client, const struct message *message)
{
	client_put(client, message);
	client_send(client);
	return client_reply(client);
}

void client_write(struct client *client, uint32_t tx, const char *path,
		  const char *value)
{
	client_ask(client, &(struct message){ XS_WRITE, tx, { path, value } });
}

void client_remove(struct client *client, const char *path)
{
	client_put(client, &(struct message){ XS_RM, 0, { path } });
	client_send(client);
	client_outcome(client);
}
