/* SPDX-License-Identifier: MIT */

#include "guest/blk/load.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"

/* One of the orders that are under way. */
struct worker {
	struct load *load;
	struct front_io io;
	uint64_t began;
	uint64_t seed;     /* of what was written */
	uint8_t *data;     /* if contents matter */
	bool reading_back; /* what it wrote */
};

struct load {
	struct front *front;
	struct load_plan plan;
	struct load_result result;
	struct loop *loop;
	struct loop_task *kick;
	loop_fn *done;
	void *arg;

	struct worker *workers;
	unsigned int n_busy;
	uint64_t n_blocks; /* of plan.bytes, on the disk */
	uint64_t next;     /* of them, or the state of chance */
	uint64_t began;
	bool stopping;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

static uint64_t chance(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Each worker has a part of the disk for itself when it verifies. */
static uint64_t pick_block(struct load *load, const struct worker *worker)
{
	uint64_t block = load->plan.random ? chance(&load->next) : load->next++;
	unsigned int depth = load->plan.depth;

	if (load->plan.kind != LOAD_VERIFY)
		return block % load->n_blocks;

	return block % (load->n_blocks / depth) * depth +
	       (worker - load->workers);
}

static void fill(struct worker *worker, size_t len)
{
	uint64_t seed = worker->seed;

	for (size_t i = 0; i < len; i += sizeof(seed)) {
		chance(&seed);
		memcpy(worker->data + i, &seed, sizeof(seed));
	}
}

static bool is_as_written(const struct worker *worker, size_t len)
{
	uint64_t seed = worker->seed;

	for (size_t i = 0; i < len; i += sizeof(seed)) {
		chance(&seed);
		if (memcmp(worker->data + i, &seed, sizeof(seed)))
			return false;
	}

	return true;
}

static void submit(struct worker *worker, enum blk_op op)
{
	struct load *load = worker->load;

	worker->io.op = op;
	worker->began = now_ns();
	front_submit(load->front, &worker->io);
	loop_task_queue(load->kick);
}

static void begin(struct worker *worker)
{
	struct load *load = worker->load;
	unsigned int n_sectors = load->plan.bytes / BLK_SECTOR_SIZE;

	worker->io.sector = pick_block(load, worker) * n_sectors;
	worker->io.n_sectors = n_sectors;
	worker->reading_back = false;
	if (worker->data) {
		chance(&worker->seed);
		fill(worker, load->plan.bytes);
	}
	submit(worker, load->plan.kind == LOAD_READ ? BLK_READ : BLK_WRITE);
}

static void read_back(struct worker *worker)
{
	worker->reading_back = true;
	memset(worker->data, 0, worker->load->plan.bytes);
	submit(worker, BLK_READ);
}

static void count(struct worker *worker)
{
	struct load *load = worker->load;

	load->result.n++;
	histogram_add(&load->result.ns, now_ns() - worker->began);
	if (worker->io.status != BLK_OK)
		load->result.n_failed++;
	else if (worker->reading_back &&
		 !is_as_written(worker, load->plan.bytes))
		load->result.n_wrong++;
}

static void end(struct load *load)
{
	if (--load->n_busy)
		return;

	load->result.us = loop_now(load->loop) - load->began;
	load->done(load->arg);
}

static void done(void *arg, struct front_io *io)
{
	struct worker *worker = arg;
	struct load *load = worker->load;

	count(worker);
	if (load->plan.kind == LOAD_VERIFY && !worker->reading_back)
		read_back(worker);
	else if (!load->stopping)
		begin(worker);
	else
		end(load);
}

static void kick(void *arg)
{
	struct load *load = arg;

	front_kick(load->front);
}

void load_stop(struct load *load)
{
	load->stopping = true;
}

static void time_is_over(void *arg)
{
	load_stop(arg);
}

static int make_workers(struct load *load)
{
	unsigned int n = load->plan.depth;

	load->workers = talloc_zero_array(load, struct worker, n);
	if (!load->workers)
		return -ENOMEM;

	for (unsigned int i = 0; i < n; i++) {
		struct worker *worker = &load->workers[i];

		worker->load = load;
		worker->seed = i + 1;
		worker->io.done = done;
		worker->io.arg = worker;
		if (load->plan.kind == LOAD_VERIFY)
			worker->data = worker->io.data =
				talloc_size(load->workers, load->plan.bytes);
		if (load->plan.kind == LOAD_VERIFY && !worker->data)
			return -ENOMEM;
	}
	return 0;
}

static void start(struct load *load, struct loop_timer *timer)
{
	load->began = loop_now(load->loop);
	load->n_busy = load->plan.depth;
	loop_timer_set(timer, load->plan.us);
	for (unsigned int i = 0; i < load->plan.depth; i++)
		begin(&load->workers[i]);
}

int load_new(void *mem, struct loop *loop, struct front *front,
	     const struct load_plan *plan, loop_fn *fn, void *arg,
	     struct load **result)
{
	CLEANUP(cleanup_talloc)
	struct load *load = talloc_zero(mem, struct load);
	struct loop_timer *timer;

	if (!load)
		return -ENOMEM;

	load->loop = loop;
	load->front = front;
	load->plan = *plan;
	load->done = fn;
	load->arg = arg;
	load->next = plan->random ? 88172645463325252 : 0;
	load->n_blocks =
		front_info(front)->n_sectors * BLK_SECTOR_SIZE / plan->bytes;
	if (load->n_blocks < plan->depth)
		return -ENOSPC;

	timer = loop_timer_new(load, loop, time_is_over, load);
	load->kick = loop_task_new(load, loop, kick, load);
	if (!timer || !load->kick || make_workers(load) < 0)
		return -ENOMEM;

	start(load, timer);
	*result = take_ptr(load);
	return 0;
}

const struct load_result *load_result(const struct load *load)
{
	return &load->result;
}
