/* SPDX-License-Identifier: MIT */

/*
 * world-grants - whose pages may be mapped and copied by whom.
 *
 * As in grant tables of version 1: an entry names one peer and may be
 * read-only; ending it while the peer maps the page keeps the reference from
 * being used again until the peer is done.
 */

#include <errno.h>
#include <talloc.h>

#include "hv/world-inside.h"

#define FIRST_FREE_REF 8 /* those below have meanings of their own */

/* An entry is free if it is neither granted nor mapped. */
struct grant {
	domid_t peer;
	bool granted;
	bool writable;
	unsigned int n_maps;
	uint32_t frame;
};

static bool is_free(const struct grant *grant)
{
	return !grant->granted && !grant->n_maps;
}

static int grow(struct domain *domain)
{
	struct grant *grants =
		table_grow(domain, domain->grants, sizeof(struct grant));

	if (!grants)
		return -ENOMEM;

	domain->grants = grants;
	return 0;
}

static void set(struct domain *domain, grant_ref_t ref, domid_t peer,
		uint32_t frame, enum hv_access access)
{
	domain->grants[ref] = (struct grant){
		.peer = peer,
		.granted = true,
		.writable = access == HV_READ_WRITE,
		.frame = frame,
	};
	frame_use(domain->world->memory, frame);
}

int grants_new(struct domain *domain)
{
	int r = grow(domain);

	if (r < 0)
		return r;

	domain->first_free_ref = FIRST_FREE_REF;
	set(domain, WORLD_STORE_REF, 0, domain->store_frame, HV_READ_WRITE);
	return 0;
}

int grant_new(struct domain *domain, domid_t peer, uint32_t frame,
	      enum hv_access access, grant_ref_t *ref)
{
	grant_ref_t n = talloc_array_length(domain->grants);
	grant_ref_t i = domain->first_free_ref;
	int r;

	while (i < n && !is_free(&domain->grants[i]))
		i++;
	r = i == n ? grow(domain) : 0;
	if (r < 0)
		return r;

	set(domain, i, peer, frame, access);
	domain->first_free_ref = i + 1;
	*ref = i;
	return 0;
}

/* An entry was ended, or unmapped, or both. */
static void settle(struct domain *domain, grant_ref_t ref)
{
	if (!is_free(&domain->grants[ref]))
		return;

	frame_drop(domain->world->memory, domain->grants[ref].frame);
	if (ref >= FIRST_FREE_REF && ref < domain->first_free_ref)
		domain->first_free_ref = ref;
}

void grant_end(struct domain *domain, grant_ref_t ref)
{
	domain->grants[ref].granted = false;
	settle(domain, ref);
}

void grants_end(struct domain *domain)
{
	for (grant_ref_t i = 0; i < talloc_array_length(domain->grants); i++) {
		if (domain->grants[i].granted)
			grant_end(domain, i);
	}
}

int grant_look(const struct domain *domain, grant_ref_t ref, domid_t peer,
	       enum hv_access access, uint32_t *frame)
{
	const struct grant *grant;

	if (!domain || ref >= talloc_array_length(domain->grants))
		return -EINVAL;

	grant = &domain->grants[ref];
	if (!grant->granted || grant->peer != peer)
		return -EINVAL;
	if (access == HV_READ_WRITE && !grant->writable)
		return -EINVAL;

	*frame = grant->frame;
	return 0;
}

void grant_map(struct domain *domain, grant_ref_t ref)
{
	domain->grants[ref].n_maps++;
	domain->n_mapped++;
}

void grant_unmap(struct domain *domain, grant_ref_t ref)
{
	domain->grants[ref].n_maps--;
	domain->n_mapped--;
	settle(domain, ref);
}
