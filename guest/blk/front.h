/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * front - a guest's driver for a PV disk.
 *
 * Orders of any length are cut into requests of up to 44 KiB, which wait for a
 * slot on the ring.  Data travel through pages that are granted once.
 */

#include "base/list.h"
#include "guest/xenbus.h"
#include "hv/hv.h"
#include "protocols/blk.h"

struct front;
struct front_io;

typedef void front_done_fn(void *arg, struct front_io *io);

/* An order.  It is the driver's until it is done.  @done may submit orders but
 * not free the driver. */
struct front_io {
	enum blk_op op;     /* BLK_READ, _WRITE, _FLUSH or _DISCARD */
	uint64_t sector;    /* of 512 bytes */
	uint64_t n_sectors; /* 0 for a flush */
	void *data;         /* NULL: whatever the pages hold */
	front_done_fn *done;
	void *arg;
	enum blk_status status; /* once it is done: of the first that failed */

	struct list link; /* the rest is the driver's own */
	uint64_t n_begun;
	unsigned int n_open;
};

struct front_info {
	uint64_t n_sectors;
	bool read_only;
	bool flushes;
	bool discards;
};

struct front_events {
	loop_fn *connected;
	/* The disk is gone; orders that are not done never will be.  @why is
	 * NULL after front_close(). */
	void (*closed)(void *arg, const char *why);
	void *arg;
};

/* The disk with this number, through a ring of 1 << @order pages. */
int front_new(void *mem, struct hv *hv, struct xs_client *xs, uint32_t id,
	      unsigned int order, const struct front_events *events,
	      struct front **front);

/* From connected on. */
const struct front_info *front_info(const struct front *front);
void front_submit(struct front *front, struct front_io *io);

/* Show the backend what was submitted. */
void front_kick(struct front *front);

void front_close(struct front *front);
