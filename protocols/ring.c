/* SPDX-License-Identifier: MIT */

#include "protocols/ring.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/shared.h"

uint32_t ring_n_slots(size_t len, size_t slot_size)
{
	size_t room = (len - sizeof(struct ring_shared)) / slot_size;
	uint32_t n_slots = 1;

	assert(room >= 1);
	while (n_slots * 2 <= room)
		n_slots *= 2;

	return n_slots;
}

void ring_init_guest(struct ring *ring, void *pages, size_t len,
		     size_t slot_size)
{
	struct ring_shared *shared = pages;

	*ring = (struct ring){
		.peer_prod = &shared->rsp_prod,
		.peer_event = &shared->req_event,
		.prod = &shared->req_prod,
		.event = &shared->rsp_event,
		.slots = shared->slots,
		.slot_size = slot_size,
		.n_slots = ring_n_slots(len, slot_size),
	};

	*shared = (struct ring_shared){ .req_event = 1, .rsp_event = 1 };
}

void ring_init_host(struct ring *ring, void *pages, size_t len,
		    size_t slot_size)
{
	struct ring_shared *shared = pages;
	uint32_t answered = shared_read(&shared->rsp_prod);

	*ring = (struct ring){
		.peer_prod = &shared->req_prod,
		.peer_event = &shared->rsp_event,
		.prod = &shared->rsp_prod,
		.event = &shared->req_event,
		.slots = shared->slots,
		.slot_size = slot_size,
		.n_slots = ring_n_slots(len, slot_size),
		.taken = answered,
		.put = answered,
		.published = answered,
	};
	ring->lead = ring->n_slots;
}

void ring_resume(struct ring *ring, uint32_t n_taken)
{
	assert(n_taken <= ring->n_slots);
	ring->taken = ring->put + n_taken;
}

static void *slot_at(const struct ring *ring, uint32_t index)
{
	size_t slot = index & (ring->n_slots - 1);

	return ring->slots + slot * ring->slot_size;
}

/* How many slots the peer can have put, after what it was shown. */
static uint32_t ready_max(const struct ring *ring)
{
	return ring->published + ring->lead - ring->taken;
}

int ring_ready(const struct ring *ring)
{
	uint32_t ready = shared_read(ring->peer_prod) - ring->taken;

	/* Too many, or some taken back. */
	return ready <= ready_max(ring) ? (int)ready : -EPROTO;
}

void ring_take(struct ring *ring, void *to, size_t len)
{
	memcpy(to, slot_at(ring, ring->taken), len);
	/* What follows works on the copy and not on the slot again. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	ring->taken++;
}

uint32_t ring_room(const struct ring *ring)
{
	return ring->taken + ring->n_slots - ring->lead - ring->put;
}

void ring_put(struct ring *ring, const void *from, size_t len)
{
	assert(ring_room(ring) > 0);

	memcpy(slot_at(ring, ring->put), from, len);
	ring->put++;
}

bool ring_publish(struct ring *ring)
{
	uint32_t fresh = ring->put - ring->published;
	uint32_t event;

	ring->published = ring->put;
	shared_write(ring->prod, ring->put);
	shared_fence();
	event = shared_read(ring->peer_event);

	return ring->put - event < fresh;
}

bool ring_rearm(struct ring *ring)
{
	shared_write(ring->event, ring->taken + 1);
	shared_fence();

	return shared_read(ring->peer_prod) != ring->taken;
}
