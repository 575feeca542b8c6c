/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * 9pfs-ring - Xen's transport for 9P: a page that says how things are, and two
 * rings of bytes on others, with messages one after the other.
 *
 * One set of functions serves both ends.  See docs/protocols/9pfs.md.
 */

#include "base/xen.h"
#include "protocols/9p-request.h"
#include "protocols/duplex.h"

#define P9_RING_ORDER_MIN DUPLEX_ORDER_MIN
#define P9_RING_ORDER_MAX DUPLEX_ORDER_MAX
#define P9_RING_PAGES_MAX DUPLEX_PAGES_MAX

/* The page.  "in" is what goes to the guest. */
struct p9_ring_page {
	uint32_t in_cons;
	uint32_t in_prod;
	uint8_t pad1[56];
	uint32_t out_cons;
	uint32_t out_prod;
	uint8_t pad2[56];
	uint32_t order; /* of how many pages the data have */
	grant_ref_t refs[P9_RING_PAGES_MAX];
};

extern const struct duplex_layout p9_ring_layout;

/* One end. */
struct p9_ring {
	struct bytes_in in;   /* of messages from the peer */
	struct bytes_out out; /* of messages to it */
	uint32_t n_held;      /* bytes of @in that are taken and still needed */
};

/* Copy to @refs where the data are.  Returns the order, or -EPROTO if it is
 * not P9_RING_ORDER_MIN to @max. */
int p9_ring_refs(const struct p9_ring_page *page, unsigned int max,
		 grant_ref_t refs[P9_RING_PAGES_MAX]);

/* An end of the ring with its data on 1 << @order pages in a row.  The host
 * goes on where the indices are; the guest's ring is new. */
void p9_ring_init_host(struct p9_ring *ring, struct p9_ring_page *page,
		       void *data, unsigned int order);
void p9_ring_init_guest(struct p9_ring *ring, struct p9_ring_page *page,
			void *data, unsigned int order);

/* How long a message can be in each direction. */
uint32_t p9_ring_size(const struct p9_ring *ring);

/* Whether there is a whole message, of at most @max bytes: 1 and its header,
 * or 0, or -EPROTO if there never will be one. */
int p9_ring_next(const struct p9_ring *ring, uint32_t max,
		 struct p9_header *header);

/* Copy bytes of that message, or learn where they are. */
void p9_ring_peek(const struct p9_ring *ring, uint32_t skip, void *to,
		  uint32_t len);
unsigned int p9_ring_at(const struct p9_ring *ring, uint32_t skip, uint32_t len,
			struct iovec parts[2]);

/* Go on to the next message; the bytes of this one stay where they are until
 * that many are released.  The oldest are released first. */
void p9_ring_take(struct p9_ring *ring, uint32_t size);
void p9_ring_release(struct p9_ring *ring, uint32_t size);
