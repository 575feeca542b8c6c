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

/* The host's next program. */
static struct hv *successor(struct two *two)
{
	int fd = dup(hv_events_fd(two->host));
	struct hv *hv;

	CHECK(fd >= 0);
	hv_keep_ports(two->host);
	TALLOC_FREE(two->host);
	CHECK_EQ(hv_open_events(two, two->loop, fd, &hv), 0);
	return hv;
}

TEST(ports_live_as_long_as_their_descriptor)
{
	struct two *two = two_new(t->mem);
	unsigned int before = 0, events = 0;
	struct hv_port *port;
	evtchn_port_t number;
	struct hv *next;

	CHECK_EQ(hv_offer(two, two->host, 0, count, &before, &port), 0);
	number = hv_port_number(port);
	next = successor(two);
	CHECK_EQ(hv_adopt(two, next, number, count, &events, &port), 0);
	loop_settle(two->loop);
	CHECK_EQ(before, 0);
	CHECK_EQ(events, 1);
	CHECK_EQ(hv_adopt(two, next, number, count, &events, &port), -EBUSY);
}

TEST(an_adopted_port_hears_and_is_heard)
{
	struct two *two = two_new(t->mem);
	unsigned int before = 0, events = 0;
	struct hv_port *port;
	evtchn_port_t number;
	struct hv *next;

	CHECK_EQ(hv_watch_domains(two, two->host, count, &before, &port), 0);
	number = hv_port_number(port);
	next = successor(two);
	CHECK_EQ(hv_adopt(two, next, number, count, &events, &port), 0);
	loop_settle(two->loop);
	hv_unmask(port);
	loop_settle(two->loop);
	events = 0;
	two_shut_down(two);
	loop_settle(two->loop);
	CHECK_EQ(events, 1);
	CHECK_EQ(before, 0);
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
