/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * stats - what a device did, for the administrator.
 */

#include "base/histogram.h"

enum stat {
	STAT_SESSIONS,      /* times that the guest connected */
	STAT_REQUESTS,      /* answered */
	STAT_REFUSED,       /* of them, those that broke the protocol */
	STAT_BYTES_FROM,    /* copied from the guest */
	STAT_BYTES_TO,      /* copied to the guest */
	STAT_WAKE_UPS,      /* events from the guest */
	STAT_SPURIOUS,      /* of them, those for nothing */
	STAT_NOTIFICATIONS, /* events to the guest */
	STAT_N,
};

/* Counters only grow; a zeroed struct is a new one. */
struct stats {
	uint64_t count[STAT_N];
	struct histogram latency; /* of requests, in microseconds */
};

/* All of it in one line, as "name=number" words; a child of @mem or NULL. */
char *stats_text(void *mem, const struct stats *stats);
