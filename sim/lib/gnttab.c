/* SPDX-License-Identifier: MIT */

/*
 * gnttab - libxengnttab.so.1, the half that maps what others granted.  See
 * xengnttab.h for what the functions promise.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>

#include "sim/lib/gnt.h"

SIM_EXPORT xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger,
					    unsigned open_flags)
{
	return gnt_open(SIM_GNTTAB);
}

SIM_EXPORT int xengnttab_close(xengnttab_handle *xgt)
{
	return gnt_close(xgt);
}

SIM_EXPORT int xengnttab_fd(xengnttab_handle *xgt)
{
	return xgt->sim.fd;
}

SIM_EXPORT int xengnttab_set_max_grants(xengnttab_handle *xgt,
					uint32_t nr_grants)
{
	return 0;
}

/* The hypervisor wants pairs of domid and ref, and makes frames of them. */
static int ask_for_frames(xengnttab_handle *xgt, uint32_t n,
			  const uint32_t *domids, size_t stride,
			  const uint32_t *refs, int prot, uint32_t *item)
{
	struct sim_msg msg = {
		.op = SIM_MAP,
		.handle = xgt->sim.id,
		.arg = { (prot & PROT_WRITE) != 0 },
	};
	struct sim_extra extra = { .item = item, .n = 2 * n, .room = n };

	for (uint32_t i = 0; i < n; i++) {
		item[2 * i] = domids[i * stride];
		item[2 * i + 1] = refs[i];
	}

	return sim_call(&msg, &extra);
}

/* @stride is 0 if all refs are of the one domain. */
static void *map(xengnttab_handle *xgt, uint32_t n, const uint32_t *domids,
		 size_t stride, const uint32_t *refs, int prot,
		 const struct gnt_notify *notify)
{
	uint32_t *item;
	void *at;
	int r;

	if (n == 0 || n > SIM_ITEMS_MAX / 2) {
		errno = EINVAL;
		return NULL;
	}
	item = calloc(n, 2 * sizeof(*item));
	if (!item)
		return NULL;

	r = ask_for_frames(xgt, n, domids, stride, refs, prot, item);
	if (r >= 0)
		r = gnt_map(xgt, (uint32_t)r, item, n, prot, notify, &at);
	free(item);
	if (r < 0)
		errno = -r;
	return r < 0 ? NULL : at;
}

SIM_EXPORT void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid,
					 uint32_t ref, int prot)
{
	return map(xgt, 1, &domid, 0, &ref, prot, NULL);
}

SIM_EXPORT void *xengnttab_map_grant_refs(xengnttab_handle *xgt, uint32_t count,
					  uint32_t *domids, uint32_t *refs,
					  int prot)
{
	return map(xgt, count, domids, 1, refs, prot, NULL);
}

SIM_EXPORT void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt,
						 uint32_t count, uint32_t domid,
						 uint32_t *refs, int prot)
{
	return map(xgt, count, &domid, 0, refs, prot, NULL);
}

SIM_EXPORT void *xengnttab_map_grant_ref_notify(xengnttab_handle *xgt,
						uint32_t domid, uint32_t ref,
						int prot,
						uint32_t notify_offset,
						evtchn_port_t notify_port)
{
	struct gnt_notify notify = { notify_offset, notify_port };

	return map(xgt, 1, &domid, 0, &ref, prot, &notify);
}

SIM_EXPORT int xengnttab_unmap(xengnttab_handle *xgt, void *start_address,
			       uint32_t count)
{
	return sim_result(sim_area_unmap(&xgt->sim, start_address, count));
}

/* Buffers of the host's devices: there are no such devices. */

static int no_devices(void)
{
	errno = EOPNOTSUPP;
	return -1;
}

SIM_EXPORT int xengnttab_dmabuf_exp_from_refs(xengnttab_handle *xgt,
					      uint32_t domid, uint32_t flags,
					      uint32_t count,
					      const uint32_t *refs,
					      uint32_t *fd)
{
	return no_devices();
}

SIM_EXPORT int xengnttab_dmabuf_exp_wait_released(xengnttab_handle *xgt,
						  uint32_t fd,
						  uint32_t wait_to_ms)
{
	return no_devices();
}

SIM_EXPORT int xengnttab_dmabuf_imp_to_refs(xengnttab_handle *xgt,
					    uint32_t domid, uint32_t fd,
					    uint32_t count, uint32_t *refs)
{
	return no_devices();
}

SIM_EXPORT int xengnttab_dmabuf_imp_release(xengnttab_handle *xgt, uint32_t fd)
{
	return no_devices();
}
