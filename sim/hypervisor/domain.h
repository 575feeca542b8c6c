/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * domain - a guest's memory, ports and grants, from its making to its end.
 *
 *     created ── shut down ──> destroyed ──────────────> gone
 *        └─────────────────────────^      └> doomed ──────^
 *
 * A doomed domain is seen as dying, because others have pages of it mapped.
 * VIRQ_DOM_EXC tells of each of these but the first.
 */

#include "sim/hypervisor/machine.h"

struct domain {
	struct machine *machine;
	domid_t id;
	struct sim_domain *row; /* NULL once it is gone */
	uint32_t first_frame;
	uint32_t n_frames;
	uint32_t grant_frame;
	struct list link; /* in machine->doomed */
	struct list ports;
	struct list mourners; /* clients that want to hear of its end */
	struct pages *pages;
	struct grants *grants;
	struct kernel *kernel; /* NULL until programs are to run in it */
};

/* @domid may be SIM_DOMID_ANY.  -EEXIST, -EINVAL, -ENOMEM. */
int domain_create(struct machine *machine, uint32_t domid, uint64_t bytes,
		  struct domain **domain);

/* NULL if there is none, or none any more. */
struct domain *domain_find(const struct machine *machine, uint32_t domid);

void domain_shut_down(struct domain *domain, uint32_t reason);

/* Make what programs in it look for, if there is none yet. */
int domain_settle_in(struct domain *domain);

/* Its memory goes when nobody has it mapped any more. */
void domain_destroy(struct domain *domain);

/* Called when one page less of it is mapped. */
void domain_released(struct domain *domain);
