/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/ports.h"

#include <errno.h>

#include "sim/common/events.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/handle.h"

#define VIRQS 24

static struct port_links *links_of(struct machine *machine, uint32_t port)
{
	return &machine->port[port];
}

static uint32_t number_of(struct machine *machine, struct port_links *links)
{
	return (uint32_t)(links - machine->port);
}

struct sim_port *port_row(const struct machine *machine, uint32_t port)
{
	struct sim_port *row = &machine->tables->port[port];

	if (port == 0 || port >= SIM_PORTS || row->type == SIM_PORT_FREE)
		return NULL;

	return row;
}

/* Whether its handle is still there; if not, the port may be gone with it. */
static bool is_alive(struct machine *machine, uint32_t port)
{
	struct handle *handle =
		handle_find(machine, machine->tables->port[port].handle);

	return !handle || !handle_reap(handle);
}

/* Numbers are used in turn, as late again as possible. */
static int find_free(struct machine *machine, uint32_t *port)
{
	for (uint32_t i = 0; i < SIM_PORTS; i++) {
		uint32_t n = ++machine->next_port % SIM_PORTS;

		if (n && machine->tables->port[n].type == SIM_PORT_FREE) {
			*port = n;
			return 0;
		}
	}

	return -ENOSPC;
}

static int new_port(struct domain *domain, enum sim_port_type type,
		    struct handle *handle, uint32_t *port)
{
	struct machine *machine = domain->machine;
	struct sim_port *row;
	struct port_links *links;
	int r;

	r = find_free(machine, port);
	if (r < 0)
		return r;

	links = links_of(machine, *port);
	list_init(&links->of_handle);
	r = handle ? handle_add_port(handle, &links->of_handle) : 0;
	if (r < 0)
		return r;

	list_init(&links->of_domain);
	list_add(&domain->ports, &links->of_domain);
	links->n_pins = 0;
	links->is_closed = false;
	links->is_taken = false;
	row = &machine->tables->port[*port];
	*row = (struct sim_port){
		.state = handle ? 0 : SIM_PORT_MASKED,
		.handle = handle ? handle->id : 0,
		.domid = domain->id,
		.remote_domid = SIM_DOMID_ANY,
	};
	__atomic_store_n(&row->type, type, __ATOMIC_RELEASE);
	return 0;
}

int port_bind_unbound(struct domain *domain, domid_t peer,
		      struct handle *handle)
{
	struct machine *machine = domain->machine;
	uint32_t port;
	int r;

	r = new_port(domain, SIM_PORT_UNBOUND, handle, &port);
	if (r < 0)
		return r;

	machine->tables->port[port].remote_domid = peer;
	return (int)port;
}

/* Whether @domain may bind to @port now.  That its last user just died may be
 * news to us. */
static bool can_bind(struct domain *domain, domid_t peer, uint32_t port)
{
	struct machine *machine = domain->machine;
	struct sim_port *row = port_row(machine, port);

	if (row && row->type == SIM_PORT_INTERDOMAIN)
		is_alive(machine, row->remote);
	if (row)
		is_alive(machine, port);

	row = port_row(machine, port);
	return row && row->type == SIM_PORT_UNBOUND && row->domid == peer &&
	       row->remote_domid == domain->id &&
	       !links_of(machine, port)->is_closed;
}

int port_bind_interdomain(struct domain *domain, domid_t peer,
			  uint32_t remote_port, struct handle *handle)
{
	struct machine *machine = domain->machine;
	struct sim_port *row, *remote;
	uint32_t port;
	int r;

	if (!domain_find(machine, peer))
		return -ESRCH;
	if (!can_bind(domain, peer, remote_port))
		return -EINVAL;
	r = new_port(domain, SIM_PORT_INTERDOMAIN, handle, &port);
	if (r < 0)
		return r;

	row = &machine->tables->port[port];
	row->remote_domid = peer;
	row->remote = remote_port;
	remote = &machine->tables->port[remote_port];
	__atomic_store_n(&remote->remote, port, __ATOMIC_RELEASE);
	__atomic_store_n(&remote->type, SIM_PORT_INTERDOMAIN, __ATOMIC_RELEASE);

	/* What the other end sent before is not lost. */
	port_raise(machine, port);
	return (int)port;
}

/* The domain's port that is bound to @virq, or 0. */
static uint32_t find_virq(struct domain *domain, uint32_t virq)
{
	struct machine *machine = domain->machine;
	struct port_links *links;

	list_for_each(&domain->ports, links, of_domain) {
		uint32_t port = number_of(machine, links);
		struct sim_port *row = &machine->tables->port[port];

		if (row->type == SIM_PORT_VIRQ && row->remote == virq)
			return port;
	}

	return 0;
}

int port_bind_virq(struct domain *domain, uint32_t virq, struct handle *handle)
{
	uint32_t port = find_virq(domain, virq);
	int r;

	if (virq >= VIRQS)
		return -EINVAL;
	if (port && is_alive(domain->machine, port))
		return -EEXIST;
	r = new_port(domain, SIM_PORT_VIRQ, handle, &port);
	if (r < 0)
		return r;

	domain->machine->tables->port[port].remote = virq;
	return (int)port;
}

int port_take(struct domain *domain, uint32_t port, struct handle *handle)
{
	struct machine *machine = domain->machine;
	struct sim_port *row = port_row(machine, port);
	struct port_links *links;
	int r;

	if (!row || row->domid != domain->id)
		return -EINVAL;
	if (row->handle && is_alive(machine, port))
		return -EBUSY;
	if (!port_row(machine, port))
		return -EINVAL; /* it went with its last handle */

	links = links_of(machine, port);
	r = handle_add_port(handle, &links->of_handle);
	if (r < 0)
		return r;

	links->is_taken = true;
	__atomic_store_n(&row->handle, handle->id, __ATOMIC_RELEASE);
	__atomic_store_n(&row->state, SIM_PORT_MASKED | SIM_PORT_PENDING,
			 __ATOMIC_SEQ_CST);
	if (sim_port_unmask(&row->state))
		handle_write(handle, port);
	return (int)port;
}

static void set_unbound(struct machine *machine, uint32_t port)
{
	struct sim_port *row = &machine->tables->port[port];

	__atomic_store_n(&row->type, SIM_PORT_UNBOUND, __ATOMIC_RELEASE);
	__atomic_store_n(&row->remote, 0, __ATOMIC_RELEASE);
}

static void detach(struct machine *machine, uint32_t port)
{
	struct sim_port *row = &machine->tables->port[port];
	struct handle *handle = handle_find(machine, row->handle);

	__atomic_fetch_or(&row->state, SIM_PORT_MASKED, __ATOMIC_SEQ_CST);
	__atomic_store_n(&row->handle, 0, __ATOMIC_SEQ_CST);
	if (handle)
		handle_remove_port(handle, &links_of(machine, port)->of_handle);
}

void port_close(struct machine *machine, uint32_t port)
{
	struct sim_port *row = &machine->tables->port[port];
	struct port_links *links = links_of(machine, port);

	detach(machine, port);
	list_remove(&links->of_domain);
	links->is_closed = true;
	if (links->n_pins > 0)
		return;

	if (row->type == SIM_PORT_INTERDOMAIN)
		set_unbound(machine, row->remote);
	__atomic_store_n(&row->type, SIM_PORT_FREE, __ATOMIC_RELEASE);
}

void ports_close_all(struct domain *domain)
{
	while (!list_empty(&domain->ports)) {
		struct port_links *links = list_first(
			&domain->ports, struct port_links, of_domain);

		port_close(domain->machine, number_of(domain->machine, links));
	}
}

void ports_repair(struct machine *machine, struct handle *handle)
{
	struct port_links *links;

	list_for_each(&handle->ports, links, of_handle) {
		uint32_t port = number_of(machine, links);
		struct sim_port *row = &machine->tables->port[port];
		struct sim_port *peer = port_row(machine, row->remote);
		struct handle *listener;

		if (row->type != SIM_PORT_INTERDOMAIN || !peer ||
		    !(peer->state & SIM_PORT_MASKED))
			continue;
		listener = handle_find(machine, peer->handle);
		if (listener && listener != handle)
			handle_write(listener, row->remote);
	}
}

void ports_forget_handle(struct machine *machine, struct handle *handle)
{
	struct port_links *links, *safe;

	ports_repair(machine, handle);
	list_for_each_safe(&handle->ports, links, safe, of_handle) {
		if (links->is_taken)
			detach(machine, number_of(machine, links));
		else
			port_close(machine, number_of(machine, links));
	}
}

void port_raise(struct machine *machine, uint32_t port)
{
	struct sim_port *row = port_row(machine, port);
	struct handle *handle;

	if (!row || !sim_port_raise(&row->state))
		return;

	sim_count(machine->tables, row->domid, SIM_COUNT_EVENT, 1);
	handle = handle_find(machine, row->handle);
	if (handle)
		handle_write(handle, port);
}

void port_notify(struct machine *machine, uint32_t port)
{
	struct sim_port *row = port_row(machine, port);

	if (!row || row->type != SIM_PORT_INTERDOMAIN)
		return;

	sim_count(machine->tables, row->domid, SIM_COUNT_NOTIFY, 1);
	__atomic_fetch_add(&row->n_notified, 1, __ATOMIC_RELAXED);
	port_raise(machine, row->remote);
}

void ports_raise_virq(struct machine *machine, domid_t domid, uint32_t virq)
{
	struct domain *domain = domain_find(machine, domid);
	uint32_t port = domain ? find_virq(domain, virq) : 0;

	if (port)
		port_raise(machine, port);
}

void port_pin(struct machine *machine, uint32_t port)
{
	links_of(machine, port)->n_pins++;
}

void port_unpin(struct machine *machine, uint32_t port)
{
	struct port_links *links = links_of(machine, port);

	if (--links->n_pins == 0 && links->is_closed)
		port_close(machine, port);
}
