/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xen - how Xen numbers guests, grants and event channels.
 */

#include <stdint.h>

#define XEN_PAGE_SIZE 4096

typedef uint16_t domid_t;
typedef uint32_t grant_ref_t;
typedef uint32_t evtchn_port_t;
