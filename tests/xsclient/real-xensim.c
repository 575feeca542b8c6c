/* SPDX-License-Identifier: MIT */

/*
 * A xenstored that runs on xensim, and a guest on its ring.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "guest/store.h"
#include "sim/xensim.h"
#include "tests/xsclient/real.h"

#define GUEST_BYTES (16 << 20)

/* What the toolstack asked for was done. */
static void ok(void *arg, int error, const char *data, size_t len)
{
	struct real *real = arg;

	(void)data;
	(void)len;
	CHECK_EQ(error, 0);
	real_done(real);
}

/* @payload is text in which a "|" stands for a NUL. */
static void tell(struct real *real, enum xs_type type, char *payload)
{
	size_t len = strlen(payload);

	for (char *at = payload; (at = strchr(at, '|'));)
		*at++ = '\0';
	CHECK_EQ(xs_request(real, real->client, NULL, type, payload, len, ok,
			    real),
		 0);
	real_wait(real);
}

static void introduce(struct real *real, const struct xensim_domain *domain)
{
	char payload[64];

	snprintf(payload, sizeof(payload), "/local/domain/%u|", domain->domid);
	tell(real, XS_MKDIR, payload);
	snprintf(payload, sizeof(payload), "/local/domain/%u|n%u|",
		 domain->domid, domain->domid);
	tell(real, XS_SET_PERMS, payload);
	snprintf(payload, sizeof(payload), "%u|%ju|%u|", domain->domid,
		 (uintmax_t)domain->store_gfn, domain->store_port);
	tell(real, XS_INTRODUCE, payload);
}

static int destroy(domid_t *domid)
{
	xensim_destroy(*domid);
	return 0;
}

static domid_t new_domain(struct test *t, struct xensim_domain *domain)
{
	domid_t *domid = talloc(t->mem, domid_t);

	CHECK(xensim_create(XENSIM_ANY_DOMID, GUEST_BYTES, domain) > 0);
	*domid = domain->domid;
	talloc_set_destructor(domid, destroy);
	return *domid;
}

struct real *real_new(struct test *t)
{
	struct loop *loop = loop_new(t->mem);
	struct xensim_domain domain;
	domid_t domid = new_domain(t, &domain);
	struct real *real = talloc_zero(t->mem, struct real);
	struct hv *host, *guest;

	real->loop = loop;
	real->has_short_lists = true; /* the list counts as a node's size */
	CHECK_EQ(xs_open(real, loop, NULL, real_lost, real, &real->client), 0);
	introduce(real, &domain);
	talloc_free(real->client);

	CHECK_EQ(hv_open(real, loop, &host), 0);
	CHECK_EQ(hv_open_guest(real, host, domid, &guest), 0);
	CHECK_EQ(store_open(real, loop, guest, real_lost, real, &real->client),
		 0);
	return real;
}
