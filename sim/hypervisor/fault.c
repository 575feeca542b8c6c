/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/fault.h"

#include <errno.h>
#include <talloc.h>

#include "sim/common/wire.h"

struct armed {
	struct list link;
	struct fault fault;
};

int fault_add(struct machine *machine, const struct fault *fault)
{
	struct armed *armed;

	if (!fault->nth || !fault->times)
		return -EINVAL;
	armed = talloc_zero(machine, struct armed);
	if (!armed)
		return -ENOMEM;

	armed->fault = *fault;
	list_add(&machine->faults, &armed->link);
	return 0;
}

static bool is_meant(const struct fault *fault, uint32_t op, domid_t domid)
{
	return fault->op == op &&
	       (fault->domid == SIM_DOMID_ANY || fault->domid == domid);
}

/* One such request has come: whether it is one of those that fail. */
static bool count_down(struct armed *armed)
{
	if (armed->fault.nth > 1) {
		armed->fault.nth--;
		return false;
	}

	armed->fault.times--;
	return true;
}

bool fault_strikes(struct machine *machine, uint32_t op, domid_t domid,
		   struct fault *fault)
{
	struct armed *armed, *safe;

	list_for_each_safe(&machine->faults, armed, safe, link) {
		if (!is_meant(&armed->fault, op, domid) || !count_down(armed))
			continue;

		*fault = armed->fault;
		if (!armed->fault.times) {
			list_remove(&armed->link);
			talloc_free(armed);
		}
		return true;
	}

	return false;
}
