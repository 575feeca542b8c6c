/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * domain - the domains that we know: introduced ones, and others that were
 * mentioned while they existed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "hv/hv.h"
#include "xenstored/quota.h"

struct conn;
struct domains;
struct server;

struct domain {
	domid_t id;
	domid_t target; /* its own id, or the domain it acts for */
	bool introduced;
	bool shut_down; /* said so in @releaseDomain, not resumed since */
	uint8_t uuid[16];
	uint32_t features; /* XS_FEATURE_* that it is offered */
	struct account account;
	struct conn *conn; /* its ring, while it is introduced */
};

struct domains *domains_new(struct server *server);

/* Know the domain that we are in, and the privileged one.  Returns 0 or
 * -ENOMEM. */
int domains_know_ours(struct server *server);

/* The domain, or NULL if we do not know it. */
struct domain *domain_find(const struct domains *domains, domid_t id);

/* The domain, which we get to know if it exists.  Returns 0, -ENOENT or
 * -ENOMEM. */
int domain_get(struct server *server, domid_t id, struct domain **domain);

/* The next domain that we know after @id (-1: the first), or NULL. */
struct domain *domain_next(const struct domains *domains, int id);

/* XS_INTRODUCE: begin to serve a domain's ring; again for one that is served
 * already, which resets it. */
int domain_introduce(struct server *server, domid_t id, evtchn_port_t port);

/* The domain that we are in, whose kernel waits for us.  -ENOENT if it does
 * not. */
int domain_introduce_self(struct server *server);

/* XS_RELEASE: forget a domain and all that it has. */
int domain_release(struct server *server, domid_t id);

/* XS_RESUME: a domain that had shut down runs again. */
int domain_resume(struct server *server, domid_t id);

/* XS_SET_TARGET: @id may do what @target may. */
int domain_set_target(struct server *server, domid_t id, domid_t target);

bool domain_is_introduced(struct server *server, domid_t id);
