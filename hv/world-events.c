/* SPDX-License-Identifier: MIT */

/*
 * world-events - event channels, pending and masked as Xen has them.
 *
 * An event goes to whoever holds the port through a task of the loop, never
 * from within a call; sending it masks the port until hv_unmask().
 */

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "hv/world-inside.h"

enum channel_state { CLOSED, UNBOUND, BOUND, CHANGES };

/* One end. */
struct channel {
	enum channel_state state;
	bool pending;
	bool masked;
	domid_t peer;          /* who is or may be at the other end */
	struct domain *remote; /* which, if BOUND, is remote_port of this */
	evtchn_port_t remote_port;
	struct port *holder; /* or NULL */
};

/* A program's hold on one. */
struct port {
	struct hv_port base;
	struct list link;
	struct handle *handle; /* NULL once it is cut off */
	struct loop_task *task;
	loop_fn *event;
	void *arg;
};

static struct port *port_of(struct hv_port *port)
{
	return container_of(port, struct port, base);
}

static int grow(struct domain *domain)
{
	struct channel *channels =
		table_grow(domain, domain->channels, sizeof(struct channel));

	if (!channels)
		return -ENOMEM;

	domain->channels = channels;
	return 0;
}

/* The lowest number that is free becomes a port for @peer. */
static int channel_new(struct domain *domain, domid_t peer,
		       evtchn_port_t *number)
{
	evtchn_port_t n = talloc_array_length(domain->channels);
	evtchn_port_t i = domain->first_free_port;
	int r;

	while (i < n && domain->channels[i].state != CLOSED)
		i++;
	r = i >= n ? grow(domain) : 0;
	if (r < 0)
		return r;

	domain->channels[i] = (struct channel){
		.state = UNBOUND,
		.peer = peer,
	};
	domain->first_free_port = i + 1;
	*number = i;
	return 0;
}

static void channel_close(struct domain *domain, evtchn_port_t number)
{
	struct channel *channel = &domain->channels[number];

	if (channel->state == BOUND) {
		struct channel *other =
			&channel->remote->channels[channel->remote_port];

		other->state = UNBOUND;
		other->remote = NULL;
	}
	if (channel->state == CHANGES)
		domain->world->changes = 0;
	*channel = (struct channel){ .state = CLOSED };
	if (number < domain->first_free_port)
		domain->first_free_port = number;
}

int channels_new(struct domain *domain)
{
	domain->first_free_port = 1; /* 0 is no port */
	return channel_new(domain, 0, &domain->store_port);
}

void channels_close(struct domain *domain)
{
	evtchn_port_t n = talloc_array_length(domain->channels);

	for (evtchn_port_t i = 1; i < n; i++) {
		if (domain->channels[i].state != CLOSED)
			channel_close(domain, i);
	}
}

static void deliver(struct channel *channel)
{
	if (!channel->pending || channel->masked || !channel->holder)
		return;

	channel->pending = false;
	channel->masked = true;
	loop_task_queue(channel->holder->task);
}

static void send(struct domain *domain, evtchn_port_t number)
{
	domain->channels[number].pending = true;
	deliver(&domain->channels[number]);
}

static void run_event(void *arg)
{
	struct port *port = arg;

	port->event(port->arg);
}

static void let_go(struct domain *domain, evtchn_port_t number, bool stays)
{
	if (stays)
		domain->channels[number].holder = NULL;
	else
		channel_close(domain, number);
}

static void cut_off(struct port *port)
{
	let_go(port->handle->domain, port->base.number,
	       port->handle->keeps_ports);
	port->handle->count.ports--;
	list_remove(&port->link);
	port->handle = NULL;
	TALLOC_FREE(port->task);
}

void ports_cut_off(struct handle *handle)
{
	while (!list_empty(&handle->ports))
		cut_off(list_first(&handle->ports, struct port, link));
}

static int free_port(struct port *port)
{
	if (port->handle)
		cut_off(port);
	return 0;
}

/* A hold on a port that the caller is about to make or take up. */
static int port_new(void *mem, struct handle *handle, loop_fn *event, void *arg,
		    struct port **result)
{
	struct port *port = talloc_zero(mem, struct port);

	if (!port)
		return -ENOMEM;

	port->base.ops = handle->base.ops;
	port->handle = handle;
	port->event = event;
	port->arg = arg;
	port->task = loop_task_new(port, handle->domain->world->loop, run_event,
				   port);
	if (!port->task) {
		talloc_free(port);
		return -ENOMEM;
	}

	*result = port;
	return 0;
}

static void hold(struct port *port, evtchn_port_t number,
		 struct hv_port **result)
{
	port->handle->domain->channels[number].holder = port;
	port->handle->count.ports++;
	list_add(&port->handle->ports, &port->link);
	port->base.number = number;
	talloc_set_destructor(port, free_port);
	*result = &port->base;
}

int world_offer(void *mem, struct hv *hv, domid_t remote, loop_fn *event,
		void *arg, struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct handle *handle = handle_of(hv);
	evtchn_port_t number;
	int r = handle_call(handle, WORLD_OFFER);

	if (r < 0)
		return r;
	r = port_new(mem, handle, event, arg, &port);
	if (r < 0)
		return r;
	r = channel_new(handle->domain, remote, &number);
	if (r < 0)
		return r;

	hold(take_ptr(port), number, result);
	return 0;
}

/* The port of @remote that waits for us, or NULL. */
static struct channel *find_offer(struct domain *remote, evtchn_port_t number,
				  domid_t us)
{
	struct channel *channel;

	if (!remote || number >= talloc_array_length(remote->channels))
		return NULL;

	channel = &remote->channels[number];
	return channel->state == UNBOUND && channel->peer == us ? channel
								: NULL;
}

static void connect(struct channel *channel, struct domain *remote,
		    evtchn_port_t remote_port)
{
	channel->state = BOUND;
	channel->peer = remote->id;
	channel->remote = remote;
	channel->remote_port = remote_port;
}

int world_bind(void *mem, struct hv *hv, domid_t remote,
	       evtchn_port_t remote_port, loop_fn *event, void *arg,
	       struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct handle *handle = handle_of(hv);
	struct domain *us = handle->domain, *them;
	evtchn_port_t number;
	int r = handle_call(handle, WORLD_BIND);

	if (r < 0)
		return r;
	them = world_domain(handle->domain->world, remote);
	if (!find_offer(them, remote_port, us->id))
		return -EINVAL;
	r = port_new(mem, handle, event, arg, &port);
	if (r < 0)
		return r;
	r = channel_new(us, remote, &number);
	if (r < 0)
		return r;

	connect(&us->channels[number], them, remote_port);
	connect(&them->channels[remote_port], us, number);
	hold(take_ptr(port), number, result);
	send(us, number);
	return 0;
}

int world_adopt(void *mem, struct hv *hv, evtchn_port_t number, loop_fn *event,
		void *arg, struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct handle *handle = handle_of(hv);
	struct channel *channel;
	int r = handle_call(handle, WORLD_ADOPT);

	if (r < 0)
		return r;
	if (number >= talloc_array_length(handle->domain->channels))
		return -ENOENT;
	channel = &handle->domain->channels[number];
	if (channel->state == CLOSED)
		return -ENOENT;
	if (channel->holder)
		return -EBUSY;
	r = port_new(mem, handle, event, arg, &port);
	if (r < 0)
		return r;

	channel->masked = false; /* whoever was to unmask it is gone */
	hold(take_ptr(port), number, result);
	send(handle->domain, number);
	return 0;
}

int world_watch_domains(void *mem, struct hv *hv, loop_fn *event, void *arg,
			struct hv_port **result)
{
	CLEANUP(cleanup_talloc) struct port *port = NULL;
	struct handle *handle = handle_of(hv);
	struct domain *us = handle->domain;
	evtchn_port_t number;
	int r = handle_call(handle, WORLD_WATCH_DOMAINS);

	if (r < 0)
		return r;
	if (us->id)
		return -EPERM;
	if (us->world->changes)
		return -EEXIST;
	r = port_new(mem, handle, event, arg, &port);
	if (r < 0)
		return r;
	r = channel_new(us, us->id, &number);
	if (r < 0)
		return r;

	us->channels[number].state = CHANGES;
	us->world->changes = number;
	hold(take_ptr(port), number, result);
	send(us, number);
	return 0;
}

void domains_changed(struct world *world)
{
	if (world->changes)
		send(world_domain(world, 0), world->changes);
}

static struct channel *channel_of(const struct port *port)
{
	return &port->handle->domain->channels[port->base.number];
}

void world_notify(struct hv_port *hv_port)
{
	struct port *port = port_of(hv_port);
	struct channel *channel;

	if (!port->handle || handle_call(port->handle, WORLD_NOTIFY) < 0)
		return;

	channel = channel_of(port);
	if (channel->state == BOUND)
		send(channel->remote, channel->remote_port);
}

void world_unmask(struct hv_port *hv_port)
{
	struct port *port = port_of(hv_port);
	struct channel *channel;

	if (!port->handle)
		return;

	channel = channel_of(port);
	channel->masked = false;
	deliver(channel);
}
