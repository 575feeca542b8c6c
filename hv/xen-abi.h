/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xen-abi - the hypercalls that we make ourselves.
 *
 * The sysctl that lists domains is not part of Xen's stable ABI.  A Xen accepts
 * only the version that it was built with; for those of Xen 4.16 to 4.22 the
 * layout is this one, and beyond them we refuse to guess.  Sources: sysctl.h,
 * domctl.h, arch-x86/xen.h and arch-arm.h in xen/include/public.
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

/* Where a domain's builder says what it prepared.  This one is stable. */
#define XEN_HYPERCALL_HVM_OP     34
#define XEN_HVM_GET_PARAM        1
#define XEN_HVM_PARAM_STORE_PORT 2

struct xen_param {
	uint16_t domid;
	uint16_t pad;
	uint32_t index;
	uint64_t value; /* out */
};

void xen_decode_domain(const void *bytes, struct hv_domain *domain);
