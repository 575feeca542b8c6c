/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * memory - the machine's frames, as addresses of this process.
 *
 * Windows of 256 MiB are mapped when first touched and stay.  A struct that is
 * all zeros but for its descriptor is ready for use, by several threads too.
 */

#include <stdint.h>

#include "sim/common/shared.h"

#define SIM_WINDOW_FRAMES 65536

struct sim_memory {
	int fd;
	void *window[SIM_FRAMES / SIM_WINDOW_FRAMES];
};

#define SIM_SHARED __attribute__((visibility("default")))

/* Where @frame is, or NULL if there is none or no address space is left. */
SIM_SHARED void *sim_frame(struct sim_memory *memory, uint32_t frame);

/* The entry @ref of the grant table that starts at @grant_frame, or NULL. */
SIM_SHARED struct sim_grant *sim_grant_at(struct sim_memory *memory,
					  uint32_t grant_frame, uint32_t ref);

/* Unmap all windows and close the descriptor. */
void sim_memory_close(struct sim_memory *memory);
