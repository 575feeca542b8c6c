/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/grants.h"

#include <assert.h>
#include <errno.h>
#include <talloc.h>

#include "sim/common/grants.h"
#include "sim/hypervisor/table.h"

#define FIRST_UNRESERVED 8

/* How often a guest may change an entry while we pin it, before we give up. */
#define TRIES 5

/* What only the hypervisor and the kernel know of an entry. */
struct use {
	uint32_t n_readers;
	uint32_t n_writers;
	uint32_t frame; /* while pinned */
	domid_t by;
	bool has_ended;
};

struct grants {
	struct machine *machine;
	uint32_t grant_frame;
	struct table uses; /* unused are those that were given and ended */
	uint32_t next;     /* never given yet */
};

struct grants *grants_new(void *mem, struct machine *machine,
			  uint32_t grant_frame)
{
	struct grants *grants = talloc_zero(mem, struct grants);

	if (!grants)
		return NULL;

	grants->machine = machine;
	grants->grant_frame = grant_frame;
	grants->uses.row_size = sizeof(struct use);
	grants->next = FIRST_UNRESERVED;
	return grants;
}

static struct sim_grant *entry_at(struct grants *grants, uint32_t ref)
{
	return sim_grant_at(&grants->machine->memory, grants->grant_frame, ref);
}

static struct use *use_of(struct grants *grants, uint32_t ref)
{
	if (ref >= SIM_GRANTS || table_grow(grants, &grants->uses, ref + 1) < 0)
		return NULL;

	return table_row(&grants->uses, ref);
}

/* Mark the entry, unless it does not, or no longer, permit this. */
static int mark(struct sim_grant *entry, domid_t by, bool write,
		struct sim_grant *seen)
{
	uint16_t bits = SIM_GRANT_READING | (write ? SIM_GRANT_WRITING : 0);

	for (int i = 0; i < TRIES; i++) {
		struct sim_grant copy = sim_grant_read(entry);

		*seen = copy;
		if (!sim_grant_permits(&copy, by, write))
			return -EINVAL;
		if (__atomic_compare_exchange_n(
			    &entry->flags, &copy.flags, copy.flags | bits,
			    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return 0;
	}

	return -EINVAL;
}

int grants_pin(struct grants *grants, uint32_t ref, domid_t by, bool write,
	       uint32_t *frame)
{
	struct use *use = use_of(grants, ref);
	struct sim_grant *entry = entry_at(grants, ref);
	bool is_pinned = use && (use->n_readers || use->n_writers);
	struct sim_grant seen;

	if (!use || !entry)
		return -EINVAL;
	if (is_pinned && use->by != by)
		return -EINVAL;
	if (!is_pinned || (write && !use->n_writers)) {
		if (mark(entry, by, write, &seen) < 0)
			return -EINVAL;
		if (!is_pinned)
			use->frame = seen.frame;
		use->by = by;
	}

	use->n_readers += !write;
	use->n_writers += write;
	*frame = use->frame;
	return 0;
}

static void clear_flags(struct sim_grant *entry, uint16_t bits)
{
	__atomic_fetch_and(&entry->flags, (uint16_t)~bits, __ATOMIC_SEQ_CST);
}

/* The entry is the kernel's again. */
static void finish(struct grants *grants, uint32_t ref)
{
	__atomic_store_n(&entry_at(grants, ref)->flags, 0, __ATOMIC_SEQ_CST);
	((struct use *)table_row(&grants->uses, ref))->has_ended = false;
	if (ref >= FIRST_UNRESERVED)
		table_put_unused(&grants->uses, ref);
}

void grants_unpin(struct grants *grants, uint32_t ref, bool write)
{
	struct use *use = table_row(&grants->uses, ref);
	struct sim_grant *entry = entry_at(grants, ref);

	assert(write ? use->n_writers > 0 : use->n_readers > 0);
	use->n_writers -= write;
	use->n_readers -= !write;

	if (write && !use->n_writers)
		clear_flags(entry, SIM_GRANT_WRITING);
	if (use->n_writers || use->n_readers)
		return;

	clear_flags(entry, SIM_GRANT_READING);
	if (use->has_ended)
		finish(grants, ref);
}

int grants_give_at(struct grants *grants, uint32_t ref, domid_t peer,
		   uint32_t frame, bool write)
{
	struct sim_grant *entry = entry_at(grants, ref);

	if (!use_of(grants, ref) || !entry)
		return -ENOMEM;

	entry->domid = peer;
	entry->frame = frame;
	__atomic_store_n(&entry->flags,
			 SIM_GRANT_ACCESS | (write ? 0 : SIM_GRANT_READONLY),
			 __ATOMIC_RELEASE);
	return 0;
}

int grants_give(struct grants *grants, domid_t peer, uint32_t frame, bool write,
		uint32_t *ref)
{
	if (!table_take_unused(&grants->uses, ref)) {
		if (grants->next >= SIM_GRANTS)
			return -ENOSPC;
		*ref = grants->next++;
	}

	return grants_give_at(grants, *ref, peer, frame, write);
}

void grants_end(struct grants *grants, uint32_t ref)
{
	struct use *use = table_row(&grants->uses, ref);

	if (use->n_readers || use->n_writers)
		use->has_ended = true;
	else
		finish(grants, ref);
}
