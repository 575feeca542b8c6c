/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * calls-ring - the data of one socket, and why there are no more.
 *
 * A duplex pair of rings, with an error for each direction on its page.  See
 * docs/protocols/calls.md.
 */

#include <stdbool.h>

#include "protocols/duplex.h"

/* The page.  "in" is what goes to the guest. */
struct calls_ring_page {
	uint32_t in_cons;
	uint32_t in_prod;
	int32_t in_error; /* the host's: why nothing more will be put */
	uint8_t pad1[52];
	uint32_t out_cons;
	uint32_t out_prod;
	int32_t out_error; /* the host's: why nothing more is taken */
	uint8_t pad2[52];
	uint32_t order; /* of how many pages the data have */
	grant_ref_t refs[DUPLEX_PAGES_MAX];
};

/* What tells a guest that its peer has no more to say. */
#define CALLS_RING_END (-107)

extern const struct duplex_layout calls_ring_layout;

/* Whether the peer has read all that was put, or -EPROTO. */
int calls_ring_is_read(const struct duplex *ring);

/* The host's side: say why there are no more data, in Linux's negative
 * numbers.  Drivers look at their index first and at the error then, and some
 * take an error for the end whatever is in the ring; so the one of "in" is
 * said when all was read. */
void calls_ring_end_in(struct calls_ring_page *page, int error);
void calls_ring_end_out(struct calls_ring_page *page, int error);

/* The guest's side: what was said, 0 or negative. */
int calls_ring_in_error(const struct calls_ring_page *page);
int calls_ring_out_error(const struct calls_ring_page *page);
