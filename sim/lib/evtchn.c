/* SPDX-License-Identifier: MIT */

/*
 * evtchn - libxenevtchn.so.1.  See xenevtchn.h for what the functions promise.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <xenevtchn.h>

#include "sim/core/core.h"

struct xenevtchn_handle {
	struct sim_handle sim;
};

static xenevtchn_handle *finish(xenevtchn_handle *xce, int r)
{
	if (r >= 0)
		return xce;

	free(xce);
	errno = -r;
	return NULL;
}

SIM_EXPORT xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
					    unsigned int flags)
{
	xenevtchn_handle *xce = calloc(1, sizeof(*xce));

	if (!xce)
		return NULL;
	if (flags & ~XENEVTCHN_NO_CLOEXEC)
		return finish(xce, -EINVAL);

	return finish(xce, sim_handle_open(SIM_EVTCHN,
					   !(flags & XENEVTCHN_NO_CLOEXEC),
					   &xce->sim));
}

SIM_EXPORT xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger,
					      int fd, unsigned open_flags)
{
	xenevtchn_handle *xce = calloc(1, sizeof(*xce));

	if (!xce)
		return NULL;
	if (open_flags)
		return finish(xce, -EINVAL);

	return finish(xce, sim_handle_adopt(fd, &xce->sim));
}

SIM_EXPORT int xenevtchn_close(xenevtchn_handle *xce)
{
	if (!xce)
		return 0;

	sim_handle_close(&xce->sim);
	free(xce);
	return 0;
}

SIM_EXPORT int xenevtchn_fd(xenevtchn_handle *xce)
{
	return xce->sim.fd;
}

SIM_EXPORT int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
	return sim_result(sim_notify(&xce->sim, port));
}

static int bind_port(xenevtchn_handle *xce, struct sim_msg *msg)
{
	msg->handle = xce->sim.id;
	return sim_result(sim_call(msg, NULL));
}

SIM_EXPORT xenevtchn_port_or_error_t
xenevtchn_bind_unbound_port(xenevtchn_handle *xce, uint32_t domid)
{
	struct sim_msg msg = {
		.op = SIM_BIND_UNBOUND,
		.other = (uint16_t)domid,
	};

	return bind_port(xce, &msg);
}

SIM_EXPORT xenevtchn_port_or_error_t xenevtchn_bind_interdomain(
	xenevtchn_handle *xce, uint32_t domid, evtchn_port_t remote_port)
{
	struct sim_msg msg = {
		.op = SIM_BIND_INTERDOMAIN,
		.other = (uint16_t)domid,
		.arg = { remote_port },
	};
	int port = bind_port(xce, &msg);

	if (port >= 0)
		sim_meet((uint32_t)msg.arg[0]);
	return port;
}

SIM_EXPORT xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce,
							 unsigned int virq)
{
	struct sim_msg msg = { .op = SIM_BIND_VIRQ, .arg = { virq } };

	return bind_port(xce, &msg);
}

SIM_EXPORT int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
	struct sim_msg msg = { .op = SIM_UNBIND, .arg = { port } };

	return bind_port(xce, &msg);
}

SIM_EXPORT xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
	evtchn_port_t port;

	if (read(xce->sim.fd, &port, sizeof(port)) != sizeof(port))
		return -1;

	return (int)port;
}

SIM_EXPORT int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
	return sim_result(sim_unmask(&xce->sim, port));
}

SIM_EXPORT int xenevtchn_restrict(xenevtchn_handle *xce, domid_t domid)
{
	return sim_result(sim_handle_restrict(&xce->sim, domid));
}
