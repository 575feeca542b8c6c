/* SPDX-License-Identifier: MIT */

#include "sim/common/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"

#include "sim/common/grants.h"

#define WINDOW_SIZE ((size_t)SIM_WINDOW_FRAMES * SIM_FRAME_SIZE)

static uint8_t *map_window(struct sim_memory *memory, uint32_t n)
{
	void *there = NULL;
	void *at = mmap(NULL, WINDOW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			memory->fd, (off_t)(n * WINDOW_SIZE));

	if (at == MAP_FAILED)
		return NULL;

	madvise(at, WINDOW_SIZE, MADV_DONTDUMP);
	if (__atomic_compare_exchange_n(&memory->window[n], &there, at, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return at;

	munmap(at, WINDOW_SIZE); /* another thread was faster */
	return there;
}

void *sim_frame(struct sim_memory *memory, uint32_t frame)
{
	uint32_t n = frame / SIM_WINDOW_FRAMES;
	uint8_t *window;

	if (frame >= SIM_FRAMES)
		return NULL;

	window = __atomic_load_n(&memory->window[n], __ATOMIC_ACQUIRE);
	if (!window)
		window = map_window(memory, n);
	if (!window)
		return NULL;

	return window + (size_t)(frame % SIM_WINDOW_FRAMES) * SIM_FRAME_SIZE;
}

struct sim_grant *sim_grant_at(struct sim_memory *memory, uint32_t grant_frame,
			       uint32_t ref)
{
	struct sim_grant *table;

	if (ref >= SIM_GRANTS)
		return NULL;

	table = sim_frame(memory, grant_frame + ref / SIM_GRANTS_PER_FRAME);
	return table ? table + ref % SIM_GRANTS_PER_FRAME : NULL;
}

void sim_memory_close(struct sim_memory *memory)
{
	for (size_t i = 0; i < ARRAY_SIZE(memory->window); i++) {
		if (memory->window[i])
			munmap(memory->window[i], WINDOW_SIZE);
	}

	close(memory->fd);
}
