/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/mapping.h"

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/grants.h"
#include "sim/hypervisor/handle.h"
#include "sim/hypervisor/pages.h"
#include "sim/hypervisor/ports.h"
#include "sim/hypervisor/slots.h"

enum kind { OF_GRANTS, OF_FRAMES, SHARE };

struct item {
	struct domain *domain; /* whose page it is */
	uint32_t frame;
	uint32_t ref;
};

struct mapping {
	struct list link; /* of the handle */
	struct machine *machine;
	struct handle *handle;
	enum kind kind;
	domid_t by;
	bool is_writable;
	uint32_t cookie;
	uint64_t notify_offset;
	uint64_t notify_port;
	uint32_t n; /* items that are mapped */
	struct item item[];
};

static bool is_foreign(const struct mapping *mapping, const struct item *item)
{
	return item->domain->id != mapping->by;
}

static void notify(struct mapping *mapping)
{
	struct machine *machine = mapping->machine;
	uint8_t *page = sim_frame(&machine->memory, mapping->item[0].frame);

	if (mapping->notify_offset != SIM_NONE && page)
		__atomic_store_n(page + mapping->notify_offset, 0,
				 __ATOMIC_SEQ_CST);
	if (mapping->notify_port != SIM_NONE) {
		port_notify(machine, (uint32_t)mapping->notify_port);
		port_unpin(machine, (uint32_t)mapping->notify_port);
	}
}

static void release_item(struct mapping *mapping, const struct item *item)
{
	struct domain *domain = item->domain;

	if (mapping->kind == OF_GRANTS) {
		grants_unpin(domain->grants, item->ref, mapping->is_writable);
		sim_count(mapping->machine->tables, mapping->by,
			  SIM_COUNT_UNMAP, 1);
	}
	if (mapping->kind == SHARE) {
		grants_end(domain->grants, item->ref);
		pages_drop(domain->pages, item->frame);
	}

	pages_release(domain->pages, item->frame, is_foreign(mapping, item));
	domain_released(domain);
}

static int release(struct mapping *mapping)
{
	if (mapping->n > 0)
		notify(mapping);
	for (uint32_t i = 0; i < mapping->n; i++)
		release_item(mapping, &mapping->item[i]);

	list_remove(&mapping->link);
	slots_remove(mapping->machine->mappings, mapping->cookie);
	return 0;
}

static struct mapping *new_mapping(struct handle *handle, enum kind kind,
				   domid_t by, bool write, uint32_t n)
{
	struct mapping *mapping = talloc_zero_size(
		handle, sizeof(*mapping) + n * sizeof(struct item));
	int cookie;

	if (!mapping)
		return NULL;

	mapping->machine = handle->machine;
	mapping->handle = handle;
	mapping->kind = kind;
	mapping->by = by;
	mapping->is_writable = write;
	mapping->notify_offset = SIM_NONE;
	mapping->notify_port = SIM_NONE;
	list_init(&mapping->link);
	cookie = slots_add(handle->machine->mappings, mapping);
	if (cookie < 0) {
		talloc_free(mapping);
		return NULL;
	}

	mapping->cookie = (uint32_t)cookie;
	talloc_set_destructor(mapping, release);
	return mapping;
}

/* The caller's variable forgets it: it now lives as long as its handle. */
static int keep(struct mapping **mapping)
{
	struct mapping *kept = take_ptr(*mapping);

	list_add(&kept->handle->mappings, &kept->link);
	return (int)kept->cookie;
}

/* Hold a page for the mapping: the last thing that can fail. */
static int add_item(struct mapping *mapping, struct domain *domain,
		    uint32_t frame, uint32_t ref)
{
	struct item *item = &mapping->item[mapping->n];
	int r;

	*item = (struct item){ domain, frame, ref };
	r = pages_hold(domain->pages, frame, is_foreign(mapping, item));
	if (r < 0)
		return r;

	domain->row->n_mapped = pages_held_by_others(domain->pages);
	mapping->n++;
	return 0;
}

static int add_grant(struct mapping *mapping, const struct mapping_ref *ref)
{
	struct machine *machine = mapping->machine;
	struct domain *domain = domain_find(machine, ref->domid);
	uint32_t frame;
	int r;

	if (!domain)
		return -EINVAL;
	r = grants_pin(domain->grants, ref->ref, mapping->by,
		       mapping->is_writable, &frame);
	if (r < 0)
		return r;

	r = frame - domain->first_frame < domain->n_frames
		    ? add_item(mapping, domain, frame, ref->ref)
		    : -EINVAL;
	if (r < 0)
		grants_unpin(domain->grants, ref->ref, mapping->is_writable);
	return r;
}

int mapping_of_grants(struct handle *handle, domid_t by,
		      const struct mapping_ref *refs, uint32_t n, bool write,
		      uint32_t *frames)
{
	CLEANUP(cleanup_talloc)
	struct mapping *mapping = new_mapping(handle, OF_GRANTS, by, write, n);

	if (!mapping)
		return -ENOMEM;

	for (uint32_t i = 0; i < n; i++) {
		int r = add_grant(mapping, &refs[i]);

		if (r < 0)
			return r;
		frames[i] = mapping->item[i].frame;
	}

	sim_count(mapping->machine->tables, by, SIM_COUNT_MAP, n);
	return keep(&mapping);
}

int mapping_of_frames(struct handle *handle, domid_t by, struct domain *owner,
		      const uint32_t *frames, uint32_t n, int32_t *errors)
{
	CLEANUP(cleanup_talloc)
	struct mapping *mapping = new_mapping(handle, OF_FRAMES, by, true, n);

	if (!mapping)
		return -ENOMEM;

	for (uint32_t i = 0; i < n; i++)
		errors[i] = add_item(mapping, owner, frames[i], 0);

	sim_count(mapping->machine->tables, by, SIM_COUNT_FOREIGN, mapping->n);
	return keep(&mapping);
}

static int share_page(struct mapping *mapping, struct domain *owner,
		      domid_t peer, uint32_t *ref, uint32_t frame)
{
	int r;

	r = grants_give(owner->grants, peer, frame, mapping->is_writable, ref);
	if (r < 0)
		return r;

	r = add_item(mapping, owner, frame, *ref);
	if (r < 0)
		grants_end(owner->grants, *ref);
	return r;
}

int mapping_share(struct handle *handle, struct domain *owner, domid_t peer,
		  uint32_t n, bool write, uint32_t *refs, uint32_t *frames)
{
	CLEANUP(cleanup_talloc)
	struct mapping *mapping =
		new_mapping(handle, SHARE, owner->id, write, n);
	uint32_t done = 0;
	int r;

	if (!mapping)
		return -ENOMEM;
	r = pages_take(owner->pages, n, frames);
	if (r < 0)
		return r;

	while (done < n && r == 0) {
		r = share_page(mapping, owner, peer, &refs[done], frames[done]);
		done += r == 0;
	}
	if (r < 0) { /* the mapping gives back what it got so far */
		for (uint32_t i = done; i < n; i++)
			pages_drop(owner->pages, frames[i]);
		return r;
	}

	sim_count(mapping->machine->tables, owner->id, SIM_COUNT_SHARE, n);
	return keep(&mapping);
}

static struct mapping *find(struct handle *handle, uint32_t cookie)
{
	struct mapping *mapping = slots_get(handle->machine->mappings, cookie);

	return mapping && mapping->handle == handle ? mapping : NULL;
}

int mapping_notify_on_release(struct handle *handle, uint32_t cookie,
			      uint64_t offset, uint64_t port)
{
	struct mapping *mapping = find(handle, cookie);
	const struct sim_port *row;

	if (!mapping)
		return -ENOENT;
	if (mapping->n != 1 || mapping->notify_port != SIM_NONE)
		return -EINVAL;
	if (offset != SIM_NONE && offset >= SIM_FRAME_SIZE)
		return -EINVAL;
	if (offset != SIM_NONE && mapping->kind != SHARE &&
	    !mapping->is_writable)
		return -EINVAL;

	if (port != SIM_NONE) {
		row = port < SIM_PORTS
			      ? port_row(handle->machine, (uint32_t)port)
			      : NULL;
		if (!row || row->domid != mapping->by)
			return -EINVAL;
		port_pin(handle->machine, (uint32_t)port);
	}
	mapping->notify_offset = offset;
	mapping->notify_port = port;
	return 0;
}

int mapping_release(struct handle *handle, uint32_t cookie)
{
	struct mapping *mapping = find(handle, cookie);

	if (!mapping)
		return -ENOENT;

	talloc_free(mapping);
	return 0;
}
