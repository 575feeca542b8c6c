/* SPDX-License-Identifier: MIT */

#include "hv/world.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"

/* A world with guest 7. */
struct fixture {
	void *mem;
	struct loop *loop;
	struct world *world;
	struct hv *host, *guest;
};

static void count(void *arg)
{
	unsigned int *events = arg;

	++*events;
}

static struct fixture fixture(struct test *t)
{
	struct fixture f = {
		.mem = t->mem,
		.loop = loop_new_virtual(t->mem),
	};

	f.world = world_new(t->mem, f.loop);
	CHECK_EQ(world_create(f.world, 7), 0);
	CHECK_EQ(hv_open_world(t->mem, f.world, 0, &f.host), 0);
	CHECK_EQ(hv_open_world(t->mem, f.world, 7, &f.guest), 0);
	return f;
}

static struct hv_pages *share(struct fixture *f, size_t n, grant_ref_t *refs)
{
	struct hv_pages *pages;

	CHECK_EQ(hv_share(f->mem, f->guest, 0, n, HV_READ_WRITE, refs, &pages),
		 0);
	return pages;
}

static int map(struct fixture *f, size_t n, const grant_ref_t *refs,
	       struct hv_pages **pages)
{
	return hv_map(f->mem, f->host, 7, refs, n, HV_READ_WRITE, pages);
}

TEST(two_domains_have_two_ids)
{
	struct fixture f = fixture(t);
	struct hv *hv;

	CHECK_EQ(world_create(f.world, 7), -EEXIST);
	CHECK_EQ(hv_open_world(t->mem, f.world, 8, &hv), -ESRCH);
	CHECK_EQ(world_destroy(f.world, 8), -ESRCH);
	CHECK_EQ(world_shut_down(f.world, 8), -ESRCH);
	CHECK_EQ(world_destroy(f.world, 0), -EINVAL);
}

TEST(an_id_is_taken_until_its_domain_is_gone)
{
	struct fixture f = fixture(t);
	struct hv_pages *pages;
	grant_ref_t ref;

	share(&f, 1, &ref);
	CHECK_EQ(map(&f, 1, &ref, &pages), 0);
	CHECK_EQ(world_destroy(f.world, 7), 0);
	CHECK_EQ(world_create(f.world, 7), -EEXIST);
	talloc_free(pages);
	CHECK_EQ(world_create(f.world, 7), 0);
}

TEST(a_reference_is_not_used_again_while_it_is_mapped)
{
	struct fixture f = fixture(t);
	struct hv_pages *shared, *mapped;
	grant_ref_t first, second, third;

	shared = share(&f, 1, &first);
	CHECK_EQ(map(&f, 1, &first, &mapped), 0);
	talloc_free(shared);
	share(&f, 1, &second);
	CHECK(second != first);
	talloc_free(mapped);
	share(&f, 1, &third);
	CHECK_EQ(third, first);
}

TEST(handles_of_a_destroyed_domain_are_safe)
{
	struct fixture f = fixture(t);
	struct hv_port *port;
	struct hv_pages *pages;
	grant_ref_t ref;

	pages = share(&f, 1, &ref);
	CHECK_EQ(hv_offer(t->mem, f.guest, 0, count, NULL, &port), 0);
	CHECK_EQ(world_destroy(f.world, 7), 0);
	CHECK_EQ(world_create(f.world, 7), 0);

	hv_notify(port);
	hv_unmask(port);
	memset(hv_pages_at(pages), 'x', hv_pages_len(pages));
	talloc_free(port);
	talloc_free(pages);
	CHECK_EQ(hv_share(t->mem, f.guest, 0, 1, HV_READ, &ref, &pages),
		 -ESRCH);
}

TEST(what_outlives_its_handle_is_closed)
{
	struct fixture f = fixture(t);
	struct hv_pages *shared, *mapped, *again;
	struct hv_port *port;
	grant_ref_t ref, next;

	shared = share(&f, 1, &ref);
	CHECK_EQ(map(&f, 1, &ref, &mapped), 0);
	CHECK_EQ(hv_offer(t->mem, f.host, 7, count, NULL, &port), 0);
	talloc_free(f.host);
	hv_notify(port);
	talloc_free(port);
	talloc_free(shared);
	CHECK_EQ(hv_share(t->mem, f.guest, 0, 1, HV_READ, &next, &again), 0);
	CHECK_EQ(next, ref);
	talloc_free(f.world);
	talloc_free(mapped);
}

TEST(a_domain_that_mapped_pages_lets_go_of_them_when_destroyed)
{
	struct fixture f = fixture(t);
	struct hv_pages *ours, *mapped, *again;
	grant_ref_t ref, next;

	CHECK_EQ(hv_share(t->mem, f.host, 7, 1, HV_READ, &ref, &ours), 0);
	CHECK_EQ(hv_map(t->mem, f.guest, 0, &ref, 1, HV_READ, &mapped), 0);
	talloc_free(ours);
	CHECK_EQ(world_destroy(f.world, 7), 0);
	CHECK_EQ(hv_share(t->mem, f.host, 7, 1, HV_READ, &next, &again), 0);
	CHECK_EQ(next, ref);
	CHECK_EQ(((char *)hv_pages_at(mapped))[0], 0);
}

/* Another program in domain 0, when the one before has ended. */
static struct hv *successor(struct fixture *f)
{
	struct hv *next;

	hv_keep_ports(f->host);
	talloc_free(f->host);
	CHECK_EQ(hv_open_world(f->mem, f->world, 0, &next), 0);
	return next;
}

TEST(ports_that_are_kept_survive_their_program)
{
	struct fixture f = fixture(t);
	unsigned int events = 0, before = 0;
	struct hv_port *port;
	evtchn_port_t number;
	struct hv *next;

	CHECK_EQ(hv_offer(t->mem, f.host, 0, count, &before, &port), 0);
	number = hv_port_number(port);
	hv_notify(port);
	next = successor(&f);
	CHECK_EQ(hv_adopt(t->mem, next, number + 1, count, &events, &port),
		 -ENOENT);
	CHECK_EQ(hv_adopt(t->mem, next, number, count, &events, &port), 0);
	loop_settle(f.loop);
	CHECK_EQ(before, 0);
	CHECK_EQ(events, 1);
}

TEST(who_watches_domains_can_be_succeeded)
{
	struct fixture f = fixture(t);
	struct hv_port *port;
	unsigned int events = 0;
	evtchn_port_t number;
	struct hv *next;

	CHECK_EQ(hv_watch_domains(t->mem, f.host, count, &events, &port), 0);
	number = hv_port_number(port);
	next = successor(&f);
	CHECK_EQ(hv_watch_domains(t->mem, next, count, &events, &port),
		 -EEXIST);
	CHECK_EQ(hv_adopt(t->mem, next, number, count, &events, &port), 0);
	loop_settle(f.loop);
	CHECK_EQ(events, 1);
	hv_unmask(port);
	CHECK_EQ(world_shut_down(f.world, 7), 0);
	loop_settle(f.loop);
	CHECK_EQ(events, 2);
}

TEST(what_a_program_holds_is_counted)
{
	struct fixture f = fixture(t);
	struct hv_pages *shared, *mapped;
	struct hv_port *port;
	grant_ref_t refs[3];

	shared = share(&f, 3, refs);
	CHECK_EQ(map(&f, 2, refs, &mapped), 0);
	CHECK_EQ(hv_offer(t->mem, f.host, 7, count, NULL, &port), 0);
	CHECK_EQ(world_count(f.guest)->shared_pages, 3);
	CHECK_EQ(world_count(f.host)->mapped_pages, 2);
	CHECK_EQ(world_count(f.host)->ports, 1);

	talloc_free(mapped);
	talloc_free(shared);
	talloc_free(port);
	CHECK_EQ(world_count(f.guest)->shared_pages, 0);
	CHECK_EQ(world_count(f.host)->mapped_pages, 0);
	CHECK_EQ(world_count(f.host)->ports, 0);
}

TEST(what_a_program_asks_for_is_counted)
{
	struct fixture f = fixture(t);
	struct hv_copy copies[5] = { 0 };
	struct hv_port *port;

	CHECK_EQ(hv_offer(t->mem, f.guest, 0, count, NULL, &port), 0);
	hv_notify(port);
	hv_notify(port);
	hv_copy(f.host, 7, copies, 5);
	CHECK_EQ(world_count(f.guest)->calls[WORLD_OFFER], 1);
	CHECK_EQ(world_count(f.guest)->calls[WORLD_NOTIFY], 2);
	CHECK_EQ(world_count(f.guest)->calls[WORLD_COPY], 0);
	CHECK_EQ(world_count(f.host)->calls[WORLD_COPY], 5);
}

TEST(the_call_asked_for_fails_and_no_other)
{
	struct fixture f = fixture(t);
	struct hv_pages *pages;
	grant_ref_t ref;

	share(&f, 1, &ref);
	world_fail(f.host, WORLD_MAP, 2);
	CHECK_EQ(map(&f, 1, &ref, &pages), 0);
	CHECK(!world_has_failed(f.host));
	CHECK_EQ(map(&f, 1, &ref, &pages), -ENOMEM);
	CHECK(world_has_failed(f.host));
	CHECK_EQ(map(&f, 1, &ref, &pages), 0);
	CHECK_EQ(world_count(f.host)->mapped_pages, 2);
}

TEST(any_call_can_be_the_one_that_fails)
{
	struct fixture f = fixture(t);
	char byte;
	struct hv_copy copy = { .ref = WORLD_STORE_REF,
				.len = 1,
				.local = &byte };
	struct hv_port *port;

	world_fail(f.host, WORLD_ANY_CALL, 2);
	CHECK_EQ(hv_offer(t->mem, f.host, 7, count, NULL, &port), 0);
	CHECK_EQ(hv_copy(f.host, 7, &copy, 1), -ENOMEM);
	CHECK_EQ(hv_copy(f.host, 7, &copy, 1), 0);
}

TEST(a_notification_that_fails_is_lost)
{
	struct fixture f = fixture(t);
	struct hv_port *offered, *bound;
	unsigned int events = 0;

	CHECK_EQ(hv_offer(t->mem, f.guest, 0, count, &events, &offered), 0);
	CHECK_EQ(hv_bind(t->mem, f.host, 7, hv_port_number(offered), count,
			 &events, &bound),
		 0);
	loop_settle(f.loop);
	world_fail(f.host, WORLD_NOTIFY, 1);
	hv_notify(bound);
	loop_settle(f.loop);
	CHECK_EQ(events, 1);
	hv_notify(bound);
	loop_settle(f.loop);
	CHECK_EQ(events, 2);
}

TEST(thousands_of_domains_are_no_trouble)
{
	struct fixture f = fixture(t);
	struct hv_domain *domains;
	size_t n;

	for (domid_t id = 1000; id > 7; id--)
		CHECK_EQ(world_create(f.world, id), 0);
	for (domid_t id = 100; id < 200; id++)
		CHECK_EQ(world_destroy(f.world, id), 0);
	CHECK_EQ(hv_domains(t->mem, f.host, &domains, &n), 0);
	CHECK_EQ(n, 1002 - 7 - 100);
	CHECK_EQ(domains[n - 1].id, 1000);
}
