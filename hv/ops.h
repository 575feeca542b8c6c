/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ops - what an implementation of hv.h fills in.
 *
 * Its own structs begin with these ones.  Destructors do the opposite of what
 * made them, so that there is no unbind or unmap here.
 */

#include "hv/hv.h"

struct hv {
	const struct hv_ops *ops;
};

struct hv_port {
	const struct hv_ops *ops;
	evtchn_port_t number;
};

struct hv_pages {
	void *at;
	size_t len;
};

/* As the functions of hv.h.  Numbers of pages are not 0; a copy whose error is
 * set already (it leaves its page) is to be left out. */
struct hv_ops {
	int (*open_guest)(void *mem, struct hv *hv, domid_t domid,
			  struct hv **guest); /* or NULL */
	int (*bind)(void *mem, struct hv *hv, domid_t remote,
		    evtchn_port_t remote_port, loop_fn *event, void *arg,
		    struct hv_port **port);
	int (*offer)(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
		     void *arg, struct hv_port **port);
	int (*adopt)(void *mem, struct hv *hv, evtchn_port_t number,
		     loop_fn *event, void *arg, struct hv_port **port);
	void (*notify)(struct hv_port *port);
	void (*unmask)(struct hv_port *port);
	int (*map)(void *mem, struct hv *hv, domid_t guest,
		   const grant_ref_t *refs, size_t n_refs,
		   enum hv_access access, struct hv_pages **pages);
	int (*share)(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
		     enum hv_access access, grant_ref_t *refs,
		     struct hv_pages **pages);
	void (*copy)(struct hv *hv, domid_t guest, struct hv_copy *copies,
		     size_t n);
	int (*store_page)(void *mem, struct hv *hv, struct hv_pages **page,
			  evtchn_port_t *port);
	int (*domains)(void *mem, struct hv *hv, struct hv_domain **domains,
		       size_t *n);
	int (*watch_domains)(void *mem, struct hv *hv, loop_fn *event,
			     void *arg, struct hv_port **port);
	int (*events_fd)(struct hv *hv); /* or NULL */
	void (*keep_ports)(struct hv *hv);
};
