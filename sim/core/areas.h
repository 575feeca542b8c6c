/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * areas - which addresses of this process are pages of the machine, and by
 * which handle.  core.h has what the libraries call.
 */

#include <stdint.h>

/* Unmap all that was mapped through @handle, which is about to be closed. */
void sim_areas_forget(uint32_t handle);
