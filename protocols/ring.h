/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ring - requests one way, responses the other, in slots on shared pages.
 *
 * The guest puts requests and takes responses, the host the other way round;
 * a response goes into the slot of the oldest request that has no response
 * yet.  One set of functions serves both ends.  See xen/io/ring.h.
 *
 * The peer can write to the pages at any moment.  Our own indices are kept
 * private and never read back, the peer's index is read once for each look,
 * and what is taken is a copy.  A peer whose index cannot be is -EPROTO.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is on the pages. */
struct ring_shared {
	uint32_t req_prod;
	uint32_t req_event; /* the host is to be notified of this request */
	uint32_t rsp_prod;
	uint32_t rsp_event; /* the guest is to be notified of this response */
	uint8_t pad[48];
	uint8_t slots[];
};

/* One end of it. */
struct ring {
	const uint32_t *peer_prod;  /* shared, theirs */
	const uint32_t *peer_event; /* shared, theirs */
	uint32_t *prod;             /* shared, ours; never read */
	uint32_t *event;            /* shared, ours; never read */
	uint8_t *slots;             /* shared */
	size_t slot_size;
	uint32_t n_slots;   /* a power of two */
	uint32_t lead;      /* how far the peer may be ahead of what we put */
	uint32_t taken;     /* slots taken so far */
	uint32_t put;       /* slots put so far */
	uint32_t published; /* slots that the peer was shown */
};

/* How the bytes in a slot become a struct, and back.  What no driver sends is
 * -EPROTO to decode(); the struct then holds what refuse() needs to answer it
 * all the same. */
#define RING_SLOT_MAX     112
#define RING_RESPONSE_MAX 64
struct ring_protocol {
	size_t slot_size;
	size_t request_size;  /* of the decoded struct */
	size_t response_size; /* on the wire */
	int (*decode)(const void *slot, void *request);
	void (*encode)(const void *response, void *slot);
	void (*refuse)(const void *request, void *slot);
};

/* How many slots fit on @len bytes of pages. */
uint32_t ring_n_slots(size_t len, size_t slot_size);

/* The guest's end of a new ring. */
void ring_init_guest(struct ring *ring, void *pages, size_t len,
		     size_t slot_size);

/* The host's end.  It goes on where responses end; whoever takes over a ring
 * that was served before says how many requests are taken and unanswered. */
void ring_init_host(struct ring *ring, void *pages, size_t len,
		    size_t slot_size);
void ring_resume(struct ring *ring, uint32_t n_taken);

/* How many slots there are to take, or -EPROTO. */
int ring_ready(const struct ring *ring);

/* Copy out the first @len bytes of a slot that ring_ready() reported. */
void ring_take(struct ring *ring, void *to, size_t len);

/* How many slots may be put: a guest is limited by the size of the ring, a
 * host by the requests it has taken. */
uint32_t ring_room(const struct ring *ring);

/* Fill the first @len bytes of a slot for which there is room. */
void ring_put(struct ring *ring, const void *from, size_t len);

/* Show the peer what was put; whether it wants to be notified. */
bool ring_publish(struct ring *ring);

/* Ask to be notified of the next slot.  True if there is one already, or
 * something wrong: then look again, for no notification may come. */
bool ring_rearm(struct ring *ring);
