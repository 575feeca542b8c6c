/* SPDX-License-Identifier: MIT */

/*
 * raw - clients that write what they like, on sockets and rings.
 */

#include "tests/xenstored/store-world.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/list.h"
#include "base/loop.h"
#include "hv/world.h"
#include "protocols/bytes.h"
#include "tests/lib/test.h"
#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/queue.h"
#include "xenstored/server.h"
#include "xenstored/socket.h"

struct message {
	struct list link;
	unsigned int number; /* in the order in which they came */
	struct xs_header header;
	char text[];
};

struct raw {
	struct store_world *w;
	int fd; /* of a socket, or -1 */
	struct loop_fd *lfd;
	domid_t domid; /* of a guest */
	bool cut_off;
	bool stalls;
	struct hv *hv; /* of a guest */
	struct hv_port *port;
	struct hv_pages *pages;
	struct bytes_in in;
	struct bytes_out out;
	uint8_t *unsent;
	size_t unsent_len;
	void *given; /* the messages that somebody may still look at */
	uint8_t buf[1 << 17];
	size_t len;
	struct list replies, events;
	struct xs_header header; /* of the last that was given */
	unsigned int n_messages;
	uint32_t next_id;
};

/* What comes back */

static void to_text(char *text, const uint8_t *payload, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = payload[i] ? payload[i] : '|';
	text[len] = '\0';
}

/* Sort complete messages into replies and events. */
static void sort(struct raw *raw)
{
	struct xs_header header;

	while (raw->len >= sizeof(header)) {
		struct message *msg;
		size_t whole;
		char *text;

		memcpy(&header, raw->buf, sizeof(header));
		whole = sizeof(header) + header.len;
		if (raw->len < whole)
			return;

		msg = talloc_zero_size(raw, sizeof(*msg) + header.len + 2);
		msg->header = header;
		msg->number = ++raw->n_messages;
		text = msg->text;
		if (header.type == XS_ERROR)
			*text++ = '!';
		to_text(text, raw->buf + sizeof(header), header.len);
		list_add(header.type == XS_WATCH_EVENT ? &raw->events
						       : &raw->replies,
			 &msg->link);
		memmove(raw->buf, raw->buf + whole, raw->len - whole);
		raw->len -= whole;
	}
}

static void take_ring(struct raw *raw)
{
	int ready = bytes_ready(&raw->in);

	if (ready <= 0 || raw->stalls)
		return;

	CHECK(raw->len + ready <= sizeof(raw->buf));
	bytes_peek(&raw->in, 0, raw->buf + raw->len, ready);
	bytes_drop(&raw->in, ready);
	raw->len += ready;
	sort(raw);
	hv_notify(raw->port);
}

static void was_sent(struct raw *raw, size_t len)
{
	memmove(raw->unsent, raw->unsent + len, raw->unsent_len - len);
	raw->unsent_len -= len;
}

static void put_ring(struct raw *raw)
{
	int room = bytes_room(&raw->out);
	size_t len = raw->unsent_len;

	if (room <= 0 || !len)
		return;

	len = len < (size_t)room ? len : (size_t)room;
	bytes_put(&raw->out, raw->unsent, len);
	was_sent(raw, len);
	hv_notify(raw->port);
}

static void ring_event(void *arg)
{
	struct raw *raw = arg;

	take_ring(raw);
	put_ring(raw);
	hv_unmask(raw->port);
}

/* Wait for what makes sense now. */
static void want(struct raw *raw)
{
	if (raw->lfd)
		CHECK_EQ(loop_fd_want(
				 raw->lfd,
				 (raw->stalls ? 0 : LOOP_READ) |
					 (raw->unsent_len ? LOOP_WRITE : 0)),
			 0);
}

static void put_socket(struct raw *raw)
{
	ssize_t len = send(raw->fd, raw->unsent, raw->unsent_len,
			   MSG_DONTWAIT | MSG_NOSIGNAL);

	if (len > 0)
		was_sent(raw, len);
	else if (errno != EAGAIN)
		was_sent(raw, raw->unsent_len); /* nobody will hear it */
	want(raw);
}

static void take_socket(struct raw *raw)
{
	ssize_t len;

	len = recv(raw->fd, raw->buf + raw->len, sizeof(raw->buf) - raw->len,
		   MSG_DONTWAIT);
	if (len > 0) {
		raw->len += len;
		sort(raw);
	} else if (len == 0 || errno != EAGAIN) {
		TALLOC_FREE(raw->lfd);
		raw->cut_off = true;
	}
}

static void socket_ready(void *arg, unsigned int ready)
{
	struct raw *raw = arg;

	if (ready & LOOP_WRITE)
		put_socket(raw);
	if (ready & LOOP_READ)
		take_socket(raw);
}

/* Clients */

static struct raw *new_raw(struct store_world *w)
{
	struct raw *raw = talloc_zero(w, struct raw);

	raw->w = w;
	raw->fd = -1;
	raw->given = talloc_new(raw);
	list_init(&raw->replies);
	list_init(&raw->events);
	return raw;
}

static int free_raw(struct raw *raw)
{
	if (raw->fd >= 0)
		close(raw->fd);
	return 0;
}

struct raw *raw_socket(struct store_world *w)
{
	struct raw *raw = new_raw(w);
	int ends[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	raw->fd = ends[0];
	talloc_set_destructor(raw, free_raw);
	CHECK_EQ(socket_adopt(w->server, ends[1]), 0);
	CHECK_EQ(loop_fd_new(raw, w->loop, raw->fd, LOOP_READ, socket_ready,
			     raw, &raw->lfd),
		 0);
	return raw;
}

static struct raw *new_ring(struct store_world *w, domid_t domid)
{
	struct raw *raw = new_raw(w);
	evtchn_port_t port;

	raw->domid = domid;
	CHECK_EQ(hv_open_world(raw, w->world, domid, &raw->hv), 0);
	CHECK_EQ(hv_store_page(raw, raw->hv, &raw->pages, &port), 0);
	CHECK_EQ(hv_adopt(raw, raw->hv, port, ring_event, raw, &raw->port), 0);
	raw_restart(raw);
	return raw;
}

struct raw *raw_domain(struct store_world *w, domid_t domid)
{
	CHECK_EQ(world_create(w->world, domid), 0);
	return new_ring(w, domid);
}

struct raw *raw_guest(struct store_world *w, domid_t domid)
{
	struct raw *raw = raw_domain(w, domid);
	evtchn_port_t port = hv_port_number(raw->port);

	CHECK_EQ(domain_introduce(w->server, domid, port), 0);
	loop_settle(w->loop);
	return raw;
}

struct raw *raw_kernel(struct store_world *w)
{
	return new_ring(w, 0);
}

void raw_hang_up(struct raw *raw)
{
	shutdown(raw->fd, SHUT_RDWR);
	loop_settle(raw->w->loop);
}

bool raw_is_cut_off(struct raw *raw)
{
	loop_settle(raw->w->loop);
	return raw->cut_off;
}

struct xs_page *raw_page(struct raw *raw)
{
	return hv_pages_at(raw->pages);
}

void raw_restart(struct raw *raw)
{
	struct xs_page *page = raw_page(raw);

	raw->in = (struct bytes_in){ page->rsp, XS_RING_SIZE, &page->rsp_prod,
				     &page->rsp_cons, page->rsp_cons };
	raw->out = (struct bytes_out){ page->req, XS_RING_SIZE, &page->req_prod,
				       &page->req_cons, page->req_prod };
	raw->len = raw->unsent_len = 0;
	list_init(&raw->replies);
	list_init(&raw->events);
}

void raw_stall(struct raw *raw, bool stalls)
{
	raw->stalls = stalls;
	if (raw->fd >= 0)
		want(raw);
	else if (!stalls)
		take_ring(raw);
	loop_settle(raw->w->loop);
}

size_t raw_queued(const struct raw *raw)
{
	const struct domain *domain =
		domain_find(raw->w->server->domains, raw->domid);

	return domain->conn->queue ? queue_bytes(domain->conn->queue) : 0;
}

/* Sending */

void raw_kick(struct raw *raw)
{
	hv_notify(raw->port);
	loop_settle(raw->w->loop);
}

void raw_bytes(struct raw *raw, const void *bytes, size_t len)
{
	raw->unsent = talloc_realloc(raw, raw->unsent, uint8_t,
				     raw->unsent_len + len);
	memcpy(raw->unsent + raw->unsent_len, bytes, len);
	raw->unsent_len += len;
	if (raw->fd >= 0)
		put_socket(raw);
	else
		put_ring(raw);
}

void raw_send(struct raw *raw, uint32_t type, uint32_t txn, const char *payload)
{
	uint8_t message[sizeof(struct xs_header) + 2 * XS_PAYLOAD_MAX];
	struct xs_header header = { type, ++raw->next_id, txn,
				    strlen(payload) };

	memcpy(message, &header, sizeof(header));
	for (size_t i = 0; i < header.len; i++)
		message[sizeof(header) + i] =
			payload[i] == '|' ? '\0' : payload[i];
	raw_bytes(raw, message, sizeof(header) + header.len);
}

static struct message *next(struct raw *raw, struct list *list)
{
	struct message *msg;

	loop_settle(raw->w->loop);
	if (list_empty(list))
		return NULL;

	msg = list_first(list, struct message, link);
	list_remove(&msg->link);
	raw->header = msg->header;
	return talloc_steal(raw->given, msg); /* for raw_tidy() */
}

void raw_tidy(struct raw *raw)
{
	talloc_free_children(raw->given);
}

const char *raw_reply(struct raw *raw)
{
	struct message *msg = next(raw, &raw->replies);

	return msg ? msg->text : NULL;
}

const char *raw_event(struct raw *raw)
{
	struct message *msg = next(raw, &raw->events);

	return msg ? msg->text : NULL;
}

const struct xs_header *raw_header(const struct raw *raw)
{
	return &raw->header;
}

static char *append(char *all, const char *mark, const char *text)
{
	return talloc_asprintf_append(all, "%s%s%s", *all ? " " : "", mark,
				      text);
}

const char *events(struct raw *raw)
{
	char *all = talloc_strdup(raw, "");
	const char *event;

	while ((event = raw_event(raw)))
		all = append(all, "", event);

	return all;
}

static unsigned int number_of_first(const struct list *list)
{
	return list_empty(list)
		       ? UINT_MAX
		       : list_first(list, struct message, link)->number;
}

const char *everything(struct raw *raw)
{
	char *all = talloc_strdup(raw, "");

	loop_settle(raw->w->loop);
	while (!list_empty(&raw->replies) || !list_empty(&raw->events)) {
		if (number_of_first(&raw->replies) <
		    number_of_first(&raw->events))
			all = append(all, "", raw_reply(raw));
		else
			all = append(all, "<", raw_event(raw));
	}

	return all;
}
