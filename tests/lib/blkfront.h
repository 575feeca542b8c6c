/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * blkfront - a guest's driver for its disk, which does what a test says, be
 * that right or wrong.
 */

#include "protocols/blk.h"
#include "tests/lib/machine.h"

#define FRONT_PAGES 64

struct blkfront {
	struct machine *m;
	struct guest *guest;
	const struct ring_protocol *protocol;
	struct hv_pages *ring_pages;
	grant_ref_t ring_refs[16];
	struct ring ring;
	struct hv_port *port;
	struct hv_pages *data; /* for requests to read from and write to */
	grant_ref_t refs[FRONT_PAGES];
	uint64_t next_id;
	unsigned int n_events;
};

/* A new guest with a disk, as xl_attach() makes it, and its driver. */
struct blkfront *blkfront_new(struct machine *m, domid_t domid,
			      const char *keys);

/* Make a ring of 1 << @order pages, and write all keys but the state; make one
 * of a page and write the keys of it below @path. */
void blkfront_offer(struct blkfront *vda, unsigned int order);
void blkfront_offer_queue(struct blkfront *vda, const char *path);

/* The states of both ends. */
void blkfront_go(struct blkfront *vda, const char *state);
const char *blkfront_back(struct blkfront *vda);

/* All of the above, up to Connected. */
struct blkfront *blkfront_connect(struct machine *m, domid_t domid,
				  const char *keys);

/* Requests that are answered: 0, -1 or -2; -77 if there is no answer.  Data go
 * to and come from what blkfront_data() says. */
int blkfront_read(struct blkfront *vda, uint64_t sector, unsigned int n);
int blkfront_write(struct blkfront *vda, uint64_t sector, unsigned int n);
int blkfront_flush(struct blkfront *vda);
int blkfront_discard(struct blkfront *vda, uint64_t sector, uint64_t n);
char *blkfront_data(struct blkfront *vda);

/* A request for @n sectors from the first pages of the data. */
struct blk_request blkfront_request(struct blkfront *vda, enum blk_op op,
				    uint64_t sector, unsigned int n);

/* Put a request, or any slot; show all to the backend; send one and wait for
 * its answer. */
void blkfront_put(struct blkfront *vda, const struct blk_request *req);
void blkfront_put_slot(struct blkfront *vda, const void *slot);
void blkfront_kick(struct blkfront *vda);
int blkfront_do(struct blkfront *vda, const struct blk_request *req);

/* The next response, if there is one. */
bool blkfront_take(struct blkfront *vda, struct blk_response *rsp);

struct ring_shared *blkfront_page(struct blkfront *vda);
