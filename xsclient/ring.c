/* SPDX-License-Identifier: MIT */

/*
 * ring - the wire through a page that we share with xenstored.
 *
 * Each turn of the loop takes out and puts in what it can and notifies once,
 * about both.
 */

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "protocols/bytes.h"
#include "protocols/shared.h"
#include "xsclient/inside.h"

struct ring_wire {
	struct wire base;
	struct xs_client *client;
	struct xs_page *page;
	struct bytes_in in;
	struct bytes_out out;
	struct loop_task *turn;
	struct loop_task *notify;
};

static struct ring_wire *ring_of(struct wire *wire)
{
	return container_of(wire, struct ring_wire, base);
}

static ssize_t read_some(struct wire *wire, void *to, size_t size)
{
	struct ring_wire *ring = ring_of(wire);
	int n = bytes_ready(&ring->in);

	if (n < 0 || shared_read(&ring->page->error))
		return -EPROTO;
	if ((size_t)n > size)
		n = size;
	if (!n)
		return 0;

	bytes_peek(&ring->in, 0, to, n);
	bytes_drop(&ring->in, n);
	loop_task_queue(ring->notify);
	return n;
}

static ssize_t write_some(struct wire *wire, const void *from, size_t len)
{
	struct ring_wire *ring = ring_of(wire);
	int n = bytes_room(&ring->out);

	if (n <= 0)
		return n;
	if ((size_t)n > len)
		n = len;

	bytes_put(&ring->out, from, n);
	loop_task_queue(ring->notify);
	return n;
}

static void want_room(struct wire *wire, bool wanted)
{
	(void)wire;
	(void)wanted; /* xenstored notifies us when it has read something */
}

static void turn(void *arg)
{
	struct ring_wire *ring = arg;

	client_writable(ring->client);
	if (client_readable(ring->client))
		loop_task_queue(ring->turn);
}

void xs_ring_event(struct xs_client *client)
{
	if (client->wire)
		loop_task_queue(ring_of(client->wire)->turn);
}

/* Whoever used the page before us may have left something in it. */
static void look_at_page(struct ring_wire *ring, struct xs_page *page)
{
	ring->page = page;
	ring->in = (struct bytes_in){
		.data = page->rsp,
		.size = XS_RING_SIZE,
		.prod = &page->rsp_prod,
		.cons = &page->rsp_cons,
		.taken = shared_read(&page->rsp_prod),
	};
	ring->out = (struct bytes_out){
		.data = page->req,
		.size = XS_RING_SIZE,
		.prod = &page->req_prod,
		.cons = &page->req_cons,
		.put = shared_read(&page->req_prod),
	};
	bytes_drop(&ring->in, 0);
}

static struct ring_wire *new_wire(struct xs_client *client,
				  struct xs_page *page, loop_fn *notify,
				  void *arg)
{
	struct ring_wire *ring = talloc_zero(client, struct ring_wire);

	if (!ring)
		return NULL;
	ring->turn = loop_task_new(ring, client->loop, turn, ring);
	ring->notify = loop_task_new(ring, client->loop, notify, arg);
	if (!ring->turn || !ring->notify)
		return NULL;

	ring->base.read = read_some;
	ring->base.write = write_some;
	ring->base.want_room = want_room;
	ring->client = client;
	look_at_page(ring, page);
	return ring;
}

int xs_open_ring(void *mem, struct loop *loop, struct xs_page *page,
		 loop_fn *notify, xs_lost_fn *lost, void *arg,
		 struct xs_client **result)
{
	CLEANUP(cleanup_talloc)
	struct xs_client *client = client_new(mem, loop, lost, arg);
	struct ring_wire *ring =
		client ? new_wire(client, page, notify, arg) : NULL;

	if (!ring)
		return -ENOMEM;

	client->wire = &ring->base;
	*result = take_ptr(client);
	return 0;
}
