/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xen-abi - the one hypercall that we make ourselves: sysctl, to list domains.
 *
 * It is not part of Xen's stable ABI.  A Xen accepts only the version that it
 * was built with; for those of Xen 4.16 to 4.22 the layout is this one, and
 * beyond them we refuse to guess.  Sources: xen/public/sysctl.h, domctl.h and
 * arch-x86/xen.h, arch-arm.h.
 */

#include <stddef.h>
#include <stdint.h>

#include "hv/hv.h"

#define XEN_HYPERCALL_SYSCTL  35
#define XEN_SYSCTL_LIST       6
#define XEN_SYSCTL_N_VERSIONS 3

extern const uint32_t xen_sysctl_versions[XEN_SYSCTL_N_VERSIONS];

/* The operand. */
struct xen_sysctl_list {
	uint32_t command; /* XEN_SYSCTL_LIST */
	uint32_t version;
	uint16_t first;
	uint16_t pad;
	uint32_t n_max;
	uint64_t buffer;
	uint32_t n; /* out */
	uint8_t rest[108];
};

/* The size of one domain in the buffer, and what of it is of interest. */
#if defined(__x86_64__) || defined(__i386__)
#define XEN_DOMAIN_SIZE 112
#elif defined(__aarch64__) || defined(__arm__)
#define XEN_DOMAIN_SIZE 120
#else
#error "the layout of struct xen_domctl_getdomaininfo here is not known"
#endif

void xen_decode_domain(const void *bytes, struct hv_domain *domain);
