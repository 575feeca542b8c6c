/* SPDX-License-Identifier: MIT */

#include "guest/blk/front.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"

/* A request of our own, and the pages that go with it. */
struct slot {
	struct front_io *io; /* NULL if it is free */
	uint64_t first;      /* sector of the order that it begins with */
	unsigned int n_sectors;
	const grant_ref_t *refs;
	uint8_t *data;
};

struct front {
	struct hv *hv;
	struct xenbus *xenbus;
	struct front_events events;
	struct front_info info;
	unsigned int order;

	struct hv_pages *ring_pages;
	struct hv_pages *data_pages;
	grant_ref_t *data_refs;
	struct hv_port *port;
	struct ring ring;

	struct slot *slots;
	unsigned int *free;
	unsigned int n_free;
	struct list waiting; /* orders that are not begun in full */
};

/* Requests */

static void fill_segments(struct blk_request *req, const struct slot *slot)
{
	unsigned int left = slot->n_sectors * BLK_SECTOR_SIZE;

	while (left > 0) {
		unsigned int len = left < XEN_PAGE_SIZE ? left : XEN_PAGE_SIZE;
		unsigned int i = req->n_segments++;

		req->segment[i] = (struct blk_segment){ slot->refs[i], 0, len };
		left -= len;
	}
}

static void *data_of(const struct front_io *io, const struct slot *slot)
{
	return (uint8_t *)io->data + slot->first * BLK_SECTOR_SIZE;
}

static void put(struct front *front, unsigned int number)
{
	struct slot *slot = &front->slots[number];
	const struct front_io *io = slot->io;
	struct blk_request req = {
		.id = number,
		.op = io->op,
		.sector = io->sector + slot->first,
	};
	uint8_t wire[RING_SLOT_MAX];

	if (io->op == BLK_DISCARD)
		req.n_sectors = io->n_sectors;
	else
		fill_segments(&req, slot);
	if (io->op == BLK_WRITE && io->data)
		memcpy(slot->data, data_of(io, slot),
		       slot->n_sectors * BLK_SECTOR_SIZE);

	blk_encode_request(&blk_64, &req, wire);
	ring_put(&front->ring, wire, blk_64.slot_size);
}

/* How much of @io goes into the next request. */
static uint64_t next_len(const struct front_io *io)
{
	uint64_t left = io->n_sectors - io->n_begun;

	if (io->op == BLK_DISCARD)
		return left;

	return left < BLK_BYTES_MAX / BLK_SECTOR_SIZE
		       ? left
		       : BLK_BYTES_MAX / BLK_SECTOR_SIZE;
}

static void begin_next(struct front *front, struct front_io *io)
{
	unsigned int number = front->free[--front->n_free];
	uint64_t n_sectors = next_len(io);

	front->slots[number].io = io;
	front->slots[number].first = io->n_begun;
	front->slots[number].n_sectors = n_sectors;
	io->n_open++;
	io->n_begun += n_sectors;
	put(front, number);
	if (io->n_begun == io->n_sectors)
		list_remove(&io->link);
}

static void begin_waiting(struct front *front)
{
	while (front->n_free && !list_empty(&front->waiting))
		begin_next(front,
			   list_first(&front->waiting, struct front_io, link));
}

void front_submit(struct front *front, struct front_io *io)
{
	io->status = BLK_OK;
	io->n_begun = 0;
	io->n_open = 0;
	list_init(&io->link);
	list_add(&front->waiting, &io->link);
	begin_waiting(front);
}

void front_kick(struct front *front)
{
	if (ring_publish(&front->ring))
		hv_notify(front->port);
}

/* Responses */

static void give_up(struct front *front, const char *why)
{
	TALLOC_FREE(front->port);
	front->events.closed(front->events.arg, why);
}

/* One is done: 0, or -EPROTO if nobody asked for it. */
static int settle(struct front *front, const struct blk_response *rsp)
{
	struct slot *slot;
	struct front_io *io;

	if (rsp->id >= front->ring.n_slots || !front->slots[rsp->id].io)
		return -EPROTO;

	slot = &front->slots[rsp->id];
	io = slot->io;
	slot->io = NULL;
	front->free[front->n_free++] = rsp->id;
	if (rsp->status != BLK_OK && io->status == BLK_OK)
		io->status = rsp->status;
	if (io->op == BLK_READ && io->data)
		memcpy(data_of(io, slot), slot->data,
		       slot->n_sectors * BLK_SECTOR_SIZE);

	if (--io->n_open == 0 && io->n_begun == io->n_sectors)
		io->done(io->arg, io);
	return 0;
}

static int take_all(struct front *front)
{
	int n = ring_ready(&front->ring);

	for (int i = 0; i < n; i++) {
		uint8_t wire[RING_RESPONSE_MAX];
		struct blk_response rsp;
		int r;

		ring_take(&front->ring, wire, blk_64.response_size);
		blk_decode_response(&blk_64, wire, &rsp);
		r = settle(front, &rsp);
		if (r < 0)
			return r;
	}

	return n;
}

static void event(void *arg)
{
	struct front *front = arg;
	int n;

	do
		n = take_all(front);
	while (n >= 0 && ring_rearm(&front->ring));

	if (n < 0) {
		give_up(front, "the backend answered what nobody asked");
		return;
	}

	begin_waiting(front);
	front_kick(front);
	hv_unmask(front->port);
}

/* Beginning and end */

static int share_pages(struct front *front, grant_ref_t *ring_refs)
{
	domid_t peer = xenbus_backend(front->xenbus);
	size_t n_pages;
	int r;

	r = hv_share(front, front->hv, peer, 1U << front->order, HV_READ_WRITE,
		     ring_refs, &front->ring_pages);
	if (r < 0)
		return r;

	ring_init_guest(&front->ring, hv_pages_at(front->ring_pages),
			hv_pages_len(front->ring_pages), blk_64.slot_size);
	n_pages = (size_t)front->ring.n_slots * BLK_SEGMENTS_MAX;
	front->data_refs = talloc_array(front, grant_ref_t, n_pages);
	if (!front->data_refs)
		return -ENOMEM;
	r = hv_share(front, front->hv, peer, n_pages, HV_READ_WRITE,
		     front->data_refs, &front->data_pages);
	if (r < 0)
		return r;

	return hv_offer(front, front->hv, peer, event, front, &front->port);
}

static int make_slots(struct front *front)
{
	unsigned int n = front->ring.n_slots;
	uint8_t *data = hv_pages_at(front->data_pages);

	front->slots = talloc_zero_array(front, struct slot, n);
	front->free = talloc_array(front, unsigned int, n);
	if (!front->slots || !front->free)
		return -ENOMEM;

	for (unsigned int i = 0; i < n; i++) {
		front->slots[i].refs = front->data_refs + i * BLK_SEGMENTS_MAX;
		front->slots[i].data = data + (size_t)i * BLK_BYTES_MAX;
		front->free[front->n_free++] = i;
	}
	return 0;
}

/* A backend that knows of larger rings is told of the size even of one page:
 * the driver before us may have left another. */
static int set_refs(struct front *front, const grant_ref_t *refs)
{
	struct xenbus *xenbus = front->xenbus;
	char key[24];
	int r;

	if (!xenbus_get(xenbus, "max-ring-page-order"))
		return xenbus_set(xenbus, "ring-ref", "%u", refs[0]);

	r = xenbus_set(xenbus, "ring-page-order", "%u", front->order);
	for (unsigned int i = 0; i < 1U << front->order && r == 0; i++) {
		snprintf(key, sizeof(key), "ring-ref%u", i);
		r = xenbus_set(xenbus, key, "%u", refs[i]);
	}

	return r;
}

static int set_keys(struct front *front, const grant_ref_t *refs)
{
	int r = set_refs(front, refs);

	if (r == 0)
		r = xenbus_set(front->xenbus, "protocol", "x86_64-abi");
	if (r == 0)
		r = xenbus_set(front->xenbus, "event-channel", "%u",
			       hv_port_number(front->port));

	return r;
}

static void offered(void *arg)
{
	struct front *front = arg;
	grant_ref_t ring_refs[1 << BLK_RING_ORDER_MAX];
	uint64_t max_order = 0;
	int r;

	xenbus_get_u64(front->xenbus, "max-ring-page-order", &max_order);
	if (front->order > max_order)
		front->order = max_order;

	r = share_pages(front, ring_refs);
	if (r == 0)
		r = make_slots(front);
	if (r == 0)
		r = set_keys(front, ring_refs);
	if (r == 0)
		r = xenbus_connect(front->xenbus);
	if (r < 0)
		give_up(front, "cannot share pages");
}

static bool has(const struct front *front, const char *key)
{
	const char *value = xenbus_get(front->xenbus, key);

	return value && strcmp(value, "0");
}

static void connected(void *arg)
{
	struct front *front = arg;
	uint64_t info = 0;

	xenbus_get_u64(front->xenbus, "info", &info);
	front->info.read_only = info & BLK_INFO_READ_ONLY;
	front->info.flushes = has(front, "feature-flush-cache");
	front->info.discards = has(front, "feature-discard");
	if (xenbus_get_u64(front->xenbus, "sectors", &front->info.n_sectors) <
	    0)
		give_up(front, "the backend names no size");
	else
		front->events.connected(front->events.arg);
}

static void closed(void *arg, const char *why)
{
	struct front *front = arg;

	give_up(front, why);
}

int front_new(void *mem, struct hv *hv, struct xs_client *xs, uint32_t id,
	      unsigned int order, const struct front_events *events,
	      struct front **result)
{
	CLEANUP(cleanup_talloc)
	struct front *front = talloc_zero(mem, struct front);
	struct xenbus_events bus = { offered, connected, closed, front };
	int r;

	if (order > BLK_RING_ORDER_MAX)
		return -EINVAL;
	if (!front)
		return -ENOMEM;

	front->hv = hv;
	front->order = order;
	front->events = *events;
	list_init(&front->waiting);
	r = xenbus_new(front, xs, "vbd", id, &bus, &front->xenbus);
	if (r < 0)
		return r;

	*result = take_ptr(front);
	return 0;
}

const struct front_info *front_info(const struct front *front)
{
	return &front->info;
}

void front_close(struct front *front)
{
	xenbus_close(front->xenbus);
}
