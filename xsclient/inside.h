/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * inside - what the files of xsclient share.
 */

#include <sys/types.h>
#include <sys/uio.h>

#include "base/list.h"
#include "xsclient/slots.h"
#include "xsclient/xs.h"

/* How bytes travel: a socket, a device or a ring.  Both calls return how many
 * bytes they moved, 0 if none can be moved now, or -errno, the end. */
struct wire {
	ssize_t (*read)(struct wire *wire, void *to, size_t size);
	ssize_t (*write)(struct wire *wire, const void *from, size_t len);

	/* Whether a write has to wait for room; not for those who are called
	 * anyway. */
	void (*want_room)(struct wire *wire, bool wanted);

	/* Each write is one message, its failure that message's, and the next
	 * one has to wait for the answer. */
	bool by_message;
};

struct xs_client {
	struct loop *loop;
	struct wire *wire; /* NULL once the connection is lost */
	int error;         /* why it is */
	xs_lost_fn *lost;
	void *arg;
	bool *freed; /* set by our destructor while a callback runs */
	struct slots requests;
	struct slots watches;
	struct list txns;
	struct loop_task *flush;
	struct loop_task *end;
	uint8_t *out; /* a talloc array, */
	size_t n_out; /* of which this much is to be sent */
	bool waits;   /* for an answer, before more may be sent */
	size_t n_in;  /* bytes of @in */
	uint8_t in[2 * XS_PAYLOAD_MAX];
	char payload[XS_PAYLOAD_MAX + 1];
};

/* A client without a wire yet, then its wire, which is to be a child of it. */
struct xs_client *client_new(void *mem, struct loop *loop, xs_lost_fn *lost,
			     void *arg);
void client_connect(struct xs_client *client, struct wire *wire);

/* For wires: there are bytes to read; there is room to write.  The first one
 * may free the client; it returns whether there may be more bytes. */
bool client_readable(struct xs_client *client);
void client_writable(struct xs_client *client);

/* Room for @len more bytes to be sent, which are then put there. */
int client_make_room(struct xs_client *client, size_t len);
void client_put(struct xs_client *client, const void *bytes, size_t len);

/* A request: what travels, and the open transaction that it belongs to. */
struct message {
	enum xs_type type;
	uint32_t tx_id; /* if not in @txn */
	struct xs_txn *txn;
	struct iovec parts[2];
};
int request_send(void *mem, struct xs_client *client,
		 const struct message *message, xs_reply_fn *fn, void *arg);

/* @path and its NUL, as a part of a message. */
struct iovec part_of(const char *path);

/* A reply came, its payload is the client's: 0 or -EPROTO.  The wire refused a
 * request.  The connection was lost before this number's answer, if it has a
 * request.  The client is freed.  No more is to be heard by @txn. */
int request_reply(struct xs_client *client, const struct xs_header *header);
void request_refused(struct xs_client *client, uint32_t number, int error);
void request_lost(struct xs_client *client, uint32_t number);
void requests_cut_off(struct xs_client *client);
void requests_leave(struct xs_txn *txn);

struct xs_txn {
	struct xs_client *client; /* NULL once it is freed */
	struct list of_client;
	struct list requests;      /* not answered yet */
	struct loop_task *settled; /* looks whether none is left */
	uint32_t id;               /* 0 if it is not open */
	unsigned int tries;
	int error; /* why it is to be aborted */
	xs_body_fn *body;
	xs_done_fn *done;
	void *arg;
};

/* A request of @txn was answered, and nobody looked at the @error. */
void txn_answered(struct xs_txn *txn, int error);

/* @payload answers a TRANSACTION_START in which nobody is interested. */
void txn_unwanted(struct xs_client *client, const char *payload);

/* The connection is lost; the client is freed. */
void txn_lost(struct xs_txn *txn);
void txn_cut_off(struct xs_txn *txn);

/* @payload is that of a WATCH_EVENT.  0 or -EPROTO. */
int watch_event(struct xs_client *client, const char *payload, size_t len);

/* The client is freed. */
void watches_cut_off(struct xs_client *client);
