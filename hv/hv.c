/* SPDX-License-Identifier: MIT */

/*
 * hv - from the page to the implementation behind a handle.
 *
 * What holds for every implementation is checked here.
 */

#include "hv/hv.h"

#include <errno.h>

#include "hv/ops.h"

int hv_open_guest(void *mem, struct hv *hv, domid_t domid, struct hv **guest)
{
	if (!hv->ops->open_guest)
		return -EOPNOTSUPP;

	return hv->ops->open_guest(mem, hv, domid, guest);
}

int hv_bind(void *mem, struct hv *hv, domid_t remote, evtchn_port_t remote_port,
	    loop_fn *event, void *arg, struct hv_port **port)
{
	return hv->ops->bind(mem, hv, remote, remote_port, event, arg, port);
}

int hv_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
	     void *arg, struct hv_port **port)
{
	return hv->ops->offer(mem, hv, remote, event, arg, port);
}

int hv_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
	     void *arg, struct hv_port **port)
{
	return hv->ops->adopt(mem, hv, number, event, arg, port);
}

evtchn_port_t hv_port_number(const struct hv_port *port)
{
	return port->number;
}

void hv_notify(struct hv_port *port)
{
	port->ops->notify(port);
}

void hv_unmask(struct hv_port *port)
{
	port->ops->unmask(port);
}

int hv_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	   size_t n_refs, enum hv_access access, struct hv_pages **pages)
{
	if (!n_refs)
		return -EINVAL;

	return hv->ops->map(mem, hv, guest, refs, n_refs, access, pages);
}

int hv_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
	     enum hv_access access, grant_ref_t *refs, struct hv_pages **pages)
{
	if (!n_pages)
		return -EINVAL;

	return hv->ops->share(mem, hv, peer, n_pages, access, refs, pages);
}

void *hv_pages_at(const struct hv_pages *pages)
{
	return pages->at;
}

size_t hv_pages_len(const struct hv_pages *pages)
{
	return pages->len;
}

static bool leaves_page(const struct hv_copy *copy)
{
	return copy->offset > XEN_PAGE_SIZE ||
	       copy->len > XEN_PAGE_SIZE - copy->offset;
}

int hv_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n)
{
	for (size_t i = 0; i < n; i++)
		copies[i].error = leaves_page(&copies[i]) ? -EINVAL : 0;

	hv->ops->copy(hv, guest, copies, n);

	for (size_t i = 0; i < n; i++) {
		if (copies[i].error)
			return copies[i].error;
	}

	return 0;
}

int hv_store_page(void *mem, struct hv *hv, struct hv_pages **page,
		  evtchn_port_t *port)
{
	return hv->ops->store_page(mem, hv, page, port);
}

int hv_domains(void *mem, struct hv *hv, struct hv_domain **domains, size_t *n)
{
	return hv->ops->domains(mem, hv, domains, n);
}

int hv_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
		     struct hv_port **port)
{
	return hv->ops->watch_domains(mem, hv, event, arg, port);
}

int hv_events_fd(struct hv *hv)
{
	return hv->ops->events_fd ? hv->ops->events_fd(hv) : -EOPNOTSUPP;
}

void hv_keep_ports(struct hv *hv)
{
	hv->ops->keep_ports(hv);
}
