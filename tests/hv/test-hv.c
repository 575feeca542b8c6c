/* SPDX-License-Identifier: MIT */

#include "hv/hv.h"

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
	CHECK_EQ(hv_bind(t->mem, line->two->host, GUEST + 1, number, count,
			 NULL, &port),
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

	CHECK_EQ(hv_offer(two, two->guest, GUEST, count, NULL, &offered), 0);
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

/* Grants */

struct shared {
	struct two *two;
	grant_ref_t refs[3];
	struct hv_pages *guest, *host;
};

static struct shared *shared_new(struct test *t, enum hv_access access)
{
	struct shared *shared = talloc_zero(t->mem, struct shared);

	shared->two = two_new(shared);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, access,
			  shared->refs, &shared->guest),
		 0);
	return shared;
}

static int map(struct shared *shared, enum hv_access access)
{
	return hv_map(shared->two, shared->two->host, GUEST, shared->refs, 3,
		      access, &shared->host);
}

static char *guest_page(struct shared *shared, size_t n)
{
	return (char *)hv_pages_at(shared->guest) + n * XEN_PAGE_SIZE;
}

static char *host_page(struct shared *shared, size_t n)
{
	return (char *)hv_pages_at(shared->host) + n * XEN_PAGE_SIZE;
}

TEST(what_one_writes_the_other_reads)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	CHECK_EQ(map(shared, HV_READ_WRITE), 0);
	CHECK_EQ(hv_pages_len(shared->host), 3 * XEN_PAGE_SIZE);
	CHECK_STR(host_page(shared, 2), "");
	strcpy(guest_page(shared, 2), "from the guest");
	strcpy(host_page(shared, 0), "from the host");
	CHECK_STR(host_page(shared, 2), "from the guest");
	CHECK_STR(guest_page(shared, 0), "from the host");
}

TEST(pages_are_mapped_in_the_order_asked_for)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	grant_ref_t first = shared->refs[0];

	shared->refs[0] = shared->refs[2];
	shared->refs[2] = first;
	CHECK_EQ(map(shared, HV_READ), 0);
	strcpy(guest_page(shared, 0), "first");
	strcpy(guest_page(shared, 1), "second");
	CHECK_STR(host_page(shared, 2), "first");
	CHECK_STR(host_page(shared, 1), "second");
}

TEST(what_is_granted_for_reading_cannot_be_mapped_for_writing)
{
	struct shared *shared = shared_new(t, HV_READ);

	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
	CHECK_EQ(map(shared, HV_READ), 0);
}

TEST(what_is_granted_to_another_domain_cannot_be_mapped)
{
	struct two *two = two_new(t->mem);
	struct hv_pages *pages;
	grant_ref_t ref;

	CHECK_EQ(hv_share(two, two->guest, GUEST, 1, HV_READ, &ref, &pages), 0);
	CHECK_EQ(hv_map(two, two->host, GUEST, &ref, 1, HV_READ, &pages),
		 -EINVAL);
}

TEST(one_bad_reference_spoils_the_whole_mapping)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	shared->refs[2] = 1u << 20;
	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
	shared->refs[2] = UINT32_MAX;
	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
}

TEST(no_pages_cannot_be_mapped_or_shared)
{
	struct two *two = two_new(t->mem);
	struct hv_pages *pages;

	CHECK_EQ(hv_map(two, two->host, GUEST, NULL, 0, HV_READ, &pages),
		 -EINVAL);
	CHECK_EQ(hv_share(two, two->guest, 0, 0, HV_READ, NULL, &pages),
		 -EINVAL);
}

TEST(what_was_revoked_cannot_be_mapped)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	talloc_free(shared->guest);
	CHECK_EQ(map(shared, HV_READ), -EINVAL);
}

TEST(what_was_revoked_while_mapped_stays_with_the_mapper_alone)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct hv_pages *other;
	grant_ref_t refs[3];

	CHECK_EQ(map(shared, HV_READ_WRITE), 0);
	strcpy(guest_page(shared, 0), "mine");
	talloc_free(shared->guest);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, HV_READ_WRITE,
			  refs, &other),
		 0);
	memset(hv_pages_at(other), 'x', hv_pages_len(other));
	CHECK_STR(host_page(shared, 0), "mine");
}

TEST(pages_shared_anew_are_zero)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	memset(guest_page(shared, 0), 'x', 3 * XEN_PAGE_SIZE);
	talloc_free(shared->guest);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, HV_READ_WRITE,
			  shared->refs, &shared->guest),
		 0);
	for (size_t i = 0; i < 3 * XEN_PAGE_SIZE; i++)
		CHECK_EQ(guest_page(shared, 0)[i], 0);
}

/* Copies */

TEST(copies_go_both_ways)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[6] = "", out[6] = "host!";
	struct hv_copy copies[] = {
		{ .ref = shared->refs[1],
		  .offset = 4090,
		  .len = 6,
		  .local = in },
		{ .ref = shared->refs[2],
		  .offset = 1,
		  .len = 6,
		  .local = out,
		  .to_guest = true },
	};

	strcpy(guest_page(shared, 1) + 4090, "guest");
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 2), 0);
	CHECK_STR(in, "guest");
	CHECK_STR(guest_page(shared, 2) + 1, "host!");
}

TEST(each_copy_has_its_own_result)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[3][8] = { "", "", "" };
	struct hv_copy copies[] = {
		{ .ref = shared->refs[0], .len = 8, .local = in[0] },
		{ .ref = 1u << 20, .len = 8, .local = in[1] },
		{ .ref = shared->refs[2], .len = 8, .local = in[2] },
	};

	strcpy(guest_page(shared, 0), "first");
	strcpy(guest_page(shared, 2), "third");
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 3), -EINVAL);
	CHECK_EQ(copies[0].error, 0);
	CHECK_EQ(copies[1].error, -EINVAL);
	CHECK_EQ(copies[2].error, 0);
	CHECK_STR(in[0], "first");
	CHECK_STR(in[2], "third");
}

TEST(hundreds_of_copies_have_their_results)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct hv_copy copies[300] = { 0 };
	uint16_t sums[300];

	for (int i = 0; i < 300; i++) {
		memcpy(guest_page(shared, i % 3) + 2 * i, &(uint16_t){ i }, 2);
		copies[i].ref = i % 7 ? shared->refs[i % 3] : 1u << 20;
		copies[i].offset = i % 11 ? 2 * i : 4095;
		copies[i].len = 2;
		copies[i].local = &sums[i];
	}
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 300), -EINVAL);
	for (int i = 0; i < 300; i++) {
		CHECK_EQ(copies[i].error, i % 7 && i % 11 ? 0 : -EINVAL);
		CHECK(copies[i].error || sums[i] == i);
	}
}

TEST(a_copy_does_not_leave_its_page)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[2] = "ok";
	struct hv_copy copy = { .ref = shared->refs[0], .local = in, .len = 2 };

	copy.offset = 4095;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	copy.offset = UINT16_MAX;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	CHECK_EQ(in[0], 'o');
	copy.offset = 4094;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), 0);
	CHECK_EQ(in[0], 0);
}

TEST(nothing_is_copied_to_what_is_granted_for_reading)
{
	struct shared *shared = shared_new(t, HV_READ);
	char bytes[4] = "bad";
	struct hv_copy copy = { .ref = shared->refs[0],
				.local = bytes,
				.len = 4 };

	copy.to_guest = true;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	CHECK_STR(guest_page(shared, 0), "");
	copy.to_guest = false;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), 0);
	CHECK_STR(bytes, "");
}

/* Domains */

static const struct hv_domain *find(struct two *two, domid_t id)
{
	struct hv_domain *domains;
	size_t n;

	CHECK_EQ(hv_domains(two, two->host, &domains, &n), 0);
	for (size_t i = 0; i < n; i++) {
		CHECK(i == 0 || domains[i - 1].id < domains[i].id);
		if (domains[i].id == id)
			return &domains[i];
	}
	return NULL;
}

static struct two *watched_two(struct test *t, unsigned int *changes)
{
	struct two *two = two_new(t->mem);
	struct hv_port *port;

	CHECK_EQ(hv_watch_domains(two, two->host, count, changes, &port), 0);
	loop_settle(two->loop);
	hv_unmask(port);
	return two;
}

TEST(domains_are_listed_by_id)
{
	struct two *two = two_new(t->mem);

	CHECK(find(two, 0) != NULL);
	CHECK(find(two, GUEST) != NULL);
	CHECK(!find(two, GUEST)->shut_down);
	CHECK(!find(two, GUEST)->dying);
	CHECK(!find(two, GUEST + 1));
}

TEST(a_domain_that_shuts_down_is_still_there)
{
	unsigned int changes = 0;
	struct two *two = watched_two(t, &changes);

	CHECK_EQ(changes, 1);
	two_shut_down(two);
	loop_settle(two->loop);
	CHECK_EQ(changes, 2);
	CHECK(find(two, GUEST)->shut_down);
	CHECK(!find(two, GUEST)->dying);
}

TEST(a_destroyed_domain_is_gone)
{
	unsigned int changes = 0;
	struct two *two = watched_two(t, &changes);

	two_destroy(two);
	loop_settle(two->loop);
	CHECK(changes > 1);
	CHECK(!find(two, GUEST));
}

TEST(a_domain_whose_pages_are_mapped_dies_slowly)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct two *two = shared->two;
	unsigned int changes = 0;
	struct hv_port *port;

	CHECK_EQ(map(shared, HV_READ_WRITE), 0);
	CHECK_EQ(hv_watch_domains(two, two->host, count, &changes, &port), 0);
	strcpy(guest_page(shared, 0), "last words");
	two_destroy(two);
	loop_settle(two->loop);
	CHECK(find(two, GUEST)->dying);
	CHECK_STR(host_page(shared, 0), "last words");

	changes = 0;
	hv_unmask(port);
	talloc_free(shared->host);
	loop_settle(two->loop);
	CHECK(changes > 0);
	CHECK(!find(two, GUEST));
}

TEST(nothing_of_a_dying_domain_can_be_mapped_or_copied)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct hv_pages *first;
	char byte;
	struct hv_copy copy = { .ref = shared->refs[0],
				.local = &byte,
				.len = 1 };

	CHECK_EQ(map(shared, HV_READ), 0);
	first = shared->host;
	two_destroy(shared->two);
	CHECK_EQ(map(shared, HV_READ), -EINVAL);
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	talloc_free(first);
}

TEST(a_port_to_a_domain_that_died_is_silent)
{
	struct line *line = quiet_line(t);

	two_destroy(line->two);
	hv_notify(line->host);
	settle(line);
	CHECK_EQ(line->host_events, 0);
	talloc_free(line->host);
}

TEST(a_domain_with_the_same_id_is_another_domain)
{
	struct two *two = two_new(t->mem);
	struct hv_domain before = *find(two, GUEST);

	two_destroy(two);
	two_create(two);
	CHECK(memcmp(before.uuid, find(two, GUEST)->uuid, 16) != 0);
}

TEST(domains_are_watched_by_one_program)
{
	unsigned int changes = 0;
	struct two *two = watched_two(t, &changes);
	struct hv_port *port;

	CHECK_EQ(hv_watch_domains(two, two->host, count, &changes, &port),
		 -EEXIST);
}

TEST(guests_do_not_learn_of_other_domains)
{
	struct two *two = two_new(t->mem);
	struct hv_domain *domains;
	struct hv_port *port;
	size_t n;

	CHECK_EQ(hv_domains(two, two->guest, &domains, &n), -EPERM);
	CHECK_EQ(hv_watch_domains(two, two->guest, count, NULL, &port), -EPERM);
}

/* The xenstore ring */

TEST(a_domain_comes_with_a_store_page_for_domain_0)
{
	struct two *two = two_new(t->mem);
	grant_ref_t ref = STORE_REF;
	struct hv_pages *ours, *theirs;
	evtchn_port_t port;

	CHECK_EQ(hv_store_page(two, two->guest, &theirs, &port), 0);
	CHECK_EQ(hv_map(two, two->host, GUEST, &ref, 1, HV_READ_WRITE, &ours),
		 0);
	strcpy(hv_pages_at(theirs), "a request");
	CHECK_STR(hv_pages_at(ours), "a request");
}

TEST(a_domain_comes_with_a_port_for_its_store)
{
	struct line line = { .two = two_new(t->mem) };
	struct hv_pages *page;
	evtchn_port_t port;

	CHECK_EQ(hv_store_page(t->mem, line.two->guest, &page, &port), 0);
	CHECK_EQ(hv_adopt(line.two, line.two->guest, port, count,
			  &line.guest_events, &line.guest),
		 0);
	CHECK_EQ(hv_port_number(line.guest), port);
	CHECK_EQ(bind(&line), 0);
	settle(&line);
	CHECK_EQ(line.guest_events, 1);
	hv_unmask(line.guest);
	hv_notify(line.host);
	settle(&line);
	CHECK_EQ(line.guest_events, 2);
	talloc_free(line.two);
}

TEST(domain_0_has_a_store_page_and_port_too)
{
	struct two *two = two_new(t->mem);
	unsigned int events = 0;
	struct hv_pages *page;
	struct hv_port *bound;
	evtchn_port_t port;

	CHECK_EQ(hv_store_page(two, two->host, &page, &port), 0);
	CHECK_EQ(hv_pages_len(page), XEN_PAGE_SIZE);
	CHECK_EQ(hv_bind(two, two->host, 0, port, count, &events, &bound), 0);
	loop_settle(two->loop);
	CHECK_EQ(events, 1);
}
