/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * load - orders for a disk, so many at once, until the time is over.
 */

#include "base/histogram.h"
#include "guest/blk/front.h"

enum load_kind { LOAD_READ, LOAD_WRITE, LOAD_VERIFY };

struct load_plan {
	enum load_kind kind; /* to verify is to write, read, and compare */
	bool random;         /* or one after the other */
	unsigned int bytes;  /* of an order, a multiple of 512 */
	unsigned int depth;  /* orders at once */
	uint64_t us;         /* how long */
};

struct load_result {
	uint64_t n;          /* orders that are done */
	uint64_t n_failed;   /* of them */
	uint64_t n_wrong;    /* read something else than was written */
	uint64_t us;         /* how long it took */
	struct histogram ns; /* latency of an order */
};

/* @done is called once, when the last order is done. */
struct load;
int load_new(void *mem, struct loop *loop, struct front *front,
	     const struct load_plan *plan, loop_fn *done, void *arg,
	     struct load **load);
const struct load_result *load_result(const struct load *load);

/* Begin no more orders. */
void load_stop(struct load *load);
