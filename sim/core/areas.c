/* SPDX-License-Identifier: MIT */

#include "sim/core/areas.h"

#include <dlfcn.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/core/core.h"
#include "sim/xensim.h"

struct area {
	char *at;
	size_t n;
	uint32_t handle;
	uint32_t cookie;
	struct area *next, **prev; /* among all */
	uint32_t frame[];
};

static struct {
	void *by_address; /* a tree of tsearch(3) */
	struct area *all;
} areas;

static int compare(const void *a, const void *b)
{
	const struct area *left = a, *right = b;

	return left->at < right->at ? -1 : left->at > right->at;
}

static struct area *find(const void *at)
{
	struct area key = { .at = (char *)(uintptr_t)at };
	struct area **found = tfind(&key, &areas.by_address, compare);

	return found ? *found : NULL;
}

static int add(struct area *area)
{
	if (!tsearch(area, &areas.by_address, compare))
		return -ENOMEM;

	area->next = areas.all;
	area->prev = &areas.all;
	if (areas.all)
		areas.all->prev = &area->next;
	areas.all = area;
	return 0;
}

static void forget(struct area *area)
{
	tdelete(area, &areas.by_address, compare);
	*area->prev = area->next;
	if (area->next)
		area->next->prev = area->prev;
	free(area);
}

static void unmap(struct area *area)
{
	char *at = area->at;
	size_t size = area->n * SIM_FRAME_SIZE;

	forget(area);
	munmap(at, size);
}

/* How many pages from @i on can be mapped by one call. */
static uint32_t run_length(const struct sim_pages *pages, uint32_t i)
{
	uint32_t n = 0;

	while (i + n < pages->n && !(pages->error && pages->error[i + n]) &&
	       pages->frame[i + n] == pages->frame[i] + n)
		n++;

	return n;
}

static int map_run(const struct sim_pages *pages, uint32_t i, uint32_t n,
		   char *at, int flags)
{
	char *got =
		mmap(at, (size_t)n * SIM_FRAME_SIZE, pages->prot,
		     MAP_SHARED | MAP_FIXED | (flags & MAP_POPULATE),
		     sim_memory()->fd, (off_t)pages->frame[i] * SIM_FRAME_SIZE);

	return got == MAP_FAILED ? -errno : 0;
}

/* Pages that are in error stay inaccessible. */
static int map_runs(const struct sim_pages *pages, char *at, int flags)
{
	for (uint32_t i = 0; i < pages->n;) {
		uint32_t n = run_length(pages, i);
		int r = n ? map_run(pages, i, n,
				    at + (size_t)i * SIM_FRAME_SIZE, flags)
			  : 0;

		if (r < 0)
			return r;
		i += n ?: 1;
	}

	return 0;
}

static int map_anywhere(const struct sim_pages *pages, void *hint, int flags,
			char **result)
{
	size_t size = (size_t)pages->n * SIM_FRAME_SIZE;
	char *at = mmap(hint, size, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				(flags & MAP_FIXED),
			-1, 0);
	int r;

	if (at == MAP_FAILED)
		return -errno;

	r = map_runs(pages, at, flags);
	if (r < 0)
		munmap(at, size);
	*result = at;
	return r;
}

static struct area *new_area(const struct sim_handle *handle,
			     const struct sim_pages *pages)
{
	struct area *area =
		calloc(1, sizeof(*area) + pages->n * sizeof(uint32_t));

	if (!area)
		return NULL;

	area->n = pages->n;
	area->handle = handle->id;
	area->cookie = pages->cookie;
	memcpy(area->frame, pages->frame, pages->n * sizeof(uint32_t));
	return area;
}

static int map(const struct sim_handle *handle, const struct sim_pages *pages,
	       void *at, int flags, void **result)
{
	struct area *area = new_area(handle, pages);
	int r;

	if (!area)
		return -ENOMEM;
	r = map_anywhere(pages, at, flags, &area->at);
	if (r < 0) {
		free(area);
		return r;
	}

	*result = area->at;
	sim_lock();
	r = add(area);
	sim_unlock();
	if (r < 0) {
		munmap(area->at, area->n * SIM_FRAME_SIZE);
		free(area);
	}
	return r;
}

int sim_area_map(const struct sim_handle *handle, const struct sim_pages *pages,
		 void *at, int flags, void **result)
{
	int r;

	r = map(handle, pages, at, flags, result);
	if (r < 0)
		sim_release(handle, pages->cookie);
	return r;
}

int sim_area_unmap(const struct sim_handle *handle, void *at, size_t n)
{
	struct area *area;
	uint32_t cookie = 0;

	sim_lock();
	area = find(at);
	if (area && area->n == n && area->handle == handle->id) {
		cookie = area->cookie;
		unmap(area);
	}
	sim_unlock();

	return cookie ? sim_release(handle, cookie) : -EINVAL;
}

/* The program is about to unmap these addresses by itself. */
static void unmapping(void *at, size_t len)
{
	struct sim_handle handle;
	struct area *area;
	uint32_t cookie;

	sim_lock();
	area = find(at);
	if (area && area->n * SIM_FRAME_SIZE <= len) {
		handle.id = area->handle;
		cookie = area->cookie;
		forget(area);
		sim_release(&handle, cookie);
	}
	sim_unlock();
}

/* Our preloaded library tells, if it is there. */
__attribute__((constructor)) static void listen_for_munmap(void)
{
	void (**hook)(void *at, size_t len) =
		dlsym(RTLD_DEFAULT, "xensim_unmapping");

	if (hook)
		*hook = unmapping;
}

void sim_areas_forget(uint32_t handle)
{
	struct area *next;

	sim_lock();
	for (struct area *area = areas.all; area; area = next) {
		next = area->next;
		if (area->handle == handle)
			unmap(area);
	}
	sim_unlock();
}

int sim_release(const struct sim_handle *handle, uint32_t cookie)
{
	struct sim_msg msg = {
		.op = SIM_RELEASE,
		.handle = handle->id,
		.arg = { cookie },
	};

	return sim_call(&msg, NULL);
}

int xensim_pages(const void *at, size_t n, uint64_t *offsets)
{
	const struct area *area;

	sim_lock();
	area = find(at);
	if (area && area->n != n)
		area = NULL;
	for (size_t i = 0; area && i < n; i++)
		offsets[i] = (uint64_t)area->frame[i] * SIM_FRAME_SIZE;
	sim_unlock();

	return area ? sim_memory()->fd : -EINVAL;
}
