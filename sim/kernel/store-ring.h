/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * store-ring - the guest's end of the page that it shares with xenstored.
 */

#include "protocols/bytes.h"
#include "sim/kernel/buffer.h"
#include "sim/kernel/message.h"

/* For each message that came. */
typedef void store_ring_fn(void *arg, const struct message *message);

struct store_ring {
	struct bytes_in in;
	struct bytes_out out;
	struct buffer waiting; /* for room in the ring */
	struct message incoming;
	store_ring_fn *fn;
	void *arg;
};

/* Continue where the page says that its last user stopped. */
void store_ring_init(struct store_ring *ring, struct xs_page *page,
		     store_ring_fn *fn, void *arg);

/* To be sent by the next store_ring_turn(). */
int store_ring_send(void *mem, struct store_ring *ring,
		    const struct xs_header *header, const void *payload);

/* Move what can be moved.  Returns whether xenstored is to be notified, or
 * -EPROTO if it broke the protocol. */
int store_ring_turn(struct store_ring *ring);
