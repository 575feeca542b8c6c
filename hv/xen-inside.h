/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xen-inside - what the files of the connection to Xen share.
 *
 * What was asked for is linked to the connection, and is cut off (its pointer
 * to the connection becomes NULL) when the latter is freed first.
 */

#include <xencall.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "base/list.h"
#include "hv/ops.h"

/* Each handle of Xen's libraries is NULL until it is needed. */
struct xen {
	struct hv base;
	struct loop *loop;

	xenevtchn_handle *evtchn;
	struct loop_fd *events;
	struct port **ports; /* a talloc array, by number */
	bool keeps_ports;    /* that are freed */
	bool *freed;         /* set by our destructor while events go out */

	xengnttab_handle *gnttab;
	xengntshr_handle *gntshr;
	struct list pages;

	xencall_handle *call;
	uint32_t sysctl_version; /* 0 until it is known */
};

static inline struct xen *xen_of(struct hv *hv)
{
	return container_of(hv, struct xen, base);
}

/* A logger for Xen's libraries.  They would write a line for each call that
 * fails, and guests can make calls fail. */
struct xentoollog_logger *xen_silence(void);

/* -errno of a call about a guest, which is to blame for some of them. */
int xen_guest_error(void);

/* Guests, on xensim. */
int xen_open_guest(void *mem, struct hv *hv, domid_t domid, struct hv **guest);

/* Event channels. */
int xen_bind(void *mem, struct hv *hv, domid_t remote,
	     evtchn_port_t remote_port, loop_fn *event, void *arg,
	     struct hv_port **port);
int xen_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
	      void *arg, struct hv_port **port);
int xen_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
	      void *arg, struct hv_port **port);
void xen_notify(struct hv_port *port);
void xen_unmask(struct hv_port *port);
int xen_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
		      struct hv_port **port);
int xen_events_fd(struct hv *hv);
void xen_keep_ports(struct hv *hv);
void xen_close_events(struct xen *xen);

/* Pages. */
int xen_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	    size_t n_refs, enum hv_access access, struct hv_pages **pages);
int xen_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
	      enum hv_access access, grant_ref_t *refs,
	      struct hv_pages **pages);
void xen_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n);
int xen_store_page(void *mem, struct hv *hv, struct hv_pages **page,
		   evtchn_port_t *port);
void xen_close_pages(struct xen *xen);

/* Domains. */
int xen_store_port(struct hv *hv, domid_t domid, evtchn_port_t *port);
int xen_domains(void *mem, struct hv *hv, struct hv_domain **domains,
		size_t *n);
