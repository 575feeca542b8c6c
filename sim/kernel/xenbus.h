/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xenbus - what a guest's kernel does with its one connection to xenstored:
 * it lets all programs of the guest use it.
 *
 * Requests get numbers and watches get tokens of ours, by which replies and
 * events find back to who asked.  When a program leaves, its transactions are
 * aborted and its watches removed.
 */

#include "base/loop.h"
#include "sim/kernel/store-ring.h"

struct xenbus;
struct xenbus_user;

/* A message for a user, header and payload.  It may not leave in there. */
typedef void xenbus_fn(void *arg, const struct xs_header *header,
		       const void *payload);

/* @notify tells xenstored that the page changed.  @broken is called, at most
 * once, if xenstored broke the protocol; nobody hears anything any more. */
struct xenbus_ops {
	void (*notify)(void *arg);
	void (*broken)(void *arg);
};

struct xenbus *xenbus_new(void *mem, struct xs_page *page,
			  const struct xenbus_ops *ops, void *arg);

/* xenstored notified, or something is to be sent. */
void xenbus_turn(struct xenbus *xenbus);

/* Whether more is waiting to be sent than should; users had better wait. */
bool xenbus_is_busy(const struct xenbus *xenbus);

/* Freed, it has left. */
struct xenbus_user *xenbus_join(void *mem, struct xenbus *xenbus, xenbus_fn *fn,
				void *arg);

/* Pass a complete message on; it is sent by the next xenbus_turn(). */
void xenbus_ask(struct xenbus_user *user, const struct message *message);
