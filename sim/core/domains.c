/* SPDX-License-Identifier: MIT */

#include <errno.h>

#include "sim/core/core.h"
#include "sim/xensim.h"

int xensim_take_port(int evtchn_fd, uint32_t port)
{
	struct sim_handle handle;
	struct sim_msg msg = { .op = SIM_TAKE, .arg = { port } };
	int r;

	r = sim_handle_find(evtchn_fd, &handle);
	if (r < 0)
		return r;

	msg.handle = handle.id;
	r = sim_call(&msg, NULL);
	return r < 0 ? r : 0;
}

int xensim_describe(uint16_t domid, struct xensim_domain *domain)
{
	const struct sim_tables *tables = sim_tables();
	const struct sim_domain *row;

	if (!tables)
		return -ENODEV;
	row = domid < SIM_DOMAINS ? &tables->domain[domid] : NULL;
	if (!row || row->state != SIM_DOMAIN_ALIVE)
		return -ESRCH;

	*domain = (struct xensim_domain){
		.domid = domid,
		.store_port = row->store_port,
		.store_gfn = row->store_frame,
		.console_port = row->console_port,
		.console_gfn = row->console_frame,
	};
	return 0;
}

int xensim_create(uint16_t domid, uint64_t bytes, struct xensim_domain *domain)
{
	struct sim_msg msg = {
		.op = SIM_CREATE,
		.other = domid,
		.arg = { bytes },
	};
	int r;

	r = sim_call(&msg, NULL);
	if (r >= 0 && domain)
		xensim_describe((uint16_t)r, domain);
	return r;
}

int xensim_shutdown(uint16_t domid, uint32_t reason)
{
	struct sim_msg msg = {
		.op = SIM_SHUTDOWN,
		.other = domid,
		.arg = { reason },
	};

	return sim_call(&msg, NULL);
}

int xensim_destroy(uint16_t domid)
{
	struct sim_msg msg = { .op = SIM_DESTROY, .other = domid };

	return sim_call(&msg, NULL);
}
