/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>

#include "sim/lib/hypercall.h"
#include "sim/xensim.h"

int next_domain(uint32_t domid)
{
	const struct sim_tables *tables = sim_tables();

	for (; domid < tables->domains_end; domid++) {
		if (tables->domain[domid].state != SIM_DOMAIN_NONE)
			return (int)domid;
	}

	return -ESRCH;
}

static uint32_t flags_of(const struct sim_domain *row)
{
	uint32_t flags = 0;

	if (row->state == SIM_DOMAIN_DYING)
		flags |= XEN_DOMINF_dying;
	if (row->is_paused)
		flags |= XEN_DOMINF_paused;
	if (row->is_shut_down)
		flags |= XEN_DOMINF_shutdown |
			 (row->shutdown_reason & XEN_DOMINF_shutdownmask)
				 << XEN_DOMINF_shutdownshift;
	if (!flags)
		flags = XEN_DOMINF_blocked;

	return flags;
}

void fill_domaininfo(uint16_t domid, xen_domctl_getdomaininfo_t *info)
{
	const struct sim_domain *row = &sim_tables()->domain[domid];

	memset(info, 0, sizeof(*info));
	info->domain = domid;
	info->flags = flags_of(row);
	info->tot_pages = row->n_frames;
	info->max_pages = row->n_frames;
	info->shr_pages = row->n_mapped;
	info->shared_info_frame = row->first_frame;
	info->nr_online_vcpus = 1;
	memcpy(info->handle, row->uuid, sizeof(row->uuid));
}

/* As of Xen 4.17, the domain asked for or else the next one. */
static long getdomaininfo(xen_domctl_t *ctl)
{
	int domid = next_domain(ctl->domain);

	if (domid < 0)
		return domid;

	fill_domaininfo((uint16_t)domid, &ctl->u.getdomaininfo);
	ctl->domain = (domid_t)domid;
	return 0;
}

static long pause_domain(xen_domctl_t *ctl, bool paused)
{
	struct sim_msg msg = {
		.op = SIM_PAUSE,
		.other = ctl->domain,
		.arg = { paused },
	};

	return sim_call(&msg, NULL);
}

static long set_uuid(xen_domctl_t *ctl)
{
	struct sim_msg msg = { .op = SIM_SET_UUID, .other = ctl->domain };
	uint32_t item[sizeof(xen_domain_handle_t) / sizeof(uint32_t)];
	struct sim_extra extra = { .item = item, .n = 4 };

	memcpy(item, ctl->u.setdomainhandle.handle, sizeof(item));
	return sim_call(&msg, &extra);
}

long hypercall_domctl(const struct arguments *args)
{
	xen_domctl_t *ctl = pointer(args->arg[0]);

	if (ctl->interface_version != XEN_DOMCTL_INTERFACE_VERSION)
		return -EACCES;

	switch (ctl->cmd) {
	case XEN_DOMCTL_getdomaininfo:
		return getdomaininfo(ctl);
	case XEN_DOMCTL_destroydomain:
		return xensim_destroy(ctl->domain);
	case XEN_DOMCTL_pausedomain:
	case XEN_DOMCTL_unpausedomain:
		return pause_domain(ctl, ctl->cmd == XEN_DOMCTL_pausedomain);
	case XEN_DOMCTL_setdomainhandle:
		return set_uuid(ctl);
	default:
		return -ENOSYS;
	}
}
