/* SPDX-License-Identifier: MIT */

/*
 * A hundred guests in one process, each with its own ring to a xenstored that
 * somebody else wrote.
 */

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>

#include "sim/cli/introduce.h"
#include "sim/kernel/xenbus.h"
#include "tests/sim/guests.h"
#include "tests/sim/toolstack.h"

#define GUESTS 100

struct guest {
	struct xensim_domain domain;
	struct xenbus *xenbus;
	struct xenbus_user *user;
	xenevtchn_handle *events;
	unsigned int replies;
	char last[64]; /* payload of the last one */
};

static void notify(void *arg)
{
	struct guest *guest = arg;

	CHECK_EQ(xenevtchn_notify(guest->events, guest->domain.store_port), 0);
}

static void broken(void *arg)
{
	CHECK(!arg);
}

static const struct xenbus_ops ops = { notify, broken };

static void hear(void *arg, const struct xs_header *header, const void *payload)
{
	struct guest *guest = arg;

	CHECK(header->type != XS_ERROR && header->len < sizeof(guest->last));
	memcpy(guest->last, payload, header->len);
	guest->last[header->len] = '\0';
	guest->replies++;
}

static struct guest *guest_boot(struct test *t, xenevtchn_handle *events,
				xenforeignmemory_handle *fmem)
{
	struct guest *guest = talloc_zero(t->mem, struct guest);
	domid_t domid = guest_new(t);
	xen_pfn_t gfn;
	void *page;

	CHECK_EQ(xensim_describe(domid, &guest->domain), 0);
	guest->events = events;
	gfn = guest->domain.store_gfn;
	page = xenforeignmemory_map(fmem, domid, PROT_READ | PROT_WRITE, 1,
				    &gfn, NULL);
	CHECK(page);
	CHECK_EQ(introduce(&guest->domain), 0);
	xensim_act_for(domid);
	CHECK_EQ(xensim_take_port(xenevtchn_fd(events),
				  guest->domain.store_port),
		 0);
	xensim_act_for(0);

	guest->xenbus = xenbus_new(guest, page, &ops, guest);
	guest->user = xenbus_join(guest, guest->xenbus, hear, guest);
	return guest;
}

/* The payload is the path, with its NUL, and the value without. */
static void ask(struct guest *guest, enum xs_type type, const char *path,
		const char *value)
{
	struct message message = { .header = { .type = type } };

	message.header.len = (uint32_t)sprintf((char *)message.payload,
					       "%s%c%s", path, 0, value);
	message.have = sizeof(message.header) + message.header.len;
	xenbus_ask(guest->user, &message);
	xenbus_turn(guest->xenbus);
}

static struct guest *guest_of(struct guest **guests, evtchn_port_t port)
{
	for (int i = 0; i < GUESTS; i++) {
		if (guests[i]->domain.store_port == port)
			return guests[i];
	}

	CHECK(!"a port is somebody's");
	return NULL;
}

/* Until each guest has so many replies. */
static void wait_for(struct guest **guests, xenevtchn_handle *events,
		     unsigned int replies)
{
	for (int i = 0; i < GUESTS; i++) {
		while (guests[i]->replies < replies) {
			evtchn_port_t port = xenevtchn_pending(events);

			xenbus_turn(guest_of(guests, port)->xenbus);
			CHECK_EQ(xenevtchn_unmask(events, port), 0);
		}
	}
}

TEST(a_hundred_guests_are_served_through_their_rings)
{
	xenevtchn_handle *events = evtchn_new(t);
	xenforeignmemory_handle *fmem = foreignmem_new(t);
	struct guest *guests[GUESTS];
	char value[32];

	for (int i = 0; i < GUESTS; i++)
		guests[i] = guest_boot(t, events, fmem);
	for (int i = 0; i < GUESTS; i++)
		toolstack_give_home(guests[i]->domain.domid);

	for (int i = 0; i < GUESTS; i++) {
		snprintf(value, sizeof(value), "of %u",
			 guests[i]->domain.domid);
		ask(guests[i], XS_WRITE, "data", value);
		ask(guests[i], XS_READ, "data", "");
	}
	wait_for(guests, events, 2);
	for (int i = 0; i < GUESTS; i++) {
		snprintf(value, sizeof(value), "of %u",
			 guests[i]->domain.domid);
		CHECK_STR(guests[i]->last, value);
	}
}
