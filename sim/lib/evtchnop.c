/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>

#include "sim/lib/hypercall.h"

static domid_t self_or(domid_t domid)
{
	return domid == DOMID_SELF ? sim_domid() : domid;
}

static long alloc_unbound(struct evtchn_alloc_unbound *alloc)
{
	struct sim_msg msg = {
		.op = SIM_ALLOC_UNBOUND,
		.other = self_or(alloc->remote_dom),
		.arg = { self_or(alloc->dom) },
	};
	int r;

	r = sim_call(&msg, NULL);
	if (r < 0)
		return r;

	alloc->port = (evtchn_port_t)r;
	return 0;
}

static void describe(const struct sim_port *row, struct evtchn_status *status)
{
	switch (row->type) {
	case SIM_PORT_UNBOUND:
		status->status = EVTCHNSTAT_unbound;
		status->u.unbound.dom = row->remote_domid;
		break;
	case SIM_PORT_INTERDOMAIN:
		status->status = EVTCHNSTAT_interdomain;
		status->u.interdomain.dom = row->remote_domid;
		status->u.interdomain.port = row->remote;
		break;
	case SIM_PORT_VIRQ:
		status->status = EVTCHNSTAT_virq;
		status->u.virq = row->remote;
		break;
	default:
		status->status = EVTCHNSTAT_closed;
		break;
	}
}

/* Ports are numbered across domains: those of others look closed. */
static long port_status(struct evtchn_status *status)
{
	const struct sim_tables *tables = sim_tables();

	if (status->port >= SIM_PORTS)
		return -EINVAL;

	status->status = EVTCHNSTAT_closed;
	status->vcpu = 0;
	if (tables->port[status->port].domid == self_or(status->dom))
		describe(&tables->port[status->port], status);
	return 0;
}

static long reset(const struct evtchn_reset *reset)
{
	struct sim_msg msg = {
		.op = SIM_RESET_PORTS,
		.other = self_or(reset->dom),
	};

	return sim_call(&msg, NULL);
}

long hypercall_event_channel_op(const struct arguments *args)
{
	void *arg = pointer(args->arg[1]);

	switch (args->arg[0]) {
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(arg);
	case EVTCHNOP_status:
		return port_status(arg);
	case EVTCHNOP_reset:
		return reset(arg);
	default:
		return -ENOSYS;
	}
}
