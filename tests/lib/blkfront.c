/* SPDX-License-Identifier: MIT */

#include "tests/lib/blkfront.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"

#define NO_ANSWER -77

static void event(void *arg)
{
	struct blkfront *vda = arg;

	vda->n_events++;
	hv_unmask(vda->port);
}

struct blkfront *blkfront_new(struct machine *m, domid_t domid,
			      const char *keys)
{
	struct blkfront *vda = talloc_zero(m, struct blkfront);

	xl_create(m, domid);
	xl_attach(m, domid, keys);
	vda->m = m;
	vda->guest = guest_boot(m, domid);
	vda->protocol = &blk_64;
	CHECK_EQ(hv_share(vda->guest, vda->guest->hv, 0, FRONT_PAGES,
			  HV_READ_WRITE, vda->refs, &vda->data),
		 0);
	return vda;
}

static void set_number(struct blkfront *vda, const char *path, const char *key,
		       unsigned int number)
{
	char whole[64], text[16];

	snprintf(whole, sizeof(whole), "%s%s", path, key);
	snprintf(text, sizeof(text), "%u", number);
	front_set(vda->guest, whole, text);
}

/* A ring that goes on to be there when the next one is made. */
static void make_ring(struct blkfront *vda, unsigned int order)
{
	struct guest *guest = vda->guest;

	CHECK_EQ(hv_share(guest, guest->hv, 0, 1U << order, HV_READ_WRITE,
			  vda->ring_refs, &vda->ring_pages),
		 0);
	CHECK_EQ(hv_offer(guest, guest->hv, 0, event, vda, &vda->port), 0);
	ring_init_guest(&vda->ring, hv_pages_at(vda->ring_pages),
			hv_pages_len(vda->ring_pages),
			vda->protocol->slot_size);
}

void blkfront_offer_queue(struct blkfront *vda, const char *path)
{
	make_ring(vda, 0);
	set_number(vda, path, "ring-ref", vda->ring_refs[0]);
	set_number(vda, path, "event-channel", hv_port_number(vda->port));
	front_set(vda->guest, "protocol",
		  vda->protocol == &blk_64 ? "x86_64-abi" : "x86_32-abi");
	machine_settle(vda->m);
}

static void offer_many_pages(struct blkfront *vda, unsigned int order)
{
	char key[24];

	make_ring(vda, order);
	set_number(vda, "", "ring-page-order", order);
	for (unsigned int i = 0; i < 1U << order; i++) {
		snprintf(key, sizeof(key), "ring-ref%u", i);
		set_number(vda, "", key, vda->ring_refs[i]);
	}
	set_number(vda, "", "event-channel", hv_port_number(vda->port));
	front_set(vda->guest, "protocol", "x86_64-abi");
	machine_settle(vda->m);
}

void blkfront_offer(struct blkfront *vda, unsigned int order)
{
	TALLOC_FREE(vda->port);
	TALLOC_FREE(vda->ring_pages);
	if (order == 0)
		blkfront_offer_queue(vda, "");
	else
		offer_many_pages(vda, order);
}

void blkfront_go(struct blkfront *vda, const char *state)
{
	front_set(vda->guest, "state", state);
	machine_settle(vda->m);
}

const char *blkfront_back(struct blkfront *vda)
{
	return back_get(vda->m, vda->guest->domid, "state");
}

struct blkfront *blkfront_connect(struct machine *m, domid_t domid,
				  const char *keys)
{
	struct blkfront *vda = blkfront_new(m, domid, keys);

	CHECK_STR(blkfront_back(vda), "2");
	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "4");
	blkfront_go(vda, "4");
	return vda;
}

/* Requests */

char *blkfront_data(struct blkfront *vda)
{
	return hv_pages_at(vda->data);
}

struct ring_shared *blkfront_page(struct blkfront *vda)
{
	return hv_pages_at(vda->ring_pages);
}

struct blk_request blkfront_request(struct blkfront *vda, enum blk_op op,
				    uint64_t sector, unsigned int n)
{
	struct blk_request req = {
		.id = vda->next_id++,
		.op = op,
		.sector = sector,
	};

	for (unsigned int done = 0; done < n; done += 8) {
		unsigned int some = n - done < 8 ? n - done : 8;

		req.segment[req.n_segments] = (struct blk_segment){
			.ref = vda->refs[req.n_segments],
			.len = some * BLK_SECTOR_SIZE,
		};
		req.n_segments++;
	}
	return req;
}

void blkfront_put_slot(struct blkfront *vda, const void *slot)
{
	ring_put(&vda->ring, slot, vda->protocol->slot_size);
}

void blkfront_put(struct blkfront *vda, const struct blk_request *req)
{
	uint8_t slot[RING_SLOT_MAX];

	blk_encode_request(vda->protocol, req, slot);
	blkfront_put_slot(vda, slot);
}

void blkfront_kick(struct blkfront *vda)
{
	if (ring_publish(&vda->ring))
		hv_notify(vda->port);
	machine_settle(vda->m);
}

bool blkfront_take(struct blkfront *vda, struct blk_response *rsp)
{
	uint8_t slot[RING_RESPONSE_MAX];

	if (ring_ready(&vda->ring) <= 0)
		return false;

	ring_take(&vda->ring, slot, vda->protocol->response_size);
	blk_decode_response(vda->protocol, slot, rsp);
	ring_rearm(&vda->ring);
	return true;
}

int blkfront_do(struct blkfront *vda, const struct blk_request *req)
{
	struct blk_response rsp;

	blkfront_put(vda, req);
	blkfront_kick(vda);
	if (!blkfront_take(vda, &rsp))
		return NO_ANSWER;

	CHECK(rsp.id == req->id);
	CHECK_EQ(rsp.op, req->op);
	return rsp.status;
}

static int transfer(struct blkfront *vda, enum blk_op op, uint64_t sector,
		    unsigned int n)
{
	struct blk_request req = blkfront_request(vda, op, sector, n);

	return blkfront_do(vda, &req);
}

int blkfront_read(struct blkfront *vda, uint64_t sector, unsigned int n)
{
	return transfer(vda, BLK_READ, sector, n);
}

int blkfront_write(struct blkfront *vda, uint64_t sector, unsigned int n)
{
	return transfer(vda, BLK_WRITE, sector, n);
}

int blkfront_flush(struct blkfront *vda)
{
	return transfer(vda, BLK_FLUSH, 0, 0);
}

int blkfront_discard(struct blkfront *vda, uint64_t sector, uint64_t n)
{
	struct blk_request req = {
		.id = vda->next_id++,
		.op = BLK_DISCARD,
		.sector = sector,
		.n_sectors = n,
	};

	return blkfront_do(vda, &req);
}
