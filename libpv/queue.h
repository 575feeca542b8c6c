/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * queue - one ring of a session, with its event channel.
 *
 * A wake-up takes a bounded number of requests, shows all responses at once
 * and notifies at most once; what is left waits for its turn behind the other
 * queues of this program.
 */

#include "libpv/session.h"

/* Map and bind what @ring says.  Its requests have the numbers from @first on;
 * @why says what failed. */
int queue_open(struct pv_session *session, const struct session_ring *ring,
	       unsigned int first, const char **why);

/* Begin with what is in flight already, then serve. */
void queue_start(struct list *link);

/* How many requests fit into @ring. */
unsigned int queue_n_requests(const struct session_ring *ring);
