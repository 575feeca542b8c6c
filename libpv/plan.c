/* SPDX-License-Identifier: MIT */

#include "libpv/plan.h"

/*
 * Each row is a state of ours, each column one of the guest's.  Cells that are
 * not listed wait.  What some drivers rely on:
 *
 * - Nobody connects without having seen InitWait, but some (OVMF, Mini-OS)
 *   never are Initialised and go straight to Connected.
 * - Some wait for our Closing before they are Closed: it must not be skipped.
 * - Linux gives up a disk for good when it sees Closing or Closed unasked; so
 *   a guest that starts over (kexec, a new driver) goes straight to InitWait.
 * - FreeBSD may refuse to close and stays Connected: we go on serving.
 * - After a fault of its own a guest is left at Closed until it starts over.
 */
static const enum pv_action plan[XENBUS_N_STATES][XENBUS_N_STATES] = {
	[XENBUS_INITIALISING] = {
		[XENBUS_UNKNOWN]      = PV_PROBE,
		[XENBUS_INITIALISING] = PV_PROBE,
		[XENBUS_INIT_WAIT]    = PV_PROBE,
		[XENBUS_INITIALISED]  = PV_PROBE,
		[XENBUS_CONNECTED]    = PV_PROBE,
		[XENBUS_CLOSING]      = PV_PROBE,
		[XENBUS_CLOSED]       = PV_PROBE,
	},
	[XENBUS_INIT_WAIT] = {
		[XENBUS_INITIALISED]  = PV_CONNECT,
		[XENBUS_CONNECTED]    = PV_CONNECT,
		[XENBUS_CLOSING]      = PV_ANNOUNCE,
		[XENBUS_CLOSED]       = PV_CLOSE,
	},
	[XENBUS_INITIALISED] = { /* never ours: a backend was here before us */
		[XENBUS_INITIALISING] = PV_PROBE,
		[XENBUS_INITIALISED]  = PV_CONNECT,
		[XENBUS_CONNECTED]    = PV_CONNECT,
		[XENBUS_CLOSING]      = PV_ANNOUNCE,
		[XENBUS_CLOSED]       = PV_CLOSE,
	},
	[XENBUS_CONNECTED] = {
		[XENBUS_UNKNOWN]      = PV_CLOSE,
		[XENBUS_INITIALISING] = PV_PROBE,
		[XENBUS_CLOSING]      = PV_ANNOUNCE,
		[XENBUS_CLOSED]       = PV_CLOSE,
	},
	[XENBUS_CLOSING] = { /* the guest or the toolstack wants it so */
		[XENBUS_UNKNOWN]      = PV_CLOSE,
		[XENBUS_INITIALISING] = PV_PROBE,
		[XENBUS_CLOSED]       = PV_CLOSE,
	},
	[XENBUS_CLOSED] = {
		[XENBUS_INITIALISING] = PV_PROBE,
	},
};

/* What a backend that was restarted finds it should be serving. */
static bool is_orphan(enum xenbus_state back, enum xenbus_state front)
{
	if (back == XENBUS_CONNECTED)
		return front == XENBUS_INITIALISED || front == XENBUS_CONNECTED;

	return back == XENBUS_CLOSING &&
	       (front == XENBUS_CONNECTED || front == XENBUS_CLOSING);
}

/* A device that is to go does not start over. */
static enum pv_action instead_of_probe(enum xenbus_state back)
{
	switch (back) {
	case XENBUS_INITIALISING:
	case XENBUS_CLOSED:
		return PV_WAIT;
	default:
		return PV_CLOSE;
	}
}

enum pv_action pv_plan(enum xenbus_state back, enum xenbus_state front,
		       bool serving, bool online)
{
	enum pv_action action;

	if (back >= XENBUS_N_STATES || front >= XENBUS_N_STATES)
		return PV_WAIT;
	if (!serving && is_orphan(back, front))
		return PV_CONNECT;

	action = plan[back][front];
	if (action == PV_PROBE && !online)
		return instead_of_probe(back);

	return action;
}
