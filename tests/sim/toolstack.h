/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * toolstack - what domain 0 does for a guest in xenstore, by Xen's library,
 * whose header cannot be had together with ours.
 */

#include <stdint.h>

/* A folder of its own. */
void toolstack_give_home(uint16_t domid);
