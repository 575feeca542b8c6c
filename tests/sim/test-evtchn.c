/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "sim/common/events.h"
#include "sim/core/core.h"
#include "tests/sim/guests.h"

TEST(a_notification_is_seen_by_the_other_end)
{
	struct channel channel = channel_new(t, guest_new(t));

	CHECK_EQ(xenevtchn_notify(channel.host, channel.host_port), 0);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
	CHECK_EQ(next_event(channel.host), 0);

	CHECK_EQ(xenevtchn_notify(channel.guest, channel.guest_port), 0);
	CHECK_EQ(next_event(channel.host), channel.host_port);
}

TEST(many_notifications_are_one_event)
{
	struct channel channel = channel_new(t, guest_new(t));

	for (int i = 0; i < 1000; i++)
		xenevtchn_notify(channel.host, channel.host_port);

	CHECK_EQ(next_event(channel.guest), channel.guest_port);
	CHECK_EQ(next_event(channel.guest), 0);
}

TEST(a_masked_port_is_silent_and_remembers)
{
	struct channel channel = channel_new(t, guest_new(t));

	xenevtchn_notify(channel.host, channel.host_port);
	next_event(channel.guest); /* which masks it */
	xenevtchn_notify(channel.host, channel.host_port);
	CHECK_EQ(next_event(channel.guest), 0);

	xenevtchn_unmask(channel.guest, channel.guest_port);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
	xenevtchn_unmask(channel.guest, channel.guest_port);
	CHECK_EQ(next_event(channel.guest), 0);
}

TEST(several_ports_can_be_read_at_once)
{
	xenevtchn_handle *host = evtchn_new(t);
	xenevtchn_handle *guest = evtchn_new(t);
	evtchn_port_t port[8];

	for (int i = 0; i < 3; i++) {
		int theirs = xenevtchn_bind_unbound_port(guest, 0);

		CHECK(xenevtchn_bind_interdomain(host, 0, theirs) > 0);
	}

	CHECK_EQ(read(xenevtchn_fd(host), port, sizeof(port)), 12);
	CHECK(port[0] != port[1] && port[1] != port[2]);
}

TEST(binding_reports_what_may_have_been_sent_before)
{
	domid_t domid = guest_new(t);
	xenevtchn_handle *guest = evtchn_new(t);
	xenevtchn_handle *host = evtchn_new(t);
	int theirs, ours;

	xensim_act_for(domid);
	theirs = xenevtchn_bind_unbound_port(guest, 0);
	CHECK_EQ(xenevtchn_notify(guest, theirs), 0);
	xensim_act_for(0);
	ours = xenevtchn_bind_interdomain(host, domid, theirs);

	CHECK_EQ(next_event(host), ours);
}

TEST(a_port_is_bound_by_one_only)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);

	errno = 0;
	CHECK_EQ(xenevtchn_bind_interdomain(channel.host, domid,
					    channel.guest_port),
		 -1);
	CHECK_EQ(errno, EINVAL);
}

TEST(a_port_is_for_the_domain_that_it_was_made_for)
{
	domid_t domid = guest_new(t);
	domid_t other = guest_new(t);
	xenevtchn_handle *xce = evtchn_new(t);
	int port;

	xensim_act_for(domid);
	port = xenevtchn_bind_unbound_port(xce, 0);
	xensim_act_for(other);
	errno = 0;
	CHECK_EQ(xenevtchn_bind_interdomain(xce, domid, port), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST(there_is_nothing_to_bind_of_a_domain_that_is_not)
{
	xenevtchn_handle *xce = evtchn_new(t);

	errno = 0;
	CHECK_EQ(xenevtchn_bind_interdomain(xce, 4711, 1), -1);
	CHECK_EQ(errno, ESRCH);
}

TEST(closing_one_end_leaves_the_other_to_be_bound_again)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);
	int again;

	CHECK_EQ(xenevtchn_unbind(channel.host, channel.host_port), 0);
	CHECK_EQ(xenevtchn_notify(channel.guest, channel.guest_port), 0);
	again = xenevtchn_bind_interdomain(channel.host, domid,
					   channel.guest_port);

	CHECK(again > 0);
	drain(channel.host);
	xenevtchn_notify(channel.guest, channel.guest_port);
	CHECK_EQ(next_event(channel.host), again);
}

struct binder {
	domid_t domid;
	evtchn_port_t port;
};

static void bind_and_stay(void *arg)
{
	const struct binder *binder = arg;
	xenevtchn_handle *xce = xenevtchn_open(NULL, 0);

	CHECK(xenevtchn_bind_interdomain(xce, binder->domid, binder->port) > 0);
}

TEST(a_killed_process_leaves_its_ports_to_the_next)
{
	domid_t domid = guest_new(t);
	struct binder binder = { domid };
	xenevtchn_handle *guest = evtchn_new(t);
	xenevtchn_handle *host = evtchn_new(t);
	struct process *process;

	xensim_act_for(domid);
	binder.port = xenevtchn_bind_unbound_port(guest, 0);
	xensim_act_for(0);
	process = process_new(t, bind_and_stay, &binder);
	CHECK_EQ(xenevtchn_bind_interdomain(host, domid, binder.port), -1);

	process_kill(process);
	CHECK(xenevtchn_bind_interdomain(host, domid, binder.port) > 0);
}

TEST(who_notifies_the_dead_survives)
{
	domid_t domid = guest_new(t);
	struct binder binder = { domid };
	xenevtchn_handle *guest = evtchn_new(t);
	struct process *process;

	xensim_act_for(domid);
	binder.port = xenevtchn_bind_unbound_port(guest, 0);
	xensim_act_for(0);
	process = process_new(t, bind_and_stay, &binder);
	process_kill(process);

	for (int i = 0; i < 100; i++)
		CHECK_EQ(xenevtchn_notify(guest, binder.port), 0);
}

static void die_before_the_write(void *arg)
{
	const struct binder *binder = arg;
	struct sim_tables *tables = sim_tables();

	bind_and_stay(arg);
	CHECK(sim_port_raise(&tables->port[binder->port].state));
}

static bool has_event(void *xce)
{
	return next_event(xce) != 0;
}

TEST(what_a_killed_process_did_not_come_to_write_is_written)
{
	domid_t domid = guest_new(t);
	struct binder binder = { domid };
	xenevtchn_handle *guest = evtchn_new(t);
	struct process *process;

	xensim_act_for(domid);
	binder.port = xenevtchn_bind_unbound_port(guest, 0);
	xensim_act_for(0);
	process = process_new(t, die_before_the_write, &binder);
	CHECK_EQ(next_event(guest), 0);
	process_kill(process);

	CHECK(eventually(has_event, guest));
}

TEST(only_the_owner_of_a_port_notifies_with_it)
{
	struct channel channel = channel_new(t, guest_new(t));

	errno = 0;
	CHECK_EQ(xenevtchn_notify(channel.guest, channel.host_port), -1);
	CHECK_EQ(errno, ENOTCONN);
	CHECK_EQ(xenevtchn_unbind(channel.guest, channel.host_port), -1);
	CHECK_EQ(errno, ENOTCONN);
}

TEST(to_unmask_what_is_not_ours_does_nothing)
{
	struct channel channel = channel_new(t, guest_new(t));

	xenevtchn_notify(channel.guest, channel.guest_port);
	next_event(channel.host);
	xenevtchn_notify(channel.guest, channel.guest_port);

	CHECK_EQ(xenevtchn_unmask(channel.guest, channel.host_port), 0);
	CHECK_EQ(next_event(channel.host), 0);
	CHECK_EQ(xenevtchn_unmask(channel.guest, 1 << 30), 0);
}

TEST(a_restricted_handle_works_with_one_domain)
{
	domid_t domid = guest_new(t);
	domid_t other = guest_new(t);
	xenevtchn_handle *xce = evtchn_new(t);

	CHECK_EQ(xenevtchn_restrict(xce, domid), 0);
	CHECK(xenevtchn_bind_unbound_port(xce, domid) > 0);
	errno = 0;
	CHECK_EQ(xenevtchn_bind_unbound_port(xce, other), -1);
	CHECK_EQ(errno, EACCES);
	CHECK_EQ(xenevtchn_bind_virq(xce, 3), -1);
	CHECK_EQ(errno, EACCES);
	CHECK_EQ(xenevtchn_restrict(xce, other), -1);
	CHECK_EQ(errno, EACCES);
}

static void take_up(void *arg)
{
	const struct channel *channel = arg;
	xenevtchn_handle *xce =
		xenevtchn_fdopen(NULL, xenevtchn_fd(channel->host), 0);

	CHECK(xce);
	CHECK_EQ(xenevtchn_pending(xce), channel->host_port);
	CHECK_EQ(xenevtchn_unmask(xce, channel->host_port), 0);
	CHECK_EQ(xenevtchn_notify(xce, channel->host_port), 0);
}

TEST(another_process_takes_a_handle_up_by_its_descriptor)
{
	struct channel channel = channel_new(t, guest_new(t));

	xenevtchn_notify(channel.guest, channel.guest_port);
	process_new(t, take_up, &channel);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
}

TEST(a_handle_lives_as_long_as_its_descriptor)
{
	xenevtchn_handle *first = xenevtchn_open(NULL, 0), *second;
	int port = xenevtchn_bind_unbound_port(first, 0);
	int fd = dup(xenevtchn_fd(first));

	xenevtchn_close(first);
	CHECK(xenevtchn_bind_interdomain(evtchn_new(t), 0, port) > 0);
	second = xenevtchn_fdopen(NULL, fd, 0);
	CHECK(second);
	CHECK_EQ(xenevtchn_notify(second, port), 0);

	xenevtchn_close(second);
	CHECK_EQ(xenevtchn_bind_interdomain(evtchn_new(t), 0, port), -1);
}

TEST(what_is_no_handle_is_not_taken_up)
{
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	errno = 0;
	CHECK(!xenevtchn_fdopen(NULL, fds[0], 0));
	CHECK_EQ(errno, EBADF);
}

TEST(the_builders_port_is_taken_by_one_and_then_by_the_next)
{
	struct xensim_domain domain;
	xenevtchn_handle *one = evtchn_new(t), *two = evtchn_new(t);

	xensim_act_for(guest_new(t));
	CHECK_EQ(xensim_describe(xensim_act_for(0), &domain), 0);
	xensim_act_for(domain.domid);
	CHECK_EQ(xensim_take_port(xenevtchn_fd(one), domain.store_port), 0);
	CHECK_EQ(xensim_take_port(xenevtchn_fd(two), domain.store_port),
		 -EBUSY);
	CHECK_EQ(next_event(one), domain.store_port);
}

TEST(virq_dom_exc_tells_of_a_shutdown_and_of_a_death)
{
	xenevtchn_handle *xce = evtchn_new(t);
	domid_t domid = guest_new(t);
	int port = xenevtchn_bind_virq(xce, 3);

	CHECK(port > 0);
	errno = 0;
	CHECK_EQ(xenevtchn_bind_virq(evtchn_new(t), 3), -1);
	CHECK_EQ(errno, EEXIST);

	CHECK_EQ(xensim_shutdown(domid, 0), 0);
	CHECK_EQ(next_event(xce), port);
	xenevtchn_unmask(xce, port);
	CHECK_EQ(xensim_destroy(domid), 0);
	CHECK_EQ(next_event(xce), port);
}

TEST(the_death_of_a_domain_unbinds_its_ports)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);

	CHECK_EQ(xensim_destroy(domid), 0);
	CHECK_EQ(xenevtchn_notify(channel.host, channel.host_port), 0);
	CHECK_EQ(next_event(channel.host), 0);
	CHECK_EQ(xenevtchn_notify(channel.guest, channel.guest_port), -1);
}

#define GUESTS 1000

TEST(one_handle_serves_many_domains)
{
	xenevtchn_handle *guest = evtchn_new(t), *host = evtchn_new(t);
	int theirs[GUESTS];
	unsigned int n = 0;

	for (int i = 0; i < GUESTS; i++) {
		domid_t domid = guest_new(t);

		xensim_act_for(domid);
		theirs[i] = xenevtchn_bind_unbound_port(guest, 0);
		xensim_act_for(0);
		CHECK(xenevtchn_bind_interdomain(host, domid, theirs[i]) > 0);
	}
	drain(host);

	for (int i = 0; i < GUESTS; i++)
		CHECK_EQ(xenevtchn_notify(guest, theirs[i]), 0);
	while (next_event(host))
		n++;
	CHECK_EQ(n, GUESTS);
}

#define PORTS 10000

/* More than a pipe has room for, by default. */
TEST(ten_thousand_ports_can_be_pending_at_once)
{
	xenevtchn_handle *one = evtchn_new(t), *other = evtchn_new(t);
	unsigned int n = 0;

	for (int i = 0; i < PORTS; i++) {
		int port = xenevtchn_bind_unbound_port(one, 0);

		CHECK(port > 0);
		CHECK(xenevtchn_bind_interdomain(other, 0, port) > 0);
		CHECK_EQ(xenevtchn_notify(one, port), 0);
	}
	while (next_event(other))
		n++;
	CHECK_EQ(n, PORTS);
}

#define ROUNDS 20000

struct end {
	xenevtchn_handle *xce;
	evtchn_port_t port;
	uint32_t *sent;
	const uint32_t *received;
};

/* A ring of one counter each way: each side says how far it is, and sleeps
 * only when told so.  A lost notification is a hang. */
static void *play(void *arg)
{
	struct end *end = arg;

	for (uint32_t i = 1; i <= ROUNDS; i++) {
		__atomic_store_n(end->sent, i, __ATOMIC_SEQ_CST);
		CHECK_EQ(xenevtchn_notify(end->xce, end->port), 0);
		while (__atomic_load_n(end->received, __ATOMIC_SEQ_CST) < i) {
			CHECK_EQ(xenevtchn_pending(end->xce), end->port);
			CHECK_EQ(xenevtchn_unmask(end->xce, end->port), 0);
		}
	}

	return NULL;
}

TEST(no_notification_is_lost_when_both_ends_storm)
{
	struct channel channel = channel_new(t, guest_new(t));
	uint32_t at[2] = { 0 };
	struct end guest = { channel.guest, channel.guest_port, &at[0],
			     &at[1] };
	struct end host = { channel.host, channel.host_port, &at[1], &at[0] };
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, play, &guest), 0);
	play(&host);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(at[0], ROUNDS);
	CHECK_EQ(at[1], ROUNDS);
}
