/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * setup - from what the toolstack and the guest say of a disk to what it takes
 * to serve it.
 */

#include "libpv/pv.h"

#define BLK_N_QUEUES 4

/* Descriptor 0 is the image's, if it is not in memory. */
struct setup {
	bool in_memory;
	bool read_only;
	bool discards;
	uint64_t n_sectors;
};

/* Callbacks of struct pv_backend. */
int setup_probe(struct pv_device *dev);
int setup_connect(struct pv_device *dev, void *setup);
