/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * hv - the few things we ask of a hypervisor.
 *
 * xen.c asks Xen through its libraries (or xensim, which provides the same
 * ones), world.c pretends within one process.  Nothing outside hv/ can tell
 * which one it talks to.  What a call returns is a talloc child of @mem: free
 * it to unbind, unmap or stop watching.  When the hv is freed first, the rest
 * remains safe, but ports are closed and pages must not be touched.
 *
 * Errors are -errno.  -EINVAL is the guest's fault: it does not exist, did not
 * grant a page (to us, in this way) or does not offer a port (to us).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "base/xen.h"

struct hv;       /* a program's connection to the hypervisor */
struct hv_port;  /* our end of an event channel */
struct hv_pages; /* pages that we share with another domain, as one buffer */

enum hv_access { HV_READ, HV_READ_WRITE };

/* The connection of the domain that this program runs in.  What is not used
 * need not be there: without /dev/xen/gntdev only hv_map() fails. */
int hv_open(void *mem, struct loop *loop, struct hv **hv);

/*
 * Ports live as long as somebody has the descriptor that they are on: whoever
 * keeps a copy of hv_events_fd() keeps them.  hv_open_events() is hv_open() for
 * the program that comes after us; it owns @fd, and takes up the ports with
 * hv_adopt().  After hv_keep_ports(), ports that are freed remain bound.
 */
int hv_events_fd(struct hv *hv); /* -EOPNOTSUPP in a world */
int hv_open_events(void *mem, struct loop *loop, int fd, struct hv **hv);
void hv_keep_ports(struct hv *hv);

/* The connection of another domain, from within this program: tests and load
 * generators are many guests at once.  It shares what @hv has, and is of use
 * as long as that.  -EOPNOTSUPP unless the hypervisor is simulated. */
int hv_open_guest(void *mem, struct hv *hv, domid_t domid, struct hv **guest);

/*
 * Event channels.  @event is called from the loop after the other end
 * notified.  From then on the port is masked: further notifications are
 * remembered, and reported once, after hv_unmask().  Somebody may have
 * notified before we were there, hence the first event comes by itself.
 */
int hv_bind(void *mem, struct hv *hv, domid_t remote, evtchn_port_t remote_port,
	    loop_fn *event, void *arg, struct hv_port **port);

/* A port that @remote may bind to: the guest's side of the above.  When the
 * other end is closed, it may be bound again. */
int hv_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
	     void *arg, struct hv_port **port);

/* Take up a port that is ours already: the one that a domain was built with,
 * or one that a program before us left behind with its descriptor.  -ENOENT
 * if there is none, -EBUSY if this program holds it. */
int hv_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
	     void *arg, struct hv_port **port);

evtchn_port_t hv_port_number(const struct hv_port *port);
void hv_notify(struct hv_port *port);
void hv_unmask(struct hv_port *port);

/* Map pages that @guest granted to us, contiguously.  They stay readable (and
 * writable) until the result is freed, whatever becomes of @guest. */
int hv_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	   size_t n_refs, enum hv_access access, struct hv_pages **pages);

/* Zeroed pages of our own that @peer may map: the guest's side of the above.
 * @refs has room for @n_pages. */
int hv_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
	     enum hv_access access, grant_ref_t *refs, struct hv_pages **pages);

void *hv_pages_at(const struct hv_pages *pages);
size_t hv_pages_len(const struct hv_pages *pages);

/* Copy between our memory and pages that @guest granted to us.  A copy lies
 * within one page.  Each gets its own result in @error (0 or -errno); the
 * call returns the first that is not 0. */
struct hv_copy {
	grant_ref_t ref;
	uint16_t offset;
	uint16_t len;
	bool to_guest;
	void *local;
	int error;
};
int hv_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n);

/* The xenstore ring of our own domain: its page, and the number of the port
 * that a xenstored binds to.  -ENOENT if this host's kernel has none. */
int hv_store_page(void *mem, struct hv *hv, struct hv_pages **page,
		  evtchn_port_t *port);

/* All domains, as an array that is a child of @mem, by ascending id.  Both
 * calls are for a privileged domain: -EPERM elsewhere.  -EPROTONOSUPPORT if
 * this is a version of Xen that we do not know. */
struct hv_domain {
	domid_t id;
	bool shut_down; /* stopped, but still there */
	bool dying;     /* being destroyed; its pages can no longer be mapped */
	uint8_t uuid[16];
};
int hv_domains(void *mem, struct hv *hv, struct hv_domain **domains, size_t *n);

/* A port that has an event after a domain shut down, began to die or was gone
 * for good, and at first.  One program of a domain may have it, which is
 * xenstored: -EEXIST if another does. */
int hv_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
		     struct hv_port **port);
