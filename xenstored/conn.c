/* SPDX-License-Identifier: MIT */

#include "xenstored/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <talloc.h>

#include "xenstored/buffer.h"
#include "xenstored/queue.h"
#include "xenstored/request.h"
#include "xenstored/txn.h"
#include "xenstored/watch.h"

#define REQUESTS_PER_TURN 32
#define IOV_PER_SEND      64

/* A client that is owed so many bytes is not served before it takes some. */
#define BACKLOG_MAX (1024 * 1024)

/* A message of which the rest is still to come. */
struct partial {
	size_t len;
	uint8_t bytes[sizeof(struct xs_header) + XS_PAYLOAD_MAX];
};

struct conn *conn_new(struct server *server, const struct transport *transport,
		      const struct who *who, struct account *account,
		      size_t size)
{
	struct conn *conn = talloc_zero_size(server, size);

	if (!conn)
		return NULL;

	talloc_set_name_const(conn, "conn");
	conn->server = server;
	conn->transport = transport;
	conn->who = *who;
	conn->account = account;
	conn->features = XS_FEATURES_ALL;
	list_add(&server->conns, &conn->of_server);
	list_init(&conn->of_busy);
	list_init(&conn->of_dirty);
	list_init(&conn->of_dead);
	list_init(&conn->watches);
	list_init(&conn->txns);
	return conn;
}

/* What comes in */

bool conn_may_ask(const struct conn *conn)
{
	if (conn->closed || conn->lost)
		return false;
	if (!conn->queue)
		return true;

	return queue_replies(conn->queue) <
		       account_limit(conn->account, QUOTA_OUTSTANDING) &&
	       queue_bytes(conn->queue) < BACKLOG_MAX;
}

static void serve(struct conn *conn, const uint8_t *message)
{
	struct xs_header header;

	memcpy(&header, message, sizeof(header));
	request_serve(conn, &header, message + sizeof(header));
}

/* The length of the message that starts with these bytes, or as much of it as
 * can be told; -EPROTO if it is too long. */
static int message_len(const uint8_t *bytes, size_t len)
{
	struct xs_header header;

	if (len < sizeof(header))
		return sizeof(header);

	memcpy(&header, bytes, sizeof(header));
	if (header.len > XS_PAYLOAD_MAX)
		return -EPROTO;

	return sizeof(header) + header.len;
}

static int new_partial(struct conn *conn)
{
	conn->partial = talloc(conn, struct partial);
	if (!conn->partial)
		return -ENOMEM;

	conn->partial->len = 0;
	return 0;
}

/* Add bytes to a message that came in part, and serve it when it is whole.
 * Returns how many were taken, or -EPROTO. */
static int feed_partial(struct conn *conn, const uint8_t *bytes, size_t len)
{
	struct partial *partial = conn->partial;
	size_t taken = 0;
	int whole;

	while ((whole = message_len(partial->bytes, partial->len)) >= 0 &&
	       partial->len < (size_t)whole) {
		size_t n = whole - partial->len;

		if (n > len - taken)
			n = len - taken;
		if (!n)
			return taken;
		memcpy(partial->bytes + partial->len, bytes + taken, n);
		partial->len += n;
		taken += n;
	}
	if (whole < 0)
		return whole;

	conn->partial = NULL;
	serve(conn, partial->bytes);
	talloc_free(partial);
	return taken;
}

/* Serve the first message, in place if it is whole. */
static int feed_one(struct conn *conn, const uint8_t *bytes, size_t len)
{
	int whole;

	if (!conn->partial) {
		whole = message_len(bytes, len);
		if (whole < 0)
			return whole;
		if ((size_t)whole <= len && len >= sizeof(struct xs_header)) {
			serve(conn, bytes);
			return whole;
		}
		if (new_partial(conn) < 0)
			return -ENOMEM;
	}

	return feed_partial(conn, bytes, len);
}

int conn_feed(struct conn *conn, const void *bytes, size_t len, size_t *used)
{
	int budget = REQUESTS_PER_TURN;

	if (!conn->out)
		conn->out = buffer_take(&conn->server->buffers);

	*used = 0;
	while (*used < len && budget-- && conn_may_ask(conn)) {
		int r = feed_one(conn, (const uint8_t *)bytes + *used,
				 len - *used);

		if (r < 0)
			return r;
		*used += r;
	}

	return 0;
}

void conn_again(struct conn *conn)
{
	if (conn->closed)
		return;
	if (list_empty(&conn->of_busy))
		list_add(&conn->server->busy, &conn->of_busy);
	server_wake(conn->server);
}

/* What goes out */

static void flush_later(struct conn *conn)
{
	if (list_empty(&conn->of_dirty))
		list_add(&conn->server->dirty, &conn->of_dirty);
	server_wake(conn->server);
}

static int enqueue(struct conn *conn, const void *message, size_t len,
		   size_t sent)
{
	struct server *server = conn->server;

	if (!conn->queue)
		conn->queue = queue_new(conn, server->loop, conn->account,
					&server->secret);
	if (!conn->queue)
		return -ENOMEM;

	return queue_add(conn->queue, message, len, sent);
}

/* Turn what is left of the turn's buffer into queued messages. */
static int enqueue_rest(struct conn *conn, const uint8_t *bytes, size_t len,
			size_t sent)
{
	while (len) {
		size_t n = message_len(bytes, len);
		int r;

		if (sent >= n) {
			sent -= n;
		} else {
			r = enqueue(conn, bytes, n, sent);
			if (r < 0)
				return r;
			sent = 0;
		}
		bytes += n;
		len -= n;
	}

	return 0;
}

/* Returns 1 if all was sent, 0 if not, or -errno. */
static int send_queue(struct conn *conn)
{
	while (conn->queue && !queue_is_empty(conn->queue)) {
		struct iovec iov[IOV_PER_SEND];
		size_t len = 0;
		int n = queue_peek(conn->queue, iov, IOV_PER_SEND);
		int sent = conn->transport->send(conn, iov, n);

		if (sent < 0)
			return sent;
		for (int i = 0; i < n; i++)
			len += iov[i].iov_len;
		queue_sent(conn->queue, sent);
		if ((size_t)sent < len)
			return 0;
	}

	TALLOC_FREE(conn->queue);
	return 1;
}

static int send_out(struct conn *conn, bool first)
{
	struct buffer *out = conn->out;
	struct iovec iov = { out->bytes, out->len };
	size_t len = out->len;
	int sent = 0;

	if (first && len)
		sent = conn->transport->send(conn, &iov, 1);
	if (sent < 0)
		return sent;

	out->len = 0;
	return enqueue_rest(conn, out->bytes, len, sent);
}

/* Send what waits: first what could not be sent before. */
static int drain(struct conn *conn)
{
	int r = send_queue(conn);

	if (r >= 0 && conn->out)
		r = send_out(conn, r == 1);

	return r < 0 ? r : 0;
}

void conn_flush(struct conn *conn)
{
	int r;

	list_remove(&conn->of_dirty);
	if (conn->closed)
		return;

	r = conn->lost ?: drain(conn);
	if (r < 0)
		conn->transport->cut_off(conn, r);
	if (conn->closed)
		return;

	if (conn->out)
		buffer_give_back(&conn->server->buffers, conn->out);
	conn->out = NULL;
	if (conn->queue && !conn->who.privileged)
		(void)queue_stalled(conn->queue,
				    conn->server->options.event_timeout_us);
	if (conn->transport->sent)
		conn->transport->sent(conn);
}

/* A client that cannot be told something is told that: it is cut off.  Not
 * now, since a request may be under way that has to do with what it has, but
 * at the end of the turn. */
static void lose(struct conn *conn, int error)
{
	conn->lost = error;
	flush_later(conn);
}

/* Room for a message among those of the client's turn, or NULL if it is not
 * its turn. */
static uint8_t *room_in_turn(struct conn *conn, size_t len)
{
	uint8_t *room = conn->out ? buffer_room(conn->out, len) : NULL;
	int r;

	if (room || !conn->out)
		return room;

	r = drain(conn);
	if (r < 0)
		lose(conn, r);
	return r < 0 ? NULL : buffer_room(conn->out, len);
}

static void send_later(struct conn *conn, const void *message, size_t len)
{
	int r = enqueue(conn, message, len, 0);

	if (r < 0)
		lose(conn, r);
	else
		flush_later(conn);
}

static void put(struct conn *conn, const struct xs_header *header,
		const void *first, size_t first_len, const void *second)
{
	uint8_t message[sizeof(*header) + XS_PAYLOAD_MAX];
	size_t len = sizeof(*header) + header->len;
	uint8_t *room = room_in_turn(conn, len);
	uint8_t *at = room ?: message;

	memcpy(at, header, sizeof(*header));
	at += sizeof(*header);
	memcpy(at, first, first_len);
	if (second)
		memcpy(at + first_len, second, header->len - first_len);
	if (!room && !conn->lost)
		send_later(conn, message, len);
}

static bool is_there(const struct conn *conn)
{
	return !conn->closed && !conn->lost;
}

void conn_reply(struct conn *conn, const struct xs_header *request,
		enum xs_type type, const void *payload, size_t len)
{
	struct xs_header header = { type, request->req_id, request->tx_id,
				    len };

	if (is_there(conn))
		put(conn, &header, payload, len, NULL);
}

/* An event that is too long for a message is not sent (XSA-324). */
void conn_event(struct conn *conn, const char *path, const char *token)
{
	size_t path_len = strlen(path) + 1;
	size_t len = path_len + strlen(token) + 1;
	struct xs_header header = { .type = XS_WATCH_EVENT, .len = len };

	if (is_there(conn) && len <= XS_PAYLOAD_MAX)
		put(conn, &header, path, path_len, token);
}

/* The end */

void conn_drop_watches_and_txns(struct conn *conn)
{
	while (!list_empty(&conn->watches))
		talloc_free(list_first(&conn->watches, struct watch, of_conn));
	while (!list_empty(&conn->txns))
		talloc_free(list_first(&conn->txns, struct txn, of_conn));
}

void conn_reset(struct conn *conn)
{
	conn_drop_watches_and_txns(conn);
	TALLOC_FREE(conn->partial);
	TALLOC_FREE(conn->queue);
	if (conn->out)
		conn->out->len = 0;
	conn->lost = 0;
}

void conn_close(struct conn *conn)
{
	if (conn->closed)
		return;

	conn_reset(conn);
	if (conn->out)
		buffer_give_back(&conn->server->buffers, conn->out);
	conn->out = NULL;
	conn->closed = true;
	conn->account = NULL;
	list_remove(&conn->of_server);
	list_remove(&conn->of_busy);
	list_remove(&conn->of_dirty);
	list_add(&conn->server->dead, &conn->of_dead);
	server_wake(conn->server);
}
