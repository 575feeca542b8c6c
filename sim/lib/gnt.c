/* SPDX-License-Identifier: MIT */

#include "sim/lib/gnt.h"

#include <errno.h>
#include <stdlib.h>

struct xengntdev_handle *gnt_open(enum sim_handle_kind kind)
{
	struct xengntdev_handle *gnt = calloc(1, sizeof(*gnt));
	int r;

	if (!gnt)
		return NULL;

	r = sim_handle_open(kind, true, &gnt->sim);
	if (r < 0) {
		free(gnt);
		errno = -r;
		return NULL;
	}
	return gnt;
}

int gnt_close(struct xengntdev_handle *gnt)
{
	if (!gnt)
		return 0;

	sim_handle_close(&gnt->sim);
	free(gnt);
	return 0;
}

static uint64_t or_none(uint32_t value)
{
	return value == UINT32_MAX ? SIM_NONE : value;
}

static int set_notify(struct xengntdev_handle *gnt, uint32_t cookie,
		      const struct gnt_notify *notify)
{
	struct sim_msg msg = {
		.op = SIM_NOTIFY_ON_RELEASE,
		.handle = gnt->sim.id,
	};

	if (!notify)
		return 0;

	msg.arg[0] = cookie;
	msg.arg[1] = or_none(notify->offset);
	msg.arg[2] = or_none(notify->port);
	return sim_call(&msg, NULL);
}

int gnt_map(struct xengntdev_handle *gnt, uint32_t cookie,
	    const uint32_t *frames, uint32_t n, int prot,
	    const struct gnt_notify *notify, void **at)
{
	struct sim_pages pages = {
		.frame = frames,
		.n = n,
		.cookie = cookie,
		.prot = prot,
	};
	int r;

	r = set_notify(gnt, cookie, notify);
	if (r < 0) {
		sim_release(&gnt->sim, cookie);
		return r;
	}

	return sim_area_map(&gnt->sim, &pages, NULL, 0, at);
}
