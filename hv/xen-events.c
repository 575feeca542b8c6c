/* SPDX-License-Identifier: MIT */

/*
 * xen-events - event channels, all on one descriptor.
 *
 * The descriptor yields the numbers of the ports that have an event, many by
 * one read; each is masked until its number is written back.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "hv/xen-inside.h"

#define VIRQ_DOM_EXC   3
#define EVENTS_AT_ONCE 256

struct port {
	struct hv_port base;
	struct xen *xen; /* NULL once it is closed */
	loop_fn *event;
	void *arg;
	struct loop_task *first; /* an event that comes by itself, or NULL */
};

static struct port *port_of(struct hv_port *port)
{
	return container_of(port, struct port, base);
}

/* Reading */

static struct port *find(const struct xen *xen, evtchn_port_t number)
{
	return number < talloc_array_length(xen->ports) ? xen->ports[number]
							: NULL;
}

/* Without the descriptor there are no more events; nor is there anything that
 * could be done about it. */
static void read_events(void *arg, unsigned int ready)
{
	evtchn_port_t numbers[EVENTS_AT_ONCE];
	struct xen *xen = arg;
	bool freed = false;
	ssize_t n = read(xenevtchn_fd(xen->evtchn), numbers, sizeof(numbers));

	(void)ready;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		TALLOC_FREE(xen->events);

	xen->freed = &freed;
	for (ssize_t i = 0; i < n / (ssize_t)sizeof(*numbers); i++) {
		struct port *port = find(xen, numbers[i]);

		if (port)
			port->event(port->arg);
		if (freed)
			return;
	}
	xen->freed = NULL;
}

static int listen_to_events(struct xen *xen)
{
	int fd = xenevtchn_fd(xen->evtchn);

	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;

	return loop_fd_new(xen, xen->loop, fd, LOOP_READ, read_events, xen,
			   &xen->events);
}

static int open_events(struct xen *xen)
{
	if (!xen->evtchn)
		xen->evtchn = xenevtchn_open(xen_silence(), 0);
	if (!xen->evtchn)
		return -errno;

	return xen->events ? 0 : listen_to_events(xen);
}

/* Ports */

static void close_port(struct port *port)
{
	if (!port->xen->keeps_ports)
		xenevtchn_unbind(port->xen->evtchn, port->base.number);
	port->xen->ports[port->base.number] = NULL;
	port->xen = NULL;
	TALLOC_FREE(port->first);
}

static int free_port(struct port *port)
{
	if (port->xen)
		close_port(port);
	return 0;
}

void xen_close_events(struct xen *xen)
{
	for (size_t i = 0; i < talloc_array_length(xen->ports); i++) {
		if (xen->ports[i])
			close_port(xen->ports[i]);
	}
	TALLOC_FREE(xen->events);
	xenevtchn_close(xen->evtchn);
}

static int make_room(struct xen *xen, evtchn_port_t number)
{
	size_t old = talloc_array_length(xen->ports);
	size_t size = old ?: 16;
	struct port **ports;

	if (number < old)
		return 0;
	while (size <= number)
		size *= 2;
	ports = talloc_realloc(xen, xen->ports, struct port *, size);
	if (!ports)
		return -ENOMEM;

	for (size_t i = old; i < size; i++)
		ports[i] = NULL;
	xen->ports = ports;
	return 0;
}

/* The port that a call of Xen's libraries made, if @number is not negative. */
static int port_new(void *mem, struct xen *xen, int number, loop_fn *event,
		    void *arg, struct port **result)
{
	struct port *port;

	if (number < 0)
		return -errno;
	port = talloc_zero(mem, struct port);
	if (!port || make_room(xen, number) < 0) {
		talloc_free(port);
		xenevtchn_unbind(xen->evtchn, number);
		return -ENOMEM;
	}

	port->base.ops = xen->base.ops;
	port->base.number = number;
	port->event = event;
	port->arg = arg;
	port->xen = xen;
	xen->ports[number] = port;
	talloc_set_destructor(port, free_port);
	*result = port;
	return 0;
}

static void run_first(void *arg)
{
	struct port *port = arg;

	port->event(port->arg);
}

/* Where Xen does not send a first event, we do. */
static int send_first(struct port *port)
{
	port->first = loop_task_new(port, port->xen->loop, run_first, port);
	if (!port->first)
		return -ENOMEM;

	loop_task_queue(port->first);
	return 0;
}

int xen_bind(void *mem, struct hv *hv, domid_t remote,
	     evtchn_port_t remote_port, loop_fn *event, void *arg,
	     struct hv_port **result)
{
	struct xen *xen = xen_of(hv);
	struct port *port = NULL;
	int number;
	int r = open_events(xen);

	if (r < 0)
		return r;
	number = xenevtchn_bind_interdomain(xen->evtchn, remote, remote_port);
	if (number < 0)
		return xen_guest_error();
	r = port_new(mem, xen, number, event, arg, &port);
	if (r < 0)
		return r;

	*result = &port->base;
	return 0;
}

int xen_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
	      void *arg, struct hv_port **result)
{
	struct xen *xen = xen_of(hv);
	struct port *port = NULL;
	int r = open_events(xen);

	if (r < 0)
		return r;
	r = port_new(mem, xen, xenevtchn_bind_unbound_port(xen->evtchn, remote),
		     event, arg, &port);
	if (r < 0)
		return r;

	*result = &port->base;
	return 0;
}

/* Make a port of our domain one of our descriptor's.  On Xen it has to be
 * already, which is seen by whether we can notify; xensim can do more.  Returns
 * whether a first event is already on its way. */
static int take(struct xen *xen, evtchn_port_t number)
{
	typedef int take_port_fn(int fd, uint32_t port);
	take_port_fn *take_port =
		(take_port_fn *)dlsym(RTLD_DEFAULT, "xensim_take_port");
	int r;

	if (xenevtchn_notify(xen->evtchn, number) == 0)
		return false;
	if (!take_port)
		return -ENOENT;
	r = take_port(xenevtchn_fd(xen->evtchn), number);
	if (r < 0)
		return r == -EINVAL ? -ENOENT : r;

	return true;
}

int xen_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
	      void *arg, struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct xen *xen = xen_of(hv);
	bool has_event;
	int r = open_events(xen);

	if (r < 0)
		return r;
	if (find(xen, number))
		return -EBUSY;
	r = take(xen, number);
	if (r < 0)
		return r;
	has_event = r;
	r = port_new(mem, xen, number, event, arg, &port);
	if (r < 0)
		return r;
	r = has_event ? 0 : send_first(port);
	if (r < 0)
		return r;

	*result = &take_ptr(port)->base;
	return 0;
}

void xen_notify(struct hv_port *hv_port)
{
	struct port *port = port_of(hv_port);

	if (port->xen)
		xenevtchn_notify(port->xen->evtchn, port->base.number);
}

void xen_unmask(struct hv_port *hv_port)
{
	struct port *port = port_of(hv_port);

	if (port->xen)
		xenevtchn_unmask(port->xen->evtchn, port->base.number);
}

int xen_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
		      struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct xen *xen = xen_of(hv);
	int r = open_events(xen);

	if (r < 0)
		return r;
	r = port_new(mem, xen, xenevtchn_bind_virq(xen->evtchn, VIRQ_DOM_EXC),
		     event, arg, &port);
	if (r < 0)
		return r;
	r = send_first(port);
	if (r < 0)
		return r;

	*result = &take_ptr(port)->base;
	return 0;
}

/* The descriptor */

int xen_events_fd(struct hv *hv)
{
	struct xen *xen = xen_of(hv);
	int r = open_events(xen);

	return r < 0 ? r : xenevtchn_fd(xen->evtchn);
}

void xen_keep_ports(struct hv *hv)
{
	xen_of(hv)->keeps_ports = true;
}

int hv_open_events(void *mem, struct loop *loop, int fd, struct hv **result)
{
	CLEANUP(cleanup_talloc) struct hv *hv = NULL;
	CLEANUP(cleanup_fd) int owned = fd;
	struct xen *xen;
	int r = hv_open(mem, loop, &hv);

	if (r < 0)
		return r;
	xen = xen_of(hv);
	xen->evtchn = xenevtchn_fdopen(xen_silence(), fd, 0);
	if (!xen->evtchn)
		return -errno;
	take_fd(owned); /* closed with the handle */
	r = listen_to_events(xen);
	if (r < 0)
		return r;

	*result = take_ptr(hv);
	return 0;
}
