/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * store - a guest's own connection to xenstored, as its kernel has it.
 */

#include "hv/hv.h"
#include "xsclient/xs.h"

/* A client on the ring of @hv's domain.  As xs_open_ring(); what it takes is a
 * child of the client. */
int store_open(void *mem, struct loop *loop, struct hv *hv, xs_lost_fn *lost,
	       void *arg, struct xs_client **client);
