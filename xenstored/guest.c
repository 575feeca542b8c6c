/* SPDX-License-Identifier: MIT */

#include "xenstored/guest.h"

#include <errno.h>
#include <sys/uio.h>
#include <talloc.h>

#include "protocols/bytes.h"
#include "protocols/shared.h"
#include "protocols/xs.h"
#include "xenstored/conn.h"
#include "xenstored/server.h"

struct guest {
	struct conn conn;
	struct hv_port *port; /* NULL if it could not be bound */
	struct hv_pages *pages;
	struct xs_page *page;
	struct bytes_in in;
	struct bytes_out out;
	struct log *log;
	unsigned int epoch; /* of the rings; another one after each reset */
	bool stopped;     /* it broke the protocol; its ring is not looked at */
	bool must_notify; /* it does not know yet what we took or put */
};

static struct guest *guest_of(struct conn *conn)
{
	return container_of(conn, struct guest, conn);
}

/* Go on with the rings where our indices stand. */
static void take_up(struct guest *guest)
{
	struct xs_page *page = guest->page;

	guest->in = (struct bytes_in){ page->req, XS_RING_SIZE, &page->req_prod,
				       &page->req_cons,
				       shared_read(&page->req_cons) };
	guest->out = (struct bytes_out){ page->rsp, XS_RING_SIZE,
					 &page->rsp_prod, &page->rsp_cons,
					 shared_read(&page->rsp_prod) };
	shared_write(&page->error, XS_PAGE_OK);
	if (shared_read(&page->connection) == XS_RECONNECT)
		shared_write(&page->connection, XS_CONNECTED);
	guest->epoch++;
	guest->stopped = false;
	guest->must_notify = true;
}

/* Both rings empty, all indices 0. */
static void start_afresh(struct guest *guest)
{
	struct xs_page *page = guest->page;

	shared_write(&page->req_prod, 0);
	shared_write(&page->req_cons, 0);
	shared_write(&page->rsp_prod, 0);
	shared_write(&page->rsp_cons, 0);
	take_up(guest);
}

static void notify(struct guest *guest)
{
	if (guest->must_notify && guest->port)
		hv_notify(guest->port);
	guest->must_notify = false;
}

/* The guest broke the rules: tell it, and listen to it no more.  It stays
 * introduced, since others wait for its real end (XSA-325). */
static void stop(struct guest *guest, enum xs_page_error error, const char *why)
{
	log_guest(guest->log, "%s; its ring is not served any more", why);
	shared_write(&guest->page->error, error);
	guest->stopped = true;
	guest->must_notify = true;
	conn_reset(&guest->conn);
}

static int put(struct guest *guest, const struct iovec *iov)
{
	int room = bytes_room(&guest->out);
	uint32_t len;

	if (room < 0)
		return room;

	len = iov->iov_len < (size_t)room ? iov->iov_len : (size_t)room;
	if (len) {
		bytes_put(&guest->out, iov->iov_base, len);
		guest->must_notify = true;
	}
	return len;
}

static int guest_send(struct conn *conn, const struct iovec *iov, int n)
{
	struct guest *guest = guest_of(conn);
	int sent = 0;

	for (int i = 0; i < n && !guest->stopped; i++) {
		int r = put(guest, &iov[i]);

		if (r < 0)
			return r;
		sent += r;
		if ((size_t)r < iov[i].iov_len)
			break;
	}

	return sent;
}

static void guest_cut_off(struct conn *conn, int error)
{
	if (error == -EPROTO)
		stop(guest_of(conn), XS_PAGE_INDICES,
		     "the indices of its responses are impossible");
	else
		stop(guest_of(conn), XS_PAGE_COMMUNICATION,
		     "there is no memory for what it is owed");
}

static void guest_sent(struct conn *conn)
{
	notify(guest_of(conn));
}

/* Serve what is in the ring. */
static void take(struct guest *guest)
{
	uint8_t *bytes = guest->conn.server->in;
	unsigned int epoch = guest->epoch;
	int ready = bytes_ready(&guest->in);
	size_t used;
	int r;

	if (ready < 0) {
		stop(guest, XS_PAGE_INDICES,
		     "the indices of its requests are impossible");
		return;
	}

	bytes_peek(&guest->in, 0, bytes, ready);
	r = conn_feed(&guest->conn, bytes, ready, &used);
	if (r == -EPROTO) {
		stop(guest, XS_PAGE_PROTOCOL,
		     "a request is longer than the protocol allows");
		return;
	}
	if (r < 0) {
		guest_cut_off(&guest->conn, r);
		return;
	}
	if (used && guest->epoch == epoch) {
		bytes_drop(&guest->in, used);
		guest->must_notify = true;
	}
}

static bool has_more(struct guest *guest)
{
	return !guest->stopped && conn_may_ask(&guest->conn) &&
	       bytes_ready(&guest->in) != 0;
}

static void reset(struct guest *guest)
{
	conn_reset(&guest->conn);
	start_afresh(guest);
}

/* A turn of the guest.  Its port stays masked until it has had what it asked
 * for, so that it cannot call for attention in between. */
static void serve(void *arg)
{
	struct guest *guest = arg;

	if (guest->conn.closed)
		return;
	if (shared_read(&guest->page->connection) == XS_RECONNECT)
		reset(guest);
	if (!guest->stopped)
		take(guest);

	conn_flush(&guest->conn);
	if (guest->conn.closed)
		return;
	if (has_more(guest))
		conn_again(&guest->conn);
	else if (guest->port)
		hv_unmask(guest->port);
}

static void guest_resume(struct conn *conn)
{
	serve(guest_of(conn));
}

static const struct transport guest_transport = {
	.send = guest_send,
	.cut_off = guest_cut_off,
	.sent = guest_sent,
	.resume = guest_resume,
};

static int bind(struct guest *guest, evtchn_port_t remote_port)
{
	struct server *server = guest->conn.server;

	TALLOC_FREE(guest->port);
	return hv_bind(guest, server->hv, guest->conn.who.domid, remote_port,
		       serve, guest, &guest->port);
}

int guest_new(struct server *server, const struct who *who,
	      struct account *account, struct hv_pages *page,
	      evtchn_port_t remote_port, uint32_t features,
	      enum guest_ring ring, struct conn **result)
{
	struct conn *conn = conn_new(server, &guest_transport, who, account,
				     sizeof(struct guest));
	struct guest *guest;
	int r = -ENOMEM;

	if (!conn)
		return -ENOMEM;

	guest = guest_of(conn);
	conn->features = features;
	guest->page = hv_pages_at(page);
	guest->log = log_new(guest, server->log, "%u", who->domid);
	if (guest->log)
		r = bind(guest, remote_port);
	if (r < 0) {
		conn_close(conn);
		return r;
	}

	guest->pages = talloc_steal(guest, page); /* as the header says */
	shared_write(&guest->page->features, features);
	if (ring == GUEST_RING_NEW)
		start_afresh(guest);
	else
		take_up(guest);
	notify(guest);
	*result = conn;
	return 0;
}

int guest_reconnect(struct conn *conn, evtchn_port_t remote_port)
{
	struct guest *guest = guest_of(conn);
	int r = bind(guest, remote_port);

	reset(guest);
	notify(guest);
	return r;
}

void guest_close(struct conn *conn)
{
	TALLOC_FREE(guest_of(conn)->port);
	conn_close(conn);
}
