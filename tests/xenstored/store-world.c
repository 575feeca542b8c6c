/* SPDX-License-Identifier: MIT */

#include "tests/xenstored/store-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#include "base/log.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "xenstored/server.h"

static void hear(void *arg, enum log_level level, const char *line)
{
	struct store_world *w = arg;

	snprintf(w->last_log, sizeof(w->last_log), "%s", line);
	w->n_logged++;
}

struct store_world *store_world_empty(struct test *t)
{
	struct store_world *w = talloc_zero(t->mem, struct store_world);

	w->loop = loop_new_virtual(w);
	w->world = world_new(w, w->loop);
	CHECK_EQ(hv_open_world(w, w->world, 0, &w->hv), 0);
	return w;
}

void store_world_serve(struct store_world *w,
		       const struct server_options *options)
{
	struct log *log = log_open(w, w->loop, "xenstored", false, hear, w);

	CHECK_EQ(server_new(w, w->loop, w->hv, log, options, &w->server), 0);
}

struct store_world *store_world_with(struct test *t,
				     const struct server_options *options)
{
	struct store_world *w = store_world_empty(t);

	store_world_serve(w, options);
	return w;
}

struct store_world *store_world_new(struct test *t)
{
	struct server_options options;

	server_defaults(&options);
	return store_world_with(t, &options);
}

const char *ask(struct raw *raw, uint32_t type, uint32_t txn,
		const char *payload)
{
	raw_send(raw, type, txn, payload);
	return raw_reply(raw);
}

struct raw *guest_at_home(struct store_world *w, domid_t domid)
{
	struct raw *g = raw_guest(w, domid);
	struct raw *a = raw_socket(w);
	char payload[64];

	snprintf(payload, sizeof(payload), "/local/domain/%u|", domid);
	ask(a, XS_MKDIR, 0, payload);
	snprintf(payload, sizeof(payload), "/local/domain/%u|n%u|", domid,
		 domid);
	ask(a, XS_SET_PERMS, 0, payload);
	return g;
}

const char *introduce(struct raw *a, struct store_world *w, domid_t domid)
{
	char payload[64];
	struct hv_pages *pages;
	evtchn_port_t port;
	struct hv *hv;

	CHECK_EQ(hv_open_world(w, w->world, domid, &hv), 0);
	CHECK_EQ(hv_store_page(hv, hv, &pages, &port), 0);
	talloc_free(hv);
	snprintf(payload, sizeof(payload), "%u|0|%u|", domid, port);
	return ask(a, XS_INTRODUCE, 0, payload);
}

const char *release(struct raw *a, domid_t domid)
{
	char payload[16];

	snprintf(payload, sizeof(payload), "%u|", domid);
	return ask(a, XS_RELEASE, 0, payload);
}

uint32_t start(struct raw *raw)
{
	const char *id = ask(raw, XS_TRANSACTION_START, 0, "|");

	CHECK(id && *id != '!');
	return strtoul(id, NULL, 10);
}

const char *commit(struct raw *raw, uint32_t txn)
{
	return ask(raw, XS_TRANSACTION_END, txn, "T|");
}

const char *check(struct raw *raw)
{
	return ask(raw, XS_CONTROL, 0, "check|");
}
