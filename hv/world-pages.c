/* SPDX-License-Identifier: MIT */

/*
 * world-pages - what a program sees of grants: pages it maps, pages it shares.
 */

#include <errno.h>
#include <sys/mman.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "hv/world-inside.h"

struct pages {
	struct hv_pages base;
	struct list link;
	struct handle *handle; /* NULL once they are cut off */
	struct domain *owner;  /* of the grants */
	bool are_ours;         /* the grants, not another domain's */
	uint32_t *frames;
	size_t n_frames; /* that we use */
	grant_ref_t *refs;
	size_t n_refs; /* that we map, or granted */
};

static unsigned int *counter(struct pages *pages)
{
	return pages->are_ours ? &pages->handle->count.shared_pages
			       : &pages->handle->count.mapped_pages;
}

static struct memory *memory_of(const struct pages *pages)
{
	return pages->handle->domain->world->memory;
}

static void let_go(struct pages *pages)
{
	struct memory *memory = memory_of(pages);

	*counter(pages) -= pages->n_refs;
	for (size_t i = 0; i < pages->n_refs; i++) {
		if (pages->are_ours)
			grant_end(pages->owner, pages->refs[i]);
		else
			grant_unmap(pages->owner, pages->refs[i]);
	}
	for (size_t i = 0; i < pages->n_frames; i++)
		frame_drop(memory, pages->frames[i]);

	list_remove(&pages->link);
	pages->handle = NULL;
	if (pages->owner)
		domain_settle(pages->owner);
}

/* What was there becomes memory that means nothing to anybody else. */
void pages_cut_off(struct handle *handle)
{
	while (!list_empty(&handle->pages)) {
		struct pages *pages =
			list_first(&handle->pages, struct pages, link);

		mmap(pages->base.at, pages->base.len, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		let_go(pages);
	}
}

static int free_pages(struct pages *pages)
{
	if (pages->base.at)
		munmap(pages->base.at, pages->base.len);
	if (pages->handle)
		let_go(pages);

	return 0;
}

/* Room for @n pages, none there yet; freeing undoes what was done so far. */
static struct pages *pages_new(void *mem, struct handle *handle, size_t n,
			       struct domain *owner, bool are_ours)
{
	struct pages *pages = talloc_zero(mem, struct pages);

	if (!pages)
		return NULL;

	pages->frames = talloc_array(pages, uint32_t, n);
	pages->refs = talloc_array(pages, grant_ref_t, n);
	if (!pages->frames || !pages->refs) {
		talloc_free(pages);
		return NULL;
	}

	pages->owner = owner;
	pages->are_ours = are_ours;
	pages->handle = handle;
	pages->base.len = n * XEN_PAGE_SIZE;
	list_add(&handle->pages, &pages->link);
	talloc_set_destructor(pages, free_pages);
	return pages;
}

static int show(struct pages *pages, enum hv_access access)
{
	return frames_map(memory_of(pages), pages->frames, pages->n_frames,
			  access, &pages->base.at);
}

int world_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	      size_t n_refs, enum hv_access access, struct hv_pages **result)
{
	CLEANUP(cleanup_talloc) struct pages *pages = NULL;
	struct handle *handle = handle_of(hv);
	struct domain *owner;
	uint32_t frame;
	int r = handle_call(handle, WORLD_MAP);

	if (r < 0)
		return r;
	owner = world_domain(handle->domain->world, guest);
	pages = pages_new(mem, handle, n_refs, owner, false);
	if (!pages)
		return -ENOMEM;

	for (size_t i = 0; i < n_refs; i++) {
		r = grant_look(owner, refs[i], handle->domain->id, access,
			       &frame);
		if (r < 0)
			return r;
		frame_use(memory_of(pages), frame);
		pages->frames[pages->n_frames++] = frame;
	}
	r = show(pages, access);
	if (r < 0)
		return r;

	for (size_t i = 0; i < n_refs; i++) {
		grant_map(owner, refs[i]);
		pages->refs[pages->n_refs++] = refs[i];
	}
	*counter(pages) += n_refs;
	*result = &take_ptr(pages)->base;
	return 0;
}

int world_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
		enum hv_access access, grant_ref_t *refs,
		struct hv_pages **result)
{
	CLEANUP(cleanup_talloc) struct pages *pages = NULL;
	struct handle *handle = handle_of(hv);
	int r = handle_call(handle, WORLD_SHARE);

	if (r < 0)
		return r;
	pages = pages_new(mem, handle, n_pages, handle->domain, true);
	if (!pages)
		return -ENOMEM;

	for (size_t i = 0; i < n_pages; i++) {
		r = frame_new(memory_of(pages), &pages->frames[i]);
		if (r < 0)
			return r;
		pages->n_frames++;
	}
	r = show(pages, HV_READ_WRITE);
	if (r < 0)
		return r;

	for (size_t i = 0; i < n_pages; i++) {
		r = grant_new(handle->domain, peer, pages->frames[i], access,
			      &pages->refs[i]);
		if (r < 0)
			return r;
		refs[i] = pages->refs[i];
		pages->n_refs++;
		++*counter(pages);
	}
	*result = &take_ptr(pages)->base;
	return 0;
}

int world_store_page(void *mem, struct hv *hv, struct hv_pages **page,
		     evtchn_port_t *port)
{
	CLEANUP(cleanup_talloc) struct pages *pages = NULL;
	struct handle *handle = handle_of(hv);
	int r = handle_call(handle, WORLD_STORE_PAGE);

	if (r < 0)
		return r;
	pages = pages_new(mem, handle, 1, NULL, true);
	if (!pages)
		return -ENOMEM;

	pages->frames[pages->n_frames++] = handle->domain->store_frame;
	frame_use(memory_of(pages), handle->domain->store_frame);
	r = show(pages, HV_READ_WRITE);
	if (r < 0)
		return r;

	*port = handle->domain->store_port;
	*page = &take_ptr(pages)->base;
	return 0;
}

static int copy_one(struct handle *handle, domid_t guest,
		    const struct hv_copy *copy)
{
	enum hv_access access = copy->to_guest ? HV_READ_WRITE : HV_READ;
	struct domain *owner;
	uint32_t frame;
	int r = handle_call(handle, WORLD_COPY);

	if (r < 0)
		return r;
	owner = world_domain(handle->domain->world, guest);
	r = grant_look(owner, copy->ref, handle->domain->id, access, &frame);
	if (r < 0)
		return r;

	return frame_copy(handle->domain->world->memory, frame, copy);
}

void world_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n)
{
	struct handle *handle = handle_of(hv);

	for (size_t i = 0; i < n; i++) {
		if (!copies[i].error)
			copies[i].error = copy_one(handle, guest, &copies[i]);
	}
}
