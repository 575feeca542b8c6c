/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * server - a whole xenstored: the store, its watches, domains and clients.
 *
 * All state hangs off one struct server, so that a test can have two.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/log.h"
#include "base/loop.h"
#include "hv/hv.h"
#include "xenstored/buffer.h"
#include "xenstored/quota.h"
#include "xenstored/store.h"

struct conn;
struct domains;
struct watches;

#define SERVER_IN_SIZE 65536 /* bytes taken from a client at once */

struct server_options {
	domid_t domid;     /* of the domain that we and our sockets are in */
	domid_t priv;      /* the privileged one besides it */
	bool keep_orphans; /* a dead domain's nodes become the privileged's */
	uint64_t event_timeout_us; /* for a guest to read an event; 0: none */
	struct quota_limits limits;
};

/* What holds unless an option says otherwise. */
void server_defaults(struct server_options *options);

struct server {
	struct loop *loop;
	struct hv *hv;
	struct log *log;
	struct server_options options;
	struct store store;
	struct watches *watches;
	struct domains *domains;
	struct hash secret; /* for the hash tables that come and go */
	struct list conns;
	struct list busy;       /* those with requests left of their turn */
	struct list dirty;      /* those with something to send */
	struct list dead;       /* those to be freed after this turn */
	struct loop_task *work; /* looks after these three */
	struct buffers buffers;
	uint8_t *in; /* scratch for what is read */
};

/* A server with the initial nodes, which serves the ring of its own domain if
 * that has one.  Other clients come through socket_listen(), socket_adopt()
 * and XS_INTRODUCE. */
int server_new(void *mem, struct loop *loop, struct hv *hv, struct log *log,
	       const struct server_options *options, struct server **server);

/* See to it that @server's work is done before the loop sleeps. */
void server_wake(struct server *server);
