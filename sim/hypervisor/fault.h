/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * fault - requests that are to go wrong, because somebody wants to see it.
 */

#include "sim/hypervisor/machine.h"

struct fault {
	uint32_t op;
	uint32_t domid; /* who asks; SIM_DOMID_ANY: whoever */
	uint32_t nth;   /* of such requests from now on, from 1 */
	uint32_t times; /* how many of them from the nth on */
	int error;      /* instead of serving it; 0: serve it */
	uint32_t ms;    /* to wait before the reply */
	uint32_t flags; /* SIM_FAULT_* */
};

int fault_add(struct machine *machine, const struct fault *fault);

/* Whether a request goes wrong, and how. */
bool fault_strikes(struct machine *machine, uint32_t op, domid_t domid,
		   struct fault *fault);
