/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/pages.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <talloc.h>

#include "sim/hypervisor/table.h"

struct page {
	uint32_t n_held;
	bool is_taken;  /* by the domain's kernel */
	bool is_unused; /* as the table says */
};

struct pages {
	struct machine *machine;
	uint32_t first;
	uint32_t n;
	uint32_t n_ram;
	struct table table;
	uint32_t n_taken;
	uint32_t n_held;
	uint32_t n_held_by_others;
};

struct pages *pages_new(void *mem, struct machine *machine, uint32_t first,
			uint32_t n, uint32_t n_ram)
{
	struct pages *pages = talloc_zero(mem, struct pages);

	if (!pages)
		return NULL;

	pages->machine = machine;
	pages->first = first;
	pages->n = n;
	pages->n_ram = n_ram;
	pages->table.row_size = sizeof(struct page);
	return pages;
}

static int know(struct pages *pages, uint32_t n)
{
	return n > pages->n ? -ENOMEM : table_grow(pages, &pages->table, n);
}

static struct page *page_at(struct pages *pages, uint32_t i)
{
	return table_row(&pages->table, i);
}

static struct page *page_of(struct pages *pages, uint32_t frame)
{
	return page_at(pages, frame - pages->first);
}

static void set_taken(struct pages *pages, uint32_t i)
{
	page_at(pages, i)->is_taken = true;
	pages->n_taken++;
}

/* A page that nobody uses can be taken: whether it has just become one. */
static bool give_back(struct pages *pages, uint32_t i)
{
	struct page *page = page_at(pages, i);

	if (page->is_taken || page->n_held || page->is_unused ||
	    i >= pages->n_ram)
		return false;

	page->is_unused = true;
	table_put_unused(&pages->table, i);
	return true;
}

static bool reuse(struct pages *pages, uint32_t *frame)
{
	uint32_t i;

	while (table_take_unused(&pages->table, &i)) {
		page_at(pages, i)->is_unused = false;
		if (page_at(pages, i)->n_held)
			continue; /* its release gives it back again */

		set_taken(pages, i);
		*frame = pages->first + i;
		return true;
	}

	return false;
}

static int take_fresh(struct pages *pages, uint32_t n, uint32_t *frames)
{
	uint32_t i = pages->table.n;

	if (i >= pages->n_ram || n > pages->n_ram - i || know(pages, i + n) < 0)
		return -ENOMEM;

	for (uint32_t k = 0; k < n; k++) {
		set_taken(pages, i + k);
		frames[k] = pages->first + i + k;
	}
	return 0;
}

int pages_take(struct pages *pages, uint32_t n, uint32_t *frames)
{
	uint32_t done = 0;
	int r;

	if (n == 1 && reuse(pages, frames))
		return 0;
	if (take_fresh(pages, n, frames) == 0)
		return 0;

	while (done < n && reuse(pages, &frames[done]))
		done++;
	r = done < n ? take_fresh(pages, n - done, &frames[done]) : 0;
	while (r < 0 && done > 0)
		pages_drop(pages, frames[--done]);

	return r;
}

/* Once a frame is neither taken nor held, its content is forgotten. */
static void forget_unused(struct pages *pages, uint32_t frame)
{
	if (!give_back(pages, frame - pages->first))
		return;

	fallocate(pages->machine->memory.fd,
		  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		  (off_t)frame * SIM_FRAME_SIZE, SIM_FRAME_SIZE);
}

void pages_drop(struct pages *pages, uint32_t frame)
{
	struct page *page = page_of(pages, frame);

	assert(page->is_taken);
	page->is_taken = false;
	pages->n_taken--;
	forget_unused(pages, frame);
}

/* Know @frame, which a privileged program maps, and skip those below it. */
static int know_up_to(struct pages *pages, uint32_t i)
{
	uint32_t skipped = pages->table.n;

	if (know(pages, i + 1) < 0)
		return -ENOMEM;

	for (; skipped < i; skipped++)
		give_back(pages, skipped);
	return 0;
}

int pages_hold(struct pages *pages, uint32_t frame, bool foreign)
{
	if (frame < pages->first || frame - pages->first >= pages->n)
		return -EINVAL;
	if (know_up_to(pages, frame - pages->first) < 0)
		return -ENOMEM;

	page_of(pages, frame)->n_held++;
	pages->n_held++;
	pages->n_held_by_others += foreign;
	return 0;
}

void pages_release(struct pages *pages, uint32_t frame, bool foreign)
{
	struct page *page = page_of(pages, frame);

	assert(page->n_held > 0);
	page->n_held--;
	pages->n_held--;
	pages->n_held_by_others -= foreign;
	forget_unused(pages, frame);
}

uint32_t pages_held(const struct pages *pages)
{
	return pages->n_held;
}

uint32_t pages_held_by_others(const struct pages *pages)
{
	return pages->n_held_by_others;
}

uint32_t pages_taken(const struct pages *pages)
{
	return pages->n_taken;
}
