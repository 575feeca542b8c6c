/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * mapping - pages that a program got through a handle, until it gives them
 * back or its handle goes.
 *
 * All return a cookie for mapping_release() or -errno, and then nothing was
 * mapped, unless they say otherwise.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/hypervisor/machine.h"

struct domain;
struct handle;

struct mapping_ref {
	uint32_t domid;
	uint32_t ref;
};

/* Pages that others granted to @by; @frames has room for @n. */
int mapping_of_grants(struct handle *handle, domid_t by,
		      const struct mapping_ref *refs, uint32_t n, bool write,
		      uint32_t *frames);

/* Any pages of @owner.  Those that there are not have their -errno in
 * @errors and are left out. */
int mapping_of_frames(struct handle *handle, domid_t by, struct domain *owner,
		      const uint32_t *frames, uint32_t n, int32_t *errors);

/* Fresh pages of @owner, granted to @peer. */
int mapping_share(struct handle *handle, struct domain *owner, domid_t peer,
		  uint32_t n, bool write, uint32_t *refs, uint32_t *frames);

/* On release clear the byte at @offset of the first page, notify @port; each
 * may be SIM_NONE. */
int mapping_notify_on_release(struct handle *handle, uint32_t cookie,
			      uint64_t offset, uint64_t port);

/* -ENOENT if @handle has no such mapping. */
int mapping_release(struct handle *handle, uint32_t cookie);
