/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * kernel - the side of a guest's kernel that its programs see as
 * /dev/xen/xenbus: a socket in the domain's folder.
 *
 * The kernel takes the domain's port for xenstore when the first program
 * connects.  If a program of the guest has taken it before, none can.
 */

#include "sim/hypervisor/machine.h"

struct domain;
struct kernel;

/* What the kernels of all domains share. */
struct kernels;
struct kernels *kernels_new(void *mem, struct machine *machine);

/* As a child of @domain. */
int kernel_boot(struct domain *domain, struct kernel **kernel);
