/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * gnt - what the two halves of libxengnttab.so.1 share.
 */

#include <xengnttab.h>

#include "sim/core/core.h"

/* Of type xengnttab_handle and xengntshr_handle alike. */
struct xengntdev_handle {
	struct sim_handle sim;
};

/* What is to happen when a page is unmapped; UINT32_MAX is nothing. */
struct gnt_notify {
	uint32_t offset;
	uint32_t port;
};

/* NULL and errno on failure, as the libraries' functions. */
struct xengntdev_handle *gnt_open(enum sim_handle_kind kind);
int gnt_close(struct xengntdev_handle *gnt);

/* Map what the hypervisor handed out under @cookie, which is released on
 * failure.  @notify may be NULL.  0 or -errno. */
int gnt_map(struct xengntdev_handle *gnt, uint32_t cookie,
	    const uint32_t *frames, uint32_t n, int prot,
	    const struct gnt_notify *notify, void **at);
