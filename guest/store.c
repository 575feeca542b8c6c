/* SPDX-License-Identifier: MIT */

#include "guest/store.h"

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"

struct store {
	struct xs_client *client;
	struct hv_pages *page;
	struct hv_port *port;
	xs_lost_fn *lost;
	void *arg;
};

static void event(void *arg)
{
	struct store *store = arg;

	xs_ring_event(store->client);
	hv_unmask(store->port);
}

static void notify(void *arg)
{
	struct store *store = arg;

	hv_notify(store->port);
}

static void lost(void *arg, int error)
{
	struct store *store = arg;

	if (store->lost)
		store->lost(store->arg, error);
}

int store_open(void *mem, struct loop *loop, struct hv *hv, xs_lost_fn *lost_fn,
	       void *arg, struct xs_client **client)
{
	CLEANUP(cleanup_talloc)
	struct store *store = talloc_zero(mem, struct store);
	evtchn_port_t number;
	int r;

	if (!store)
		return -ENOMEM;
	store->lost = lost_fn;
	store->arg = arg;
	r = hv_store_page(store, hv, &store->page, &number);
	if (r < 0)
		return r;
	r = hv_adopt(store, hv, number, event, store, &store->port);
	if (r < 0)
		return r;
	r = xs_open_ring(mem, loop, hv_pages_at(store->page), notify, lost,
			 store, &store->client);
	if (r < 0)
		return r;

	/* From here on the page and the port live as long as the client. */
	*client = store->client;
	talloc_steal(*client, take_ptr(store));
	return 0;
}
