/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * pages - which frames of a domain its kernel uses, and who has them mapped.
 *
 * A frame is given back, and its content forgotten, when it is neither taken
 * nor held.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/hypervisor/machine.h"

struct pages;

/* The @n frames from @first on, of which the kernel uses the first @n_ram. */
struct pages *pages_new(void *mem, struct machine *machine, uint32_t first,
			uint32_t n, uint32_t n_ram);

/* For the domain's kernel: @n zeroed frames, contiguous if possible, as long
 * as it does not drop them.  0 or -ENOMEM. */
int pages_take(struct pages *pages, uint32_t n, uint32_t *frames);
void pages_drop(struct pages *pages, uint32_t frame);

/* While somebody has a frame mapped.  @foreign: somebody of another domain.
 * -EINVAL if it is not a frame of this domain. */
int pages_hold(struct pages *pages, uint32_t frame, bool foreign);
void pages_release(struct pages *pages, uint32_t frame, bool foreign);

uint32_t pages_held(const struct pages *pages);
uint32_t pages_held_by_others(const struct pages *pages);
uint32_t pages_taken(const struct pages *pages);
