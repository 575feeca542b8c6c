/* SPDX-License-Identifier: MIT */

#include "xenstored/server.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/watch.h"

void server_defaults(struct server_options *options)
{
	*options = (struct server_options){
		.event_timeout_us = 20 * 1000000,
		.limits = quota_defaults,
	};
}

void server_wake(struct server *server)
{
	loop_task_queue(server->work);
}

static void resume_busy(struct server *server)
{
	struct list turn;

	if (list_empty(&server->busy))
		return;

	list_take(&turn, &server->busy);
	while (!list_empty(&turn)) {
		struct conn *conn = list_first(&turn, struct conn, of_busy);

		list_remove(&conn->of_busy);
		conn->transport->resume(conn);
	}
}

static void flush_dirty(struct server *server)
{
	while (!list_empty(&server->dirty))
		conn_flush(list_first(&server->dirty, struct conn, of_dirty));
}

static void free_dead(struct server *server)
{
	while (!list_empty(&server->dead)) {
		struct conn *conn =
			list_first(&server->dead, struct conn, of_dead);

		list_remove(&conn->of_dead);
		talloc_free(conn);
	}
}

/* What is left at the end of a turn of the loop. */
static void work(void *arg)
{
	struct server *server = arg;

	resume_busy(server);
	flush_dirty(server);
	free_dead(server);
}

static int free_server(struct server *server)
{
	while (!list_empty(&server->conns))
		conn_close(list_first(&server->conns, struct conn, of_server));
	free_dead(server);
	store_free(&server->store);
	buffers_free(&server->buffers);
	return 0;
}

static int init(struct server *server)
{
	int r;

	server->in = talloc_size(server, SERVER_IN_SIZE);
	server->work = loop_task_new(server, server->loop, work, server);
	server->watches = watches_new(server);
	server->domains = domains_new(server);
	if (!server->in || !server->work || !server->watches ||
	    !server->domains)
		return -ENOMEM;

	r = hash_init(&server->secret, server, NULL);
	if (r == 0)
		r = domains_know_ours(server);
	if (r == 0)
		r = store_init(server);
	return r < 0 ? r : domain_introduce_self(server);
}

int server_new(void *mem, struct loop *loop, struct hv *hv, struct log *log,
	       const struct server_options *options, struct server **result)
{
	struct server *server = talloc_zero(mem, struct server);
	int r;

	if (!server)
		return -ENOMEM;

	server->loop = loop;
	server->hv = hv;
	server->log = log;
	server->options = *options;
	list_init(&server->conns);
	list_init(&server->busy);
	list_init(&server->dirty);
	list_init(&server->dead);
	talloc_set_destructor(server, free_server);

	r = init(server);
	if (r == -ENOENT) {
		log_info(log, "no kernel waits for us here: sockets only");
		r = 0;
	}
	if (r < 0) {
		talloc_free(server);
		return r;
	}

	*result = server;
	return 0;
}
