/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <xen/hvm/params.h>

#include "sim/lib/hypercall.h"
#include "sim/xensim.h"

/* Where a guest's kernel learns of what its builder prepared. */
static long get_param(xen_hvm_param_t *param)
{
	domid_t domid = param->domid == DOMID_SELF ? sim_domid() : param->domid;
	struct xensim_domain domain;
	int r;

	r = xensim_describe(domid, &domain);
	if (r < 0)
		return r;

	switch (param->index) {
	case HVM_PARAM_STORE_PFN:
		param->value = domain.store_gfn;
		return 0;
	case HVM_PARAM_STORE_EVTCHN:
		param->value = domain.store_port;
		return 0;
	case HVM_PARAM_CONSOLE_PFN:
		param->value = domain.console_gfn;
		return 0;
	case HVM_PARAM_CONSOLE_EVTCHN:
		param->value = domain.console_port;
		return 0;
	default:
		param->value = 0;
		return 0;
	}
}

long hypercall_hvm_op(const struct arguments *args)
{
	if (args->arg[0] == HVMOP_get_param)
		return get_param(pointer(args->arg[1]));

	return -ENOSYS;
}
