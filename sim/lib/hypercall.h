/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * hypercall - the hypercalls that privileged programs make directly, mostly
 * by way of libxenctrl.
 *
 * Their arguments are structs of Xen's public headers in the program's own
 * memory.  All return what the hypercall does, or -errno; what is not
 * simulated is -ENOSYS.
 */

#include <stdint.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/sysctl.h>
#include <xen/version.h>
#include <xen/xen.h>

#include "sim/core/core.h"

struct arguments {
	uint64_t arg[5];
};

/* An argument that is a pointer. */
static inline void *pointer(uint64_t arg)
{
	return (void *)(uintptr_t)arg;
}

/* domctl.c */
long hypercall_domctl(const struct arguments *args);

/* sysctl.c */
long hypercall_sysctl(const struct arguments *args);

/* version.c */
long hypercall_xen_version(const struct arguments *args);

/* evtchnop.c */
long hypercall_event_channel_op(const struct arguments *args);

/* hvmop.c */
long hypercall_hvm_op(const struct arguments *args);

/* What Xen tells of domain @domid, which must exist. */
void fill_domaininfo(uint16_t domid, xen_domctl_getdomaininfo_t *info);

/* The first domain from @domid on, or -ESRCH. */
int next_domain(uint32_t domid);
