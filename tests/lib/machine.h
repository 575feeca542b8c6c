/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * machine - a computer to test backends in: a simulated hypervisor, a real
 * xenstored, the backend under test, a toolstack and guests, on one loop.
 *
 * Nothing happens in the background.  Each call runs the loop until there is
 * nothing left to do, so that a test reads like a story and is the same each
 * time.  Time passes only when a test says so.
 */

#include "hv/world.h"
#include "libpv/manager.h"
#include "xsclient/xs.h"

struct server;
struct test;

struct machine {
	struct loop *loop;
	struct world *world;
	struct hv *store_hv;
	struct server *server;
	struct xs_client *toolstack;
	struct log *log;
	char *logged; /* all lines */

	const struct pv_backend *backend;
	struct pv_options options;
	struct hv *hv; /* the backend's */
	struct xs_client *xs;
	struct pv *pv;
};

struct machine *machine_new(struct test *t, const struct pv_backend *backend);
void machine_settle(struct machine *m);
void machine_wait_ms(struct machine *m, unsigned int ms);

/* Whether a line matches: "pv-blk 7/51712: guest: *". */
bool machine_logged(const struct machine *m, const char *pattern);

/* The backend's process ends, in peace or without a word, and starts; the
 * connection to xenstored ends, and is back. */
void machine_end_backend(struct machine *m);
void machine_kill_backend(struct machine *m);
void machine_start_backend(struct machine *m);
void machine_lose_xenstored(struct machine *m);
void machine_find_xenstored(struct machine *m);

/* What the backend holds of the hypervisor. */
unsigned int machine_mapped_pages(const struct machine *m);
unsigned int machine_ports(const struct machine *m);

/* A toolstack.  @keys are "key=value" words that go into the backend's
 * directory, over those that libxl writes; "class=vbd3" and "id=51728" say
 * which directory. */
void xl_create(struct machine *m, domid_t domid);
void xl_attach(struct machine *m, domid_t domid, const char *keys);
void xl_detach(struct machine *m, domid_t domid);
void xl_destroy(struct machine *m, domid_t domid);

/* Any node, as domain 0; NULL if there is none, or to remove it. */
const char *xs_get(struct machine *m, const char *path);
void xs_set(struct machine *m, const char *path, const char *value);

/* The device with the id 51712 in either directory: "state". */
#define DISK 51712
const char *back_get(struct machine *m, domid_t domid, const char *key);
void back_set(struct machine *m, domid_t domid, const char *key,
	      const char *value);

/* The kernel of a guest. */
struct guest {
	struct machine *m;
	domid_t domid;
	struct hv *hv;
	struct xs_client *xs;
};
struct guest *guest_boot(struct machine *m, domid_t domid);

/* A node as the guest sees it, or NULL. */
const char *guest_get(struct guest *guest, const char *path);

/* Write a key of its disk; whether it has arrived is for others to see. */
void front_set(struct guest *guest, const char *key, const char *value);
