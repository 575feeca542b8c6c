/* SPDX-License-Identifier: MIT */

#include "bench/store/guests.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "hv/hv.h"
#include "protocols/bytes.h"
#include "sim/xensim.h"

#define GUEST_BYTES (1 << 20)

struct guests {
	struct client *admin;
	struct loop *loop;
	struct hv *hv;
};

struct guest {
	struct guests *guests;
	struct hv *hv;
	struct hv_pages *page;
	struct hv_port *port;
	struct bytes_in in;
	struct bytes_out out;
};

struct guests *guests_new(void *mem, struct client *admin)
{
	struct guests *guests = talloc_zero(mem, struct guests);
	int r = -ENOMEM;

	if (!guests)
		return NULL;

	guests->admin = admin;
	guests->loop = loop_new(guests);
	if (guests->loop)
		r = hv_open(guests, guests->loop, &guests->hv);
	if (r < 0)
		trouble_note(client_trouble(admin), r, "no hypervisor: %s",
			     strerror(-r));
	return guests;
}

static void introduce(struct guests *guests, const struct xensim_domain *domain)
{
	char domid[16], gfn[24], port[16];
	const struct message message = { XS_INTRODUCE,
					 0,
					 { domid, gfn, port } };

	snprintf(domid, sizeof(domid), "%u", domain->domid);
	snprintf(gfn, sizeof(gfn), "%" PRIu64, domain->store_gfn);
	snprintf(port, sizeof(port), "%u", domain->store_port);
	client_ask(guests->admin, &message);
}

domid_t guests_add_idle(struct guests *guests)
{
	struct xensim_domain domain = { 0 };
	int r;

	if (client_trouble(guests->admin)->error)
		return 0;
	r = xensim_create(XENSIM_ANY_DOMID, GUEST_BYTES, &domain);
	if (r < 0)
		trouble_note(client_trouble(guests->admin), r,
			     "no new domain: %s", strerror(-r));
	else
		introduce(guests, &domain);

	return domain.domid;
}

void guests_destroy(struct guests *guests, domid_t domid)
{
	int r = xensim_destroy(domid);

	if (r < 0)
		trouble_note(client_trouble(guests->admin), r,
			     "domain %u stays: %s", domid, strerror(-r));
}

/* The ring */

static void event(void *arg)
{
	struct guest *guest = arg;

	hv_unmask(guest->port);
	loop_stop(guest->guests->loop);
}

static int guest_send(void *arg, const void *bytes, size_t len)
{
	struct guest *guest = arg;
	const uint8_t *from = bytes;

	while (len) {
		int room = bytes_room(&guest->out);
		uint32_t n =
			len < (size_t)room ? (uint32_t)len : (uint32_t)room;

		if (room < 0)
			return room;
		if (room == 0) {
			loop_run(guest->guests->loop);
			continue;
		}
		bytes_put(&guest->out, from, n);
		hv_notify(guest->port);
		from += n;
		len -= n;
	}

	return 0;
}

/* As Linux does, tell the daemon of the room only if it may wait for it. */
static int guest_receive(void *arg, void *to, size_t size)
{
	struct guest *guest = arg;
	int ready;
	uint32_t n;

	while ((ready = bytes_ready(&guest->in)) == 0)
		loop_run(guest->guests->loop);
	if (ready < 0)
		return ready;

	n = size < (size_t)ready ? (uint32_t)size : (uint32_t)ready;
	bytes_peek(&guest->in, 0, to, n);
	bytes_drop(&guest->in, n);
	if (ready == XS_RING_SIZE)
		hv_notify(guest->port);
	return (int)n;
}

static const struct wire guest_wire = { guest_send, guest_receive };

/* A guest */

static int connect_guest(struct guest *guest, domid_t domid)
{
	evtchn_port_t port;
	struct xs_page *page;
	int r;

	r = hv_open_guest(guest, guest->guests->hv, domid, &guest->hv);
	if (r < 0)
		return r;
	r = hv_store_page(guest, guest->hv, &guest->page, &port);
	if (r < 0)
		return r;

	page = hv_pages_at(guest->page);
	guest->in = (struct bytes_in){
		.data = page->rsp,
		.size = XS_RING_SIZE,
		.prod = &page->rsp_prod,
		.cons = &page->rsp_cons,
	};
	guest->out = (struct bytes_out){
		.data = page->req,
		.size = XS_RING_SIZE,
		.prod = &page->req_prod,
		.cons = &page->req_cons,
	};
	return hv_adopt(guest, guest->hv, port, event, guest, &guest->port);
}

/* What the toolstack makes for a domain. */
static void make_home(struct client *admin, domid_t domid)
{
	char path[32], owner[16];

	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	snprintf(owner, sizeof(owner), "n%u", domid);
	client_ask(admin, &(struct message){ XS_MKDIR, 0, { path } });
	client_ask(admin,
		   &(struct message){ XS_SET_PERMS, 0, { path, owner } });
}

struct client *guests_add(struct guests *guests)
{
	struct trouble *trouble = client_trouble(guests->admin);
	struct guest *guest = talloc_zero(guests, struct guest);
	domid_t domid;
	int r;

	if (!guest)
		return NULL;
	guest->guests = guests;
	domid = guests_add_idle(guests);
	if (trouble->error)
		return NULL;

	make_home(guests->admin, domid);
	r = connect_guest(guest, domid);
	if (r < 0)
		trouble_note(trouble, r, "domain %u has no ring: %s", domid,
			     strerror(-r));
	return client_new(guest, trouble, &guest_wire, guest, "data");
}
