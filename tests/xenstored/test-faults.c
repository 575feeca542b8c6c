/* SPDX-License-Identifier: MIT */

/*
 * Whatever fails, an allocation or a call of the hypervisor: the daemon goes
 * on, its books agree, nothing leaks, and others are served.
 *
 * Each story is told again and again, and each time the next thing fails.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/fault.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

#define SECOND 1000000

/* A server, two clients on sockets, two guests. */
struct stage {
	struct store_world *w;
	struct raw *a, *b, *g, *h;
	uint32_t txn; /* the last that was started */
};

/* Let the server work, with the fault. */
static void work(struct stage *s)
{
	fault_on();
	loop_settle(s->w->loop);
	fault_off();
}

/* Clients take what they are sent only while nothing can fail. */
static void hear(struct raw *raw)
{
	raw_stall(raw, false);
	raw_stall(raw, true);
}

static const char *say(struct stage *s, struct raw *raw, uint32_t type,
		       uint32_t txn, const char *payload)
{
	const char *reply;

	raw_send(raw, type, txn, payload);
	work(s);
	hear(raw);
	reply = raw_reply(raw);
	if (type == XS_TRANSACTION_START && reply && *reply != '!')
		s->txn = strtoul(reply, NULL, 10);
	return reply;
}

static struct stage *stage_new(struct test *t)
{
	struct stage *s = talloc_zero(t->mem, struct stage);

	s->w = store_world_new(t);
	s->a = raw_socket(s->w);
	s->b = raw_socket(s->w);
	s->g = guest_at_home(s->w, 5);
	s->h = guest_at_home(s->w, 6);
	raw_stall(s->a, true);
	raw_stall(s->b, true);
	raw_stall(s->g, true);
	raw_stall(s->h, true);
	return s;
}

static void check_others(struct stage *s)
{
	struct raw *x = raw_socket(s->w);

	CHECK_STR(check(x), "OK|");
	CHECK_STR(ask(x, XS_WRITE, 0, "/others|1"), "OK|");
	CHECK_STR(ask(x, XS_READ, 0, "/others|"), "1");
	CHECK_STR(ask(raw_guest(s->w, 99), XS_GET_DOMAIN_PATH, 0, "9|"),
		  "/local/domain/9|");
}

static void end(struct stage *s)
{
	fault_off();
	check_others(s);
	talloc_free(s->w);
	talloc_free(s);
}

typedef void story_fn(struct stage *s);

static void fail_each_allocation(struct test *t, story_fn *story)
{
	unsigned int n = 0;

	do {
		struct stage *s = stage_new(t);

		fault_plan(++n);
		story(s);
		end(s);
	} while (fault_came());
	CHECK(n > 2);
}

static void fail_each_call(struct test *t, story_fn *story)
{
	unsigned int n = 0;
	bool came;

	do {
		struct stage *s = stage_new(t);

		fault_plan(0);
		world_fail(s->w->hv, WORLD_ANY_CALL, ++n);
		story(s);
		came = world_has_failed(s->w->hv);
		world_fail(s->w->hv, WORLD_ANY_CALL, 0);
		raw_kick(s->g); /* a notification that was lost comes late */
		raw_kick(s->h);
		end(s);
	} while (came);
	CHECK(n > 3);
}

/* Stories */

static void nodes(struct stage *s)
{
	for (unsigned int i = 0; i < 12; i++) {
		char payload[32];

		snprintf(payload, sizeof(payload), "d%u/a/b|%u", i % 5, i);
		say(s, s->g, XS_WRITE, 0, payload);
		say(s, s->h, XS_WRITE, 0, payload);
	}
	say(s, s->g, XS_MKDIR, 0, "d0/c|");
	say(s, s->g, XS_READ, 0, "d0/a/b|");
	say(s, s->g, XS_DIRECTORY, 0, "d0|");
	say(s, s->g, XS_DIRECTORY_PART, 0, "d0|1|");
	say(s, s->g, XS_GET_PERMS, 0, "d0|");
	say(s, s->g, XS_SET_PERMS, 0, "d0|n5|r6|");
	say(s, s->g, XS_RM, 0, "d1/a|");
	say(s, s->g, XS_RM, 0, "d0|");
	say(s, s->a, XS_SET_PERMS, 0, "/local/domain/6/d2/a|n5|");
	say(s, s->a, XS_RM, 0, "/local/domain/6/d2|");
	say(s, s->a, XS_RM, 0, "/local|");
}

static void watches(struct stage *s)
{
	for (unsigned int i = 0; i < 12; i++) {
		char payload[32];

		snprintf(payload, sizeof(payload), "x/%u|t|", i % 9);
		say(s, s->g, XS_WATCH, 0, payload);
	}
	say(s, s->g, XS_WATCH, 0, "x|t|1|");
	say(s, s->b, XS_WATCH, 0, "/local/domain/5|t|");
	say(s, s->h, XS_WATCH, 0, "@releaseDomain|t|");
	for (unsigned int i = 0; i < 12; i++) {
		char payload[32];

		snprintf(payload, sizeof(payload), "x/%u|v", i);
		say(s, s->g, XS_WRITE, 0, payload);
	}
	say(s, s->a, XS_RM, 0, "/local/domain/5/x|");
	say(s, s->g, XS_UNWATCH, 0, "x/1|t|");
	say(s, s->g, XS_RESET_WATCHES, 0, "|");
	say(s, s->b, XS_UNWATCH, 0, "/local/domain/5|t|");
}

static void change_in_txn(struct stage *s, struct raw *raw, const char *x)
{
	char payload[32];

	s->txn = 0;
	if (!say(s, raw, XS_TRANSACTION_START, 0, "|"))
		return;
	say(s, raw, XS_READ, s->txn, "one|");
	say(s, raw, XS_DIRECTORY, s->txn, "two|");
	snprintf(payload, sizeof(payload), "%s/y/z|value", x);
	say(s, raw, XS_WRITE, s->txn, payload);
	say(s, raw, XS_MKDIR, s->txn, "three|");
	say(s, raw, XS_RM, s->txn, "four|");
	say(s, raw, XS_SET_PERMS, s->txn, "two|n5|r6|");
}

static void transactions(struct stage *s)
{
	say(s, s->b, XS_WATCH, 0, "/|t|");
	say(s, s->g, XS_WRITE, 0, "two/x|1");
	say(s, s->g, XS_WRITE, 0, "four/x|1");
	change_in_txn(s, s->g, "five");
	say(s, s->g, XS_TRANSACTION_END, s->txn, "T|");
	change_in_txn(s, s->g, "six");
	say(s, s->g, XS_WRITE, 0, "seven|1");
	say(s, s->g, XS_TRANSACTION_END, s->txn, "T|");
	change_in_txn(s, s->g, "eight");
	say(s, s->g, XS_TRANSACTION_END, s->txn, "F|");
	change_in_txn(s, s->g, "nine");
	say(s, s->g, XS_RESET_WATCHES, s->txn, "|");
	change_in_txn(s, s->a, "ten");
}

/* A guest that does not read, and that is told much. */
static void queues(struct stage *s)
{
	say(s, s->g, XS_WATCH, 0, "x|t|");
	for (unsigned int i = 0; i < 40; i++) {
		char payload[64];

		snprintf(payload, sizeof(payload), "/local/domain/5/x/%u|v", i);
		raw_send(s->a, XS_WRITE, 0, payload);
		raw_send(s->g, XS_WRITE, 0, "y|v");
	}
	work(s);
	hear(s->a);
	fault_on();
	loop_advance(s->w->loop, 21 * SECOND);
	fault_off();
	hear(s->g);
	say(s, s->g, XS_WRITE, 0, "z|v");
}

/* Messages in two parts, on both wires. */
static void parts(struct stage *s)
{
	struct xs_header header = { XS_WRITE, 1, 0, 10 };
	struct raw *clients[] = { s->a, s->g };

	for (int i = 0; i < 2; i++) {
		raw_bytes(clients[i], &header, sizeof(header));
		work(s);
		raw_bytes(clients[i], "/x\0value..", 10);
		work(s);
		hear(clients[i]);
	}
}

static void domains(struct stage *s)
{
	say(s, s->b, XS_WATCH, 0, "@introduceDomain|t|");
	say(s, s->b, XS_WATCH, 0, "@releaseDomain|t|1|");
	CHECK_EQ(world_create(s->w->world, 7), 0);
	say(s, s->a, XS_SET_FEATURE, 0, "7|3|");
	say(s, s->a, XS_SET_QUOTA, 0, "7|nodes|5|");
	say(s, s->a, XS_INTRODUCE, 0, "7|0|1|");
	say(s, s->a, XS_INTRODUCE, 0, "7|0|1|");
	say(s, s->a, XS_IS_DOMAIN_INTRODUCED, 0, "7|");
	say(s, s->a, XS_WRITE, 0, "/local/domain/7/x/y|1");
	say(s, s->a, XS_SET_PERMS, 0, "/local/domain/7/x|n7|");
	say(s, s->a, XS_SET_TARGET, 0, "7|5|");
	world_shut_down(s->w->world, 7);
	work(s);
	say(s, s->a, XS_RESUME, 0, "7|");
	say(s, s->a, XS_RELEASE, 0, "7|");
	say(s, s->a, XS_INTRODUCE, 0, "7|0|1|");
	world_destroy(s->w->world, 7);
	work(s);
	say(s, s->g, XS_WRITE, 0, "x/y|1");
	world_destroy(s->w->world, 5);
	work(s);
}

static void rings(struct stage *s)
{
	say(s, s->g, XS_WRITE, 0, "x|1");
	raw_page(s->g)->connection = XS_RECONNECT;
	fault_on();
	raw_kick(s->g);
	fault_off();
	raw_restart(s->g);
	say(s, s->g, XS_WRITE, 0, "x|1");
	raw_page(s->h)->req_prod += 5000;
	fault_on();
	raw_kick(s->h);
	fault_off();
	say(s, s->a, XS_INTRODUCE, 0, "6|0|1|");
	raw_restart(s->h);
	say(s, s->h, XS_WRITE, 0, "x|1");
}

static void control(struct stage *s)
{
	say(s, s->a, XS_CONTROL, 0, "check|");
	say(s, s->a, XS_CONTROL, 0, "help|");
	say(s, s->a, XS_CONTROL, 0, "print|hello|");
	say(s, s->a, XS_CONTROL, 0, "memreport|");
	say(s, s->a, XS_CONTROL, 0, "quota|5|");
}

TEST(whatever_allocation_fails_for_a_node)
{
	fail_each_allocation(t, nodes);
}

TEST(whatever_allocation_fails_for_a_watch)
{
	fail_each_allocation(t, watches);
}

TEST(whatever_allocation_fails_for_a_transaction)
{
	fail_each_allocation(t, transactions);
}

TEST(whatever_allocation_fails_for_a_guest_that_does_not_read)
{
	fail_each_allocation(t, queues);
}

TEST(whatever_allocation_fails_for_half_a_message)
{
	fail_each_allocation(t, parts);
}

TEST(whatever_allocation_fails_for_a_domain)
{
	fail_each_allocation(t, domains);
}

TEST(whatever_allocation_fails_for_a_ring)
{
	fail_each_allocation(t, rings);
}

TEST(whatever_allocation_fails_for_the_administrator)
{
	fail_each_allocation(t, control);
}

TEST(whatever_call_of_the_hypervisor_fails_for_a_domain)
{
	fail_each_call(t, domains);
}

TEST(whatever_call_of_the_hypervisor_fails_for_a_ring)
{
	fail_each_call(t, rings);
}

TEST(whatever_call_of_the_hypervisor_fails_for_a_guest_that_does_not_read)
{
	fail_each_call(t, queues);
}

/* The start */

static int start_server(struct test *t, struct loop *loop, unsigned int n,
			unsigned int n_call)
{
	struct server_options options;
	struct world *world = world_new(t->mem, loop);
	struct log *log = log_open(t->mem, loop, "x", false, NULL, NULL);
	struct server *server;
	struct hv *hv;
	int r;

	server_defaults(&options);
	CHECK_EQ(hv_open_world(t->mem, world, 0, &hv), 0);
	world_fail(hv, WORLD_ANY_CALL, n_call);
	fault_plan(n);
	fault_on();
	r = server_new(t->mem, loop, hv, log, &options, &server);
	fault_off();
	if (r == 0)
		talloc_free(server);
	talloc_free(hv);
	talloc_free(world);
	return r;
}

TEST(whatever_fails_at_the_start_there_is_no_server)
{
	struct loop *loop = loop_new_virtual(t->mem);
	unsigned int n = 1;

	while (start_server(t, loop, n, 0) < 0)
		n++;
	CHECK(n > 10);
	CHECK(!fault_came());
	n = 1;
	while (start_server(t, loop, 0, n) < 0)
		n++;
	CHECK(n > 2);
}
