/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/lib/hypercall.h"

static long getdomaininfolist(struct xen_sysctl_getdomaininfolist *list)
{
	xen_domctl_getdomaininfo_t *info = list->buffer.p;
	int domid = next_domain(list->first_domain);

	list->num_domains = 0;
	while (domid >= 0 && list->num_domains < list->max_domains) {
		fill_domaininfo((uint16_t)domid, &info[list->num_domains++]);
		domid = next_domain((uint32_t)domid + 1);
	}

	return 0;
}

static long physinfo(struct xen_sysctl_physinfo *info)
{
	uint32_t n = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);

	memset(info, 0, sizeof(*info));
	info->threads_per_core = 1;
	info->cores_per_socket = n;
	info->nr_cpus = n;
	info->max_cpu_id = n - 1;
	info->nr_nodes = 1;
	info->cpu_khz = 1000000;
	info->total_pages = SIM_FRAMES;
	info->free_pages = SIM_FRAMES;
	info->max_mfn = SIM_FRAMES;
	return 0;
}

long hypercall_sysctl(const struct arguments *args)
{
	xen_sysctl_t *ctl = pointer(args->arg[0]);

	if (ctl->interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -EACCES;

	switch (ctl->cmd) {
	case XEN_SYSCTL_getdomaininfolist:
		return getdomaininfolist(&ctl->u.getdomaininfolist);
	case XEN_SYSCTL_physinfo:
		return physinfo(&ctl->u.physinfo);
	case XEN_SYSCTL_readconsole:
		ctl->u.readconsole.count = 0; /* it has nothing to say */
		return 0;
	default:
		return -ENOSYS;
	}
}
