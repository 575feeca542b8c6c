/* SPDX-License-Identifier: MIT */

/*
 * copy - libxengnttab.so.1, copies from and to granted pages.
 *
 * The program has all of the machine's memory at hand, thus does what the
 * hypervisor would do: look at the entry, then copy.  The entry is not marked
 * as in use meanwhile: a guest that ends access to a page while it is copied
 * is told that it succeeded, and may find the page changed after that.
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <xen/grant_table.h>

#include "sim/common/grants.h"
#include "sim/lib/gnt.h"

/* One side of a copy: an address, or what it takes to find it. */
struct side {
	const union xengnttab_copy_ptr *ptr;
	bool is_grant;
	bool is_written;
};

static bool is_sane(const struct side *side, uint16_t len)
{
	return !side->is_grant ||
	       (side->ptr->foreign.offset <= SIM_FRAME_SIZE &&
		len <= SIM_FRAME_SIZE - side->ptr->foreign.offset);
}

static int16_t find_granted(const struct side *side, void **at)
{
	const struct sim_domain *owner;
	struct sim_grant *entry;
	struct sim_grant grant;
	uint16_t domid = side->ptr->foreign.domid;

	if (domid == DOMID_SELF)
		domid = sim_domid();
	if (domid >= SIM_DOMAINS)
		return GNTST_bad_domain;
	owner = &sim_tables()->domain[domid];
	if (owner->state != SIM_DOMAIN_ALIVE)
		return GNTST_bad_domain;
	entry = sim_grant_at(sim_memory(), owner->grant_frame,
			     side->ptr->foreign.ref);
	if (!entry)
		return GNTST_bad_gntref;

	grant = sim_grant_read(entry);
	if (!sim_grant_permits(&grant, sim_domid(), side->is_written) ||
	    grant.frame - owner->first_frame >= owner->n_frames)
		return GNTST_general_error;

	*at = sim_frame(sim_memory(), grant.frame);
	if (!*at)
		return GNTST_general_error;
	*at = (char *)*at + side->ptr->foreign.offset;
	return GNTST_okay;
}

static int16_t find(const struct side *side, void **at)
{
	if (side->is_grant)
		return find_granted(side, at);

	*at = side->ptr->virt;
	return GNTST_okay;
}

static bool is_to_fail(struct sim_tables *tables)
{
	return __atomic_load_n(&tables->copy_fault, __ATOMIC_RELAXED) &&
	       __atomic_fetch_sub(&tables->copy_fault, 1, __ATOMIC_RELAXED) ==
		       1;
}

static int16_t copy(const struct side *source, const struct side *dest,
		    uint16_t len)
{
	struct sim_tables *tables = sim_tables();
	void *from, *to;
	int16_t status;

	if (is_to_fail(tables))
		return GNTST_general_error;
	status = find(source, &from);
	if (status == GNTST_okay)
		status = find(dest, &to);
	if (status != GNTST_okay)
		return status;

	memcpy(to, from, len);
	sim_count(tables, sim_domid(), SIM_COUNT_COPY, 1);
	sim_count(tables, sim_domid(), SIM_COUNT_COPY_BYTES, len);
	return GNTST_okay;
}

static int copy_segment(xengnttab_grant_copy_segment_t *seg, bool check_only)
{
	struct side source = {
		.ptr = &seg->source,
		.is_grant = seg->flags & GNTCOPY_source_gref,
	};
	struct side dest = {
		.ptr = &seg->dest,
		.is_grant = seg->flags & GNTCOPY_dest_gref,
		.is_written = true,
	};

	if (!source.is_grant && !dest.is_grant)
		return -EINVAL;
	if (!is_sane(&source, seg->len) || !is_sane(&dest, seg->len))
		return -EINVAL;
	if (!check_only)
		seg->status = copy(&source, &dest, seg->len);

	return 0;
}

static int copy_all(uint32_t count, xengnttab_grant_copy_segment_t *segs,
		    bool check_only)
{
	int r = 0;

	for (uint32_t i = 0; i < count && r == 0; i++)
		r = copy_segment(&segs[i], check_only);

	return r;
}

SIM_EXPORT int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
				    xengnttab_grant_copy_segment_t *segs)
{
	int r;

	if (!sim_tables())
		return sim_result(-ENODEV);

	r = copy_all(count, segs, true);
	if (r == 0)
		r = copy_all(count, segs, false);
	return sim_result(r);
}
