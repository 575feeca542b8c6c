/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ports - event channels: who may bind what, and who is told.
 *
 * A port belongs to a domain, and its events go to a handle.  One that the
 * domain's builder made has no handle until somebody takes it.
 */

#include "sim/hypervisor/machine.h"

struct domain;
struct handle;

/* All return the port's number or -errno.  @handle may be NULL. */
int port_bind_unbound(struct domain *domain, domid_t peer,
		      struct handle *handle);
int port_bind_interdomain(struct domain *domain, domid_t peer,
			  uint32_t remote_port, struct handle *handle);
int port_bind_virq(struct domain *domain, uint32_t virq, struct handle *handle);
int port_take(struct domain *domain, uint32_t port, struct handle *handle);

/* Its row in the tables, or NULL if there is no such port. */
struct sim_port *port_row(const struct machine *machine, uint32_t port);

/* The other end, if any, becomes unbound. */
void port_close(struct machine *machine, uint32_t port);
void ports_close_all(struct domain *domain);

/* Everything that went to @handle goes nowhere: taken ports wait to be taken
 * again, the others are closed. */
void ports_forget_handle(struct machine *machine, struct handle *handle);

/* Write again what a program that died may have failed to write. */
void ports_repair(struct machine *machine, struct handle *handle);

void port_raise(struct machine *machine, uint32_t port);
void port_notify(struct machine *machine, uint32_t port);
void ports_raise_virq(struct machine *machine, domid_t domid, uint32_t virq);

/* Keep @port open, should it be closed, until as many unpins. */
void port_pin(struct machine *machine, uint32_t port);
void port_unpin(struct machine *machine, uint32_t port);
