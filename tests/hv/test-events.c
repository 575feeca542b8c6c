/* SPDX-License-Identifier: MIT */

/*
 * What hv.h promises of event channels.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/hv/two.h"
#include "tests/lib/test.h"

/* A channel between the two, and the events that each end saw. */
struct line {
	struct two *two;
	struct hv_port *host, *guest;
	unsigned int host_events, guest_events;
};

static void count(void *arg)
{
	unsigned int *events = arg;

	++*events;
}

static int bind(struct line *line)
{
	return hv_bind(line->two, line->two->host, GUEST,
		       hv_port_number(line->guest), count, &line->host_events,
		       &line->host);
}

static struct line *line_new(struct test *t)
{
	struct line *line = talloc_zero(t->mem, struct line);

	line->two = two_new(line);
	CHECK_EQ(hv_offer(line->two, line->two->guest, 0, count,
			  &line->guest_events, &line->guest),
		 0);
	CHECK_EQ(bind(line), 0);
	return line;
}

/* The first event is behind us, and both ends wait for more. */
static struct line *quiet_line(struct test *t)
{
	struct line *line = line_new(t);

	loop_settle(line->two->loop);
	hv_unmask(line->host);
	hv_unmask(line->guest);
	loop_settle(line->two->loop);
	line->host_events = 0;
	line->guest_events = 0;
	return line;
}

static void settle(struct line *line)
{
	loop_settle(line->two->loop);
}

TEST(the_first_event_comes_by_itself_and_from_the_loop)
{
	struct line *line = line_new(t);

	CHECK_EQ(line->host_events, 0);
	settle(line);
	CHECK_EQ(line->host_events, 1);
	CHECK_EQ(line->guest_events, 0);
}

TEST(a_notification_reaches_the_other_end_only)
{
	struct line *line = quiet_line(t);

	hv_notify(line->guest);
	settle(line);
	CHECK_EQ(line->host_events, 1);
	CHECK_EQ(line->guest_events, 0);

	hv_notify(line->host);
	settle(line);
	CHECK_EQ(line->host_events, 1);
	CHECK_EQ(line->guest_events, 1);
}

TEST(a_masked_port_is_silent_and_remembers_one_event)
{
	struct line *line = quiet_line(t);

	hv_notify(line->guest);
	settle(line);
	for (int i = 0; i < 1000; i++)
		hv_notify(line->guest);
	settle(line);
	CHECK_EQ(line->host_events, 1);

	hv_unmask(line->host);
	settle(line);
	CHECK_EQ(line->host_events, 2);
	hv_unmask(line->host);
	settle(line);
	CHECK_EQ(line->host_events, 2);
}

TEST(a_port_can_be_bound_once_at_a_time)
{
	struct line *line = quiet_line(t);
	struct hv_port *first = line->host;

	CHECK_EQ(bind(line), -EINVAL);
	talloc_free(first);
	CHECK_EQ(bind(line), 0);
}

TEST(a_port_that_is_bound_again_works_again)
{
	struct line *line = quiet_line(t);

	talloc_free(line->host);
	hv_notify(line->guest);
	settle(line);
	CHECK_EQ(line->host_events, 0);
	CHECK_EQ(bind(line), 0);
	settle(line);
	CHECK_EQ(line->host_events, 1);
	hv_notify(line->host);
	settle(line);
	CHECK_EQ(line->guest_events, 1);
}

TEST(an_event_that_waits_goes_with_its_port)
{
	struct line *line = quiet_line(t);

	hv_notify(line->guest);
	talloc_free(line->host);
	settle(line);
	CHECK_EQ(line->host_events, 0);
}

TEST(what_nobody_offers_cannot_be_bound)
{
	struct line *line = quiet_line(t);
	evtchn_port_t number = hv_port_number(line->guest);
	struct hv_port *port;

	CHECK_EQ(hv_bind(t->mem, line->two->host, GUEST, number + 1000, count,
			 NULL, &port),
		 -EINVAL);
	CHECK_EQ(hv_bind(t->mem, line->two->host, NOBODY, number, count, NULL,
			 &port),
		 -EINVAL);
}

TEST(a_port_that_was_closed_cannot_be_bound)
{
	struct line *line = quiet_line(t);
	evtchn_port_t number = hv_port_number(line->guest);
	struct hv_port *port;

	talloc_free(line->host);
	talloc_free(line->guest);
	CHECK_EQ(hv_bind(t->mem, line->two->host, GUEST, number, count, NULL,
			 &port),
		 -EINVAL);
}

TEST(a_port_offered_to_another_domain_is_not_ours)
{
	struct two *two = two_new(t->mem);
	struct hv_port *offered, *port;

	CHECK_EQ(hv_offer(two, two->guest, NOBODY, count, NULL, &offered), 0);
	CHECK_EQ(hv_bind(two, two->host, GUEST, hv_port_number(offered), count,
			 NULL, &port),
		 -EINVAL);
}

TEST(a_port_in_use_cannot_be_taken_up)
{
	struct line *line = quiet_line(t);
	struct hv_port *port;

	CHECK_EQ(hv_adopt(t->mem, line->two->host, hv_port_number(line->host),
			  count, NULL, &port),
		 -EBUSY);
}

TEST(hundreds_of_ports_have_their_events)
{
	struct two *two = two_new(t->mem);
	struct hv_port *guest[300], *host[300];
	unsigned int events[300] = { 0 }, ours = 0;

	for (int i = 0; i < 300; i++) {
		CHECK_EQ(hv_offer(two, two->guest, 0, count, &ours, &guest[i]),
			 0);
		CHECK_EQ(hv_bind(two, two->host, GUEST,
				 hv_port_number(guest[i]), count, &events[i],
				 &host[i]),
			 0);
	}
	for (int i = 0; i < 300; i++)
		hv_notify(guest[i]);
	loop_settle(two->loop);
	for (int i = 0; i < 300; i++)
		CHECK_EQ(events[i], 1);
}

static void free_hv(void *arg)
{
	struct two *two = arg;

	TALLOC_FREE(two->host);
}

TEST(a_connection_may_be_closed_by_its_event)
{
	struct two *two = two_new(t->mem);
	struct hv_port *guest[2], *host[2];
	unsigned int events = 0;

	for (int i = 0; i < 2; i++) {
		CHECK_EQ(
			hv_offer(two, two->guest, 0, count, &events, &guest[i]),
			0);
		CHECK_EQ(hv_bind(t->mem, two->host, GUEST,
				 hv_port_number(guest[i]), free_hv, two,
				 &host[i]),
			 0);
	}
	loop_settle(two->loop);
	CHECK(!two->host);
	hv_notify(host[0]);
	hv_unmask(host[1]);
	talloc_free(host[0]);
}
