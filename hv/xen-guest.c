/* SPDX-License-Identifier: MIT */

/*
 * xen-guest - the connection of another domain, as xensim allows it.
 *
 * A guest is the host's connection with a different sender: each call is made
 * as the guest, what it makes belongs to the host's connection.
 */

#include <dlfcn.h>
#include <errno.h>
#include <talloc.h>

#include "hv/xen-abi.h"
#include "hv/xen-inside.h"

#define STORE_REF 1 /* of each domain's xenstore page */

typedef uint16_t act_for_fn(uint16_t domid);

struct guest {
	struct hv base;
	struct hv *host;
	domid_t domid;
	act_for_fn *act_for; /* returns whom we acted for before */
};

static struct guest *guest_of(struct hv *hv)
{
	return container_of(hv, struct guest, base);
}

static int guest_bind(void *mem, struct hv *hv, domid_t remote,
		      evtchn_port_t remote_port, loop_fn *event, void *arg,
		      struct hv_port **port)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);
	int r = xen_bind(mem, guest->host, remote, remote_port, event, arg,
			 port);

	guest->act_for(us);
	return r;
}

static int guest_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
		       void *arg, struct hv_port **port)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);
	int r = xen_offer(mem, guest->host, remote, event, arg, port);

	guest->act_for(us);
	return r;
}

static int guest_adopt(void *mem, struct hv *hv, evtchn_port_t number,
		       loop_fn *event, void *arg, struct hv_port **port)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);
	int r = xen_adopt(mem, guest->host, number, event, arg, port);

	guest->act_for(us);
	return r;
}

static int guest_map(void *mem, struct hv *hv, domid_t granter,
		     const grant_ref_t *refs, size_t n_refs,
		     enum hv_access access, struct hv_pages **pages)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);
	int r = xen_map(mem, guest->host, granter, refs, n_refs, access, pages);

	guest->act_for(us);
	return r;
}

static int guest_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
		       enum hv_access access, grant_ref_t *refs,
		       struct hv_pages **pages)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);
	int r = xen_share(mem, guest->host, peer, n_pages, access, refs, pages);

	guest->act_for(us);
	return r;
}

static void guest_copy(struct hv *hv, domid_t granter, struct hv_copy *copies,
		       size_t n)
{
	struct guest *guest = guest_of(hv);
	domid_t us = guest->act_for(guest->domid);

	xen_copy(guest->host, granter, copies, n);
	guest->act_for(us);
}

/* Hypercalls would be the host's, which may do more than a guest. */

static int guest_domains(void *mem, struct hv *hv, struct hv_domain **domains,
			 size_t *n)
{
	(void)mem;
	(void)hv;
	(void)domains;
	(void)n;
	return -EPERM;
}

static int guest_watch_domains(void *mem, struct hv *hv, loop_fn *event,
			       void *arg, struct hv_port **port)
{
	(void)mem;
	(void)hv;
	(void)event;
	(void)arg;
	(void)port;
	return -EPERM;
}

/* The page is the one that the guest granted to the host: us. */
static int guest_store_page(void *mem, struct hv *hv, struct hv_pages **page,
			    evtchn_port_t *port)
{
	struct guest *guest = guest_of(hv);
	grant_ref_t ref = STORE_REF;
	int r = xen_store_port(guest->host, guest->domid, port);

	if (r < 0)
		return r;

	return xen_map(mem, guest->host, guest->domid, &ref, 1, HV_READ_WRITE,
		       page);
}

/* Ports are the host's, hence nothing that is about them. */
static const struct hv_ops guest_ops = {
	.bind = guest_bind,
	.offer = guest_offer,
	.adopt = guest_adopt,
	.map = guest_map,
	.share = guest_share,
	.copy = guest_copy,
	.store_page = guest_store_page,
	.domains = guest_domains,
	.watch_domains = guest_watch_domains,
};

int xen_open_guest(void *mem, struct hv *hv, domid_t domid, struct hv **result)
{
	act_for_fn *act_for =
		(act_for_fn *)dlsym(RTLD_DEFAULT, "xensim_act_for");
	struct guest *guest;

	if (!act_for)
		return -EOPNOTSUPP;
	guest = talloc(mem, struct guest);
	if (!guest)
		return -ENOMEM;

	*guest = (struct guest){ { &guest_ops }, hv, domid, act_for };
	*result = &guest->base;
	return 0;
}
