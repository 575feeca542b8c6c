/* SPDX-License-Identifier: MIT */

/*
 * What hv.h promises of domains, their death and their store.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/hv/two.h"
#include "tests/lib/test.h"

/* The two, and how often the host heard of a change. */
struct watched {
	struct two *two;
	struct hv_port *port;
	unsigned int changes;
};

static void count(void *arg)
{
	unsigned int *events = arg;

	++*events;
}

static void changed(void *arg)
{
	struct watched *watched = arg;

	watched->changes++;
	hv_unmask(watched->port);
}

static struct watched *watched_new(struct test *t)
{
	struct watched *watched = talloc_zero(t->mem, struct watched);

	watched->two = two_new(watched);
	CHECK_EQ(hv_watch_domains(watched->two, watched->two->host, changed,
				  watched, &watched->port),
		 0);
	loop_settle(watched->two->loop);
	CHECK_EQ(watched->changes, 1);
	return watched;
}

/* Whether there were changes since somebody looked. */
static bool has_changed(struct watched *watched)
{
	unsigned int changes;

	loop_settle(watched->two->loop);
	changes = watched->changes;
	watched->changes = 0;
	return changes > 0;
}

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

TEST(domains_are_listed_by_id)
{
	struct two *two = two_new(t->mem);

	CHECK(find(two, 0) != NULL);
	CHECK(find(two, GUEST) != NULL);
	CHECK(!find(two, GUEST)->shut_down);
	CHECK(!find(two, GUEST)->dying);
	CHECK(!find(two, NOBODY));
}

TEST(a_domain_that_shuts_down_is_still_there)
{
	struct watched *watched = watched_new(t);
	struct two *two = watched->two;

	two_shut_down(two);
	CHECK(has_changed(watched));
	CHECK(find(two, GUEST)->shut_down);
	CHECK(!find(two, GUEST)->dying);
	CHECK(!has_changed(watched));
}

TEST(a_destroyed_domain_is_gone)
{
	struct watched *watched = watched_new(t);

	two_destroy(watched->two);
	CHECK(has_changed(watched));
	CHECK(!find(watched->two, GUEST));
}

static struct hv_pages *share(struct two *two, grant_ref_t *ref)
{
	struct hv_pages *pages;

	CHECK_EQ(hv_share(two, two->guest, 0, 1, HV_READ_WRITE, ref, &pages),
		 0);
	return pages;
}

static struct hv_pages *map(struct two *two, grant_ref_t ref)
{
	struct hv_pages *pages;

	CHECK_EQ(hv_map(two, two->host, GUEST, &ref, 1, HV_READ_WRITE, &pages),
		 0);
	return pages;
}

TEST(a_domain_whose_pages_are_mapped_dies_slowly)
{
	struct watched *watched = watched_new(t);
	struct two *two = watched->two;
	struct hv_pages *guest, *host;
	grant_ref_t ref;

	guest = share(two, &ref);
	host = map(two, ref);
	strcpy(hv_pages_at(guest), "last words");
	two_destroy(two);
	CHECK(has_changed(watched));
	CHECK(find(two, GUEST)->dying);
	CHECK_STR(hv_pages_at(host), "last words");

	talloc_free(host);
	CHECK(has_changed(watched));
	CHECK(!find(two, GUEST));
}

TEST(nothing_of_a_dying_domain_can_be_mapped_or_copied)
{
	struct two *two = two_new(t->mem);
	struct hv_copy copy = { .len = 1, .local = &copy };
	struct hv_pages *pages;

	share(two, &copy.ref);
	map(two, copy.ref);
	two_destroy(two);
	CHECK_EQ(hv_map(two, two->host, GUEST, &copy.ref, 1, HV_READ, &pages),
		 -EINVAL);
	CHECK_EQ(hv_copy(two->host, GUEST, &copy, 1), -EINVAL);
}

TEST(a_port_to_a_domain_that_died_is_silent)
{
	struct two *two = two_new(t->mem);
	struct hv_port *offered, *bound;
	unsigned int events = 0;

	CHECK_EQ(hv_offer(two, two->guest, 0, count, NULL, &offered), 0);
	CHECK_EQ(hv_bind(two, two->host, GUEST, hv_port_number(offered), count,
			 &events, &bound),
		 0);
	loop_settle(two->loop);
	hv_unmask(bound);
	two_destroy(two);
	hv_notify(bound);
	loop_settle(two->loop);
	CHECK_EQ(events, 1);
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
	struct two *two = watched_new(t)->two;
	struct hv_port *port;

	CHECK_EQ(hv_watch_domains(two, two->host, count, NULL, &port), -EEXIST);
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
	struct two *two = two_new(t->mem);
	struct hv_port *guest, *host;
	struct hv_pages *page;
	unsigned int events = 0, ours = 0;
	evtchn_port_t port;

	CHECK_EQ(hv_store_page(two, two->guest, &page, &port), 0);
	CHECK_EQ(hv_adopt(two, two->guest, port, count, &events, &guest), 0);
	CHECK_EQ(hv_port_number(guest), port);
	CHECK_EQ(hv_bind(two, two->host, GUEST, port, count, &ours, &host), 0);
	loop_settle(two->loop);
	CHECK_EQ(events, 1);
	hv_unmask(guest);
	hv_notify(host);
	loop_settle(two->loop);
	CHECK_EQ(events, 2);
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
