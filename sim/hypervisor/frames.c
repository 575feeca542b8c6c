/* SPDX-License-Identifier: MIT */

/*
 * frames - free extents, sorted by their first frame, never adjacent.
 */

#include "sim/hypervisor/frames.h"

#include <assert.h>
#include <errno.h>
#include <talloc.h>

#include "base/list.h"

struct frames {
	struct list extents;
};

struct extent {
	struct list link;
	uint32_t first;
	uint32_t n;
};

static struct extent *new_extent(struct frames *frames, uint32_t first,
				 uint32_t n)
{
	struct extent *extent = talloc_zero(frames, struct extent);

	if (!extent)
		return NULL;

	extent->first = first;
	extent->n = n;
	return extent;
}

static void free_extent(struct extent *extent)
{
	list_remove(&extent->link);
	talloc_free(extent);
}

struct frames *frames_new(void *mem, uint32_t n)
{
	struct frames *frames = talloc_zero(mem, struct frames);
	struct extent *all = frames ? new_extent(frames, 0, n) : NULL;

	if (!all) {
		talloc_free(frames);
		return NULL;
	}

	list_init(&frames->extents);
	list_add(&frames->extents, &all->link);
	return frames;
}

int frames_take(struct frames *frames, uint32_t n, uint32_t *first)
{
	struct extent *extent;

	list_for_each(&frames->extents, extent, link) {
		if (extent->n < n)
			continue;

		*first = extent->first;
		extent->first += n;
		extent->n -= n;
		if (!extent->n)
			free_extent(extent);
		return 0;
	}

	return -ENOMEM;
}

/* Let @extent swallow the one after it if they touch. */
static void merge_with_next(struct frames *frames, struct extent *extent)
{
	struct extent *next;

	if (extent->link.next == &frames->extents)
		return;

	next = container_of(extent->link.next, struct extent, link);
	assert(extent->first + extent->n <= next->first);
	if (extent->first + extent->n < next->first)
		return;

	extent->n += next->n;
	free_extent(next);
}

int frames_give_back(struct frames *frames, uint32_t first, uint32_t n)
{
	struct extent *back = new_extent(frames, first, n);
	struct extent *after;

	if (!back)
		return -ENOMEM;

	list_for_each(&frames->extents, after, link) {
		if (after->first > first)
			break;
	}

	list_add(&after->link, &back->link); /* that is: before it */
	merge_with_next(frames, back);
	if (back->link.prev != &frames->extents)
		merge_with_next(frames, container_of(back->link.prev,
						     struct extent, link));
	return 0;
}
