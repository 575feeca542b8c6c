/* SPDX-License-Identifier: MIT */

/*
 * gntshr - libxengnttab.so.1, the half that grants pages to others.  See
 * xengnttab.h for what the functions promise.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/lib/gnt.h"

SIM_EXPORT xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger,
					    unsigned open_flags)
{
	return gnt_open(SIM_GNTSHR);
}

SIM_EXPORT int xengntshr_close(xengntshr_handle *xgs)
{
	return gnt_close(xgs);
}

SIM_EXPORT int xengntshr_fd(xengntshr_handle *xgs)
{
	return xgs->sim.fd;
}

/* What comes back are @n references and then as many frames. */
static int ask_for_pages(xengntshr_handle *xgs, uint32_t domid, uint32_t n,
			 int writable, uint32_t *item)
{
	struct sim_msg msg = {
		.op = SIM_SHARE,
		.handle = xgs->sim.id,
		.other = (uint16_t)domid,
		.arg = { n, writable != 0 },
	};
	struct sim_extra extra = { .item = item, .room = 2 * n };

	return sim_call(&msg, &extra);
}

static void *share(xengntshr_handle *xgs, uint32_t domid, int count,
		   uint32_t *refs, int writable,
		   const struct gnt_notify *notify)
{
	uint32_t n = (uint32_t)count;
	uint32_t *item;
	void *at;
	int r;

	if (count <= 0 || n > SIM_ITEMS_MAX / 2) {
		errno = EINVAL;
		return NULL;
	}
	item = calloc(n, 2 * sizeof(*item));
	if (!item)
		return NULL;

	r = ask_for_pages(xgs, domid, n, writable, item);
	if (r >= 0)
		r = gnt_map(xgs, (uint32_t)r, item + n, n,
			    PROT_READ | PROT_WRITE, notify, &at);
	if (r >= 0)
		memcpy(refs, item, n * sizeof(*refs));
	free(item);
	if (r < 0)
		errno = -r;
	return r < 0 ? NULL : at;
}

SIM_EXPORT void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid,
				       int count, uint32_t *refs, int writable)
{
	return share(xgs, domid, count, refs, writable, NULL);
}

SIM_EXPORT void *xengntshr_share_page_notify(xengntshr_handle *xgs,
					     uint32_t domid, uint32_t *ref,
					     int writable,
					     uint32_t notify_offset,
					     evtchn_port_t notify_port)
{
	struct gnt_notify notify = { notify_offset, notify_port };

	return share(xgs, domid, 1, ref, writable, &notify);
}

SIM_EXPORT int xengntshr_unshare(xengntshr_handle *xgs, void *start_address,
				 uint32_t count)
{
	return sim_result(sim_area_unmap(&xgs->sim, start_address, count));
}
