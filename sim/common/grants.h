/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * grants - an entry of a grant table, version 1, and what it permits.
 *
 * The table lies in the machine's memory and belongs to the guest, which may
 * change an entry at any moment: it is read once, in one piece.
 */

#include <stdbool.h>
#include <stdint.h>

struct sim_grant {
	uint16_t flags;
	uint16_t domid; /* to whom */
	uint32_t frame;
};

enum {
	SIM_GRANT_TYPE = 3,   /* the bits of the type */
	SIM_GRANT_ACCESS = 1, /* the only type that permits anything */
	SIM_GRANT_READONLY = 1 << 2,
	SIM_GRANT_READING = 1 << 3, /* set by the hypervisor while mapped */
	SIM_GRANT_WRITING = 1 << 4,
};

#define SIM_GRANTS_PER_FRAME 512

static inline struct sim_grant sim_grant_read(const struct sim_grant *shared)
{
	struct sim_grant copy;
	uint64_t entry = __atomic_load_n((const uint64_t *)(const void *)shared,
					 __ATOMIC_ACQUIRE);

	copy.flags = (uint16_t)entry;
	copy.domid = (uint16_t)(entry >> 16);
	copy.frame = (uint32_t)(entry >> 32);
	return copy;
}

static inline bool sim_grant_permits(const struct sim_grant *copy,
				     uint16_t domid, bool write)
{
	if ((copy->flags & SIM_GRANT_TYPE) != SIM_GRANT_ACCESS)
		return false;
	if (copy->domid != domid)
		return false;

	return !write || !(copy->flags & SIM_GRANT_READONLY);
}
