/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * grants - the hypervisor's and the kernel's side of a domain's grant table.
 *
 * The hypervisor marks an entry as being read or written as long as it is
 * pinned, and believes nothing that the guest changes meanwhile.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/hypervisor/machine.h"

struct grants;

struct grants *grants_new(void *mem, struct machine *machine,
			  uint32_t grant_frame);

/* For a mapping by domain @by.  -EINVAL if the entry does not permit it. */
int grants_pin(struct grants *grants, uint32_t ref, domid_t by, bool write,
	       uint32_t *frame);
void grants_unpin(struct grants *grants, uint32_t ref, bool write);

/* For the domain's kernel: an unused entry that permits @peer to map @frame,
 * or -ENOSPC. */
int grants_give(struct grants *grants, domid_t peer, uint32_t frame, bool write,
		uint32_t *ref);

/* The same in a well-known entry. */
int grants_give_at(struct grants *grants, uint32_t ref, domid_t peer,
		   uint32_t frame, bool write);

/* End access, at the latest when the entry is no longer pinned. */
void grants_end(struct grants *grants, uint32_t ref);
