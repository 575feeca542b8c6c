/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * session - one time that a device is served.
 *
 * It is made by the manager, given what it needs, and started.  From then on
 * it looks after itself until it is stopped; it is freed when it has told that
 * all is answered.
 */

#include "base/list.h"
#include "libpv/journal.h"
#include "libpv/pv.h"
#include "libpv/stats.h"

#define SESSION_FDS_MAX   8
#define SESSION_RINGS_MAX 64
#define RING_ORDER_MAX    4

/* What the guest says of a ring, checked. */
struct session_ring {
	const struct ring_protocol *protocol;
	evtchn_port_t port;
	unsigned int n_refs;
	grant_ref_t refs[1 << RING_ORDER_MAX];
};

struct session_events {
	/* All is answered and nothing more will be: it may be freed. */
	loop_fn *drained;
	/* The guest broke the rules of its ring: it is to be stopped. */
	void (*broken)(void *arg, const char *why);
	void *arg;
};

struct pv_session {
	const struct pv_backend *backend;
	struct loop *loop;
	struct hv *hv;
	struct log *log;
	struct stats *stats;
	domid_t guest;
	struct session_events events;

	void *setup;
	void *data;
	int fds[SESSION_FDS_MAX];
	unsigned int n_fds;
	struct session_ring rings[SESSION_RINGS_MAX];
	unsigned int n_rings;

	struct list queues;
	struct journal_record *journal; /* one for each request, of all rings */
	unsigned int n_requests;
	unsigned int n_in_flight;
	struct loop_task *drained;
	bool started;
	bool stopping;
};

struct pv_session *session_new(void *mem, const struct pv_backend *backend,
			       struct loop *loop, struct hv *hv,
			       const struct session_events *events);

/* What session_start() needs room for in a journal. */
unsigned int session_n_requests(const struct pv_session *session);

/* Map, bind, and serve; requests that @journal has as taken come first.  On
 * an error @why says what failed. */
int session_start(struct pv_session *session, struct journal_record *journal,
		  const char **why);

/* Take no more requests; events.drained is called when the rest is answered. */
void session_stop(struct pv_session *session);

/* For queue.c: a request less in flight. */
void session_answered(struct pv_session *session);
