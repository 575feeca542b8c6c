/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * manager - a backend at work: it finds the devices of its classes below
 * backend/<class> and serves them.
 */

#include "libpv/pv.h"
#include "xsclient/xs.h"

struct pv;

struct pv_options {
	bool one_guest; /* serve @guest alone */
	domid_t guest;
	const char *state; /* a directory for what is to outlive a crash */
};

/* @hv, @log and @options must outlive the result. */
int pv_new(void *mem, struct loop *loop, struct hv *hv, struct log *log,
	   const struct pv_backend *backend, const struct pv_options *options,
	   struct pv **pv);

/* Look for devices through @xs, from now on; NULL if the connection is lost.
 * What is being served goes on. */
int pv_attach(struct pv *pv, struct xs_client *xs);

/* Answer what is in flight, take no more, and leave xenstore as it is, so that
 * a successor can go on.  Then @left is called. */
void pv_leave(struct pv *pv, loop_fn *left, void *arg);

/* One line into the log for each device. */
void pv_dump(struct pv *pv);
