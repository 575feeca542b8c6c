/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <xen/hvm/params.h>

#include "sim/lib/hypercall.h"
#include "sim/xensim.h"

static uint64_t value_of(const struct xensim_domain *domain, uint32_t index)
{
	switch (index) {
	case HVM_PARAM_STORE_PFN:
		return domain->store_gfn;
	case HVM_PARAM_STORE_EVTCHN:
		return domain->store_port;
	case HVM_PARAM_CONSOLE_PFN:
		return domain->console_gfn;
	case HVM_PARAM_CONSOLE_EVTCHN:
		return domain->console_port;
	default:
		return 0;
	}
}

/* Where a guest's kernel learns of what its builder prepared. */
static long get_param(xen_hvm_param_t *param)
{
	domid_t domid = param->domid == DOMID_SELF ? sim_domid() : param->domid;
	struct xensim_domain domain;
	int r;

	r = xensim_describe(domid, &domain);
	if (r < 0)
		return r;

	param->value = value_of(&domain, param->index);
	return 0;
}

long hypercall_hvm_op(const struct arguments *args)
{
	if (args->arg[0] == HVMOP_get_param)
		return get_param(pointer(args->arg[1]));

	return -ENOSYS;
}
