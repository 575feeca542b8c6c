/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * conn - one client: what it asks, what it is owed, what hangs off it.
 *
 * Bytes come from a transport (a socket or a guest's ring) and go back to it.
 * Clients take turns: in one turn a client's requests are served until its
 * budget is used up; what it gets is collected and sent at the end.  A client
 * that has nothing under way holds no buffers.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "protocols/xs.h"
#include "xenstored/quota.h"
#include "xenstored/server.h"

struct buffer;
struct conn;
struct iovec;
struct partial;
struct queue;

/* How a client's bytes travel. */
struct transport {
	/* Send what there is room for: bytes sent, maybe 0, or -errno if there
	 * never will be.  Once there is room for more it calls conn_flush().
	 */
	int (*send)(struct conn *conn, const struct iovec *iov, int n);

	/* The client cannot get what it is owed: end it with conn_close(), or
	 * conn_reset() it and go on only when it starts afresh.  @error is
	 * that of send(), or -ENOMEM. */
	void (*cut_off)(struct conn *conn, int error);

	/* Something was sent: let the client know.  May be NULL. */
	void (*sent)(struct conn *conn);

	/* Go on with what the client sent before: it is its turn again. */
	void (*resume)(struct conn *conn);
};

struct conn {
	struct server *server;
	const struct transport *transport;
	struct who who;
	struct account *account;
	uint32_t features; /* XS_FEATURE_*, what it may use */
	struct list of_server;
	struct list of_busy, of_dirty, of_dead;
	struct list watches;
	struct list txns;
	uint32_t last_txn_id;
	bool closed;             /* no request is served, no event sent */
	int lost;                /* why it is to be cut off, or 0 */
	struct partial *partial; /* a message that came in part */
	struct buffer *out;      /* of its turn, sent at the end of it */
	struct queue *queue;     /* what could not be sent at once */
};

/* A client of domain @who.  The transport's own struct starts with a struct
 * conn and is @size bytes long.  To be freed by conn_close().  NULL: no
 * memory. */
struct conn *conn_new(struct server *server, const struct transport *transport,
		      const struct who *who, struct account *account,
		      size_t size);

/* Serve the complete messages among these bytes, as long as the budget of
 * this turn lasts; *used says how many bytes it took, a message that is not
 * complete included.  Returns 0, or -EPROTO if these are no messages. */
int conn_feed(struct conn *conn, const void *bytes, size_t len, size_t *used);

/* Whether a request of it would be served now: not if it leaves too many
 * replies unread. */
bool conn_may_ask(const struct conn *conn);

/* Send what is owed to a client, as far as it takes it, and end its turn. */
void conn_flush(struct conn *conn);

/* Give it another turn, after the others had theirs. */
void conn_again(struct conn *conn);

/* Reply to a request, or tell of an event. */
void conn_reply(struct conn *conn, const struct xs_header *request,
		enum xs_type type, const void *payload, size_t len);
void conn_event(struct conn *conn, const char *path, const char *token);

void conn_drop_watches_and_txns(struct conn *conn);

/* Forget watches, transactions, and what was asked and not yet answered. */
void conn_reset(struct conn *conn);

/* The client is gone: it is reset at once and freed after this turn. */
void conn_close(struct conn *conn);
