/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * world - a hypervisor in this process, for tests and fuzzers.
 *
 * Nothing happens behind your back: there are no threads, events come from the
 * loop in the order in which they were sent, and a loop with a virtual clock
 * makes every run the same.  A guest is a handle with the guest's id:
 *
 *     struct world *world = world_new(mem, loop);
 *
 *     world_create(world, 7);
 *     hv_open_world(mem, world, 0, &host);
 *     hv_open_world(mem, world, 7, &guest);
 *     hv_share(mem, guest, 0, 1, HV_READ_WRITE, &ref, &page);
 *     hv_map(mem, host, 7, &ref, 1, HV_READ_WRITE, &mapped);
 *
 * The rules are Xen's: who may map what is checked as for grant tables of
 * version 1, what is still mapped outlives its owner, closing one end of a
 * channel leaves the other one unbound.
 */

#include "hv/hv.h"

struct world;

/* A world with a domain 0. */
struct world *world_new(void *mem, struct loop *loop);

/* A program in domain @domid.  -ESRCH if there is no such domain. */
int hv_open_world(void *mem, struct world *world, domid_t domid,
		  struct hv **hv);

/* A domain as the toolstack builds it: it grants its xenstore page to domain 0
 * under WORLD_STORE_REF and offers it a port; hv_store_page() and hv_adopt()
 * of the domain's own handle give them to its kernel. */
#define WORLD_STORE_REF 1
int world_create(struct world *world, domid_t domid);

/* The domain stops by itself, or is destroyed.  While others map its pages it
 * stays, dying.  Handles of a destroyed domain are of no use but safe. */
int world_shut_down(struct world *world, domid_t domid);
int world_destroy(struct world *world, domid_t domid);

/* What one program did and holds. */
enum world_call {
	WORLD_BIND,
	WORLD_OFFER,
	WORLD_ADOPT,
	WORLD_NOTIFY,
	WORLD_MAP,
	WORLD_SHARE,
	WORLD_COPY, /* each copy is one call */
	WORLD_STORE_PAGE,
	WORLD_DOMAINS,
	WORLD_WATCH_DOMAINS,
	WORLD_N_CALLS,
	WORLD_ANY_CALL = WORLD_N_CALLS,
};

struct world_count {
	unsigned int calls[WORLD_N_CALLS];
	unsigned int ports;        /* open now */
	unsigned int mapped_pages; /* of other domains, now */
	unsigned int shared_pages; /* with other domains, now */
};

const struct world_count *world_count(struct hv *hv);

/* Let the @n-th such call from now, counted from 1, fail with -ENOMEM; a
 * notification is lost instead.  0 takes it back. */
void world_fail(struct hv *hv, enum world_call call, unsigned int n);

/* Whether that has come to pass. */
bool world_has_failed(struct hv *hv);
