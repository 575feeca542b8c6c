/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * plan - what a backend does next, given the states of both ends.
 *
 * This is the whole xenbus state machine, as a pure function, so that all of
 * its cases can be tested.  device.c carries the actions out.
 */

#include <stdbool.h>

enum xenbus_state {
	XENBUS_UNKNOWN, /* or no such key */
	XENBUS_INITIALISING,
	XENBUS_INIT_WAIT,
	XENBUS_INITIALISED,
	XENBUS_CONNECTED,
	XENBUS_CLOSING,
	XENBUS_CLOSED,
	XENBUS_RECONFIGURING,
	XENBUS_RECONFIGURED,
	XENBUS_N_STATES,
};

enum pv_action {
	PV_WAIT,     /* it is somebody else's turn */
	PV_PROBE,    /* (stop serving,) say what we can do, go to InitWait */
	PV_CONNECT,  /* serve, go to Connected unless we are Closing */
	PV_ANNOUNCE, /* go to Closing, but serve until the guest is done */
	PV_CLOSE,    /* stop serving, go to Closed */
};

/*
 * @back is what xenstore says of us: the toolstack writes it too, and we may
 * have been restarted since we wrote it.  @front is the guest's state.
 * @serving: we do.  @online: the toolstack wants the device to stay.
 */
enum pv_action pv_plan(enum xenbus_state back, enum xenbus_state front,
		       bool serving, bool online);
