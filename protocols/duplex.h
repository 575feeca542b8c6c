/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * duplex - two rings of bytes on pages in a row, one for each direction, and a
 * page that says where they are and how far they are filled.
 *
 * 9pfs has its messages in such rings, PV Calls the data of each socket.  One
 * set of functions serves both ends.
 */

#include "base/xen.h"
#include "protocols/bytes.h"

#define DUPLEX_ORDER_MIN 1
#define DUPLEX_ORDER_MAX 9
#define DUPLEX_PAGES_MAX (1 << DUPLEX_ORDER_MAX)

/* What is on the page of every protocol.  "in" is what goes to the guest. */
struct duplex_page {
	uint32_t in_cons;
	uint32_t in_prod;
	uint8_t pad[56];
	uint32_t out_cons;
	uint32_t out_prod;
};

/* Where a protocol has the rest. */
struct duplex_layout {
	uint16_t order; /* offset of: there are 1 << order pages of data */
	uint16_t refs;  /* offset of: their references */
};

/* One end. */
struct duplex {
	struct bytes_in in;   /* from the peer */
	struct bytes_out out; /* to it */
};

/* Copy to @refs where the data are.  Returns the order, or -EPROTO if it is
 * not DUPLEX_ORDER_MIN to @max. */
int duplex_refs(const struct duplex_layout *layout, const void *page,
		unsigned int max, grant_ref_t refs[DUPLEX_PAGES_MAX]);

/* An end with its data on 1 << @order pages in a row.  The host goes on where
 * the indices are; the guest begins at 0. */
struct duplex duplex_host(void *page, void *data, unsigned int order);
struct duplex duplex_guest(void *page, void *data, unsigned int order);
