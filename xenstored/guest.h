/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * guest - a client that is a domain, with a ring page and an event channel.
 *
 * Source: docs/misc/xenstore-ring.txt.
 */

#include "hv/hv.h"

struct account;
struct conn;
struct server;
struct who;

/* A new ring is made empty; one in use may hold requests that nobody took. */
enum guest_ring { GUEST_RING_NEW, GUEST_RING_IN_USE };

/* Serve the ring on @page, whose other end is @remote_port of @who's domain.
 * The page becomes the client's.  The guest is offered @features. */
int guest_new(struct server *server, const struct who *who,
	      struct account *account, struct hv_pages *page,
	      evtchn_port_t remote_port, uint32_t features,
	      enum guest_ring ring, struct conn **conn);

/* Take up an event channel anew, and start as with a fresh page. */
int guest_reconnect(struct conn *conn, evtchn_port_t remote_port);

/* The domain has no part in xenstore any more.  Its event channel is free to
 * be bound again at once. */
void guest_close(struct conn *conn);
