/* SPDX-License-Identifier: MIT */

/*
 * What the connection to Xen does beyond what hv.h promises of any.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "sim/xensim.h"
#include "tests/hv/two.h"
#include "tests/lib/test.h"

#define GUEST_BYTES (1 << 20)

static void count(void *arg)
{
	unsigned int *events = arg;

	++*events;
}

/* The program before does no more, but has not been freed. */
static struct hv *successor(struct two *two, struct loop *loop)
{
	int fd = hv_events_fd(two->host);
	struct hv *hv;

	CHECK(fd >= 0);
	CHECK_EQ(hv_open_events(two, loop, dup(fd), &hv), 0);
	return hv;
}

TEST(ports_live_as_long_as_their_descriptor)
{
	struct two *two = two_new(t->mem);
	struct loop *loop = loop_new(two);
	unsigned int before = 0, events = 0, guest_events = 0;
	struct hv_port *offered, *bound, *adopted;
	struct hv *next;

	CHECK_EQ(hv_offer(two, two->guest, 0, count, &guest_events, &offered),
		 0);
	CHECK_EQ(hv_bind(two, two->host, GUEST, hv_port_number(offered), count,
			 &before, &bound),
		 0);
	next = successor(two, loop);
	CHECK_EQ(hv_adopt(two, next, hv_port_number(bound), count, &events,
			  &adopted),
		 0);
	loop_settle(loop);
	CHECK(events > 0);
	CHECK_EQ(before, 0);
}

TEST(an_adopted_port_hears_and_is_heard)
{
	struct two *two = two_new(t->mem);
	struct loop *loop = loop_new(two);
	unsigned int before = 0, events = 0;
	struct hv_port *watch, *adopted;
	struct hv *next;

	CHECK_EQ(hv_watch_domains(two, two->host, count, &before, &watch), 0);
	next = successor(two, loop);
	CHECK_EQ(hv_adopt(two, next, hv_port_number(watch), count, &events,
			  &adopted),
		 0);
	loop_settle(loop);
	hv_unmask(adopted);
	loop_settle(loop);
	events = 0;
	hv_unmask(adopted);
	two_shut_down(two);
	loop_settle(loop);
	CHECK_EQ(events, 1);
}

TEST(a_port_that_was_never_bound_cannot_be_adopted)
{
	struct two *two = two_new(t->mem);
	struct hv_port *port;

	CHECK_EQ(hv_adopt(two, two->host, 4000, count, NULL, &port), -ENOENT);
}

TEST(domains_are_listed_in_many_calls)
{
	struct two *two = two_new(t->mem);
	struct hv_domain *domains;
	int created[100];
	size_t n;

	for (int i = 0; i < 100; i++)
		created[i] = xensim_create(XENSIM_ANY_DOMID, GUEST_BYTES, NULL);
	CHECK_EQ(hv_domains(two, two->host, &domains, &n), 0);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(xensim_destroy(created[i]), 0);
	CHECK_EQ(n, 102);
	for (size_t i = 1; i < n; i++)
		CHECK(domains[i - 1].id < domains[i].id);
}
