/* SPDX-License-Identifier: MIT */

/*
 * The life of a device as toolstacks, guests' drivers and crashes make it:
 * pv-null, because what it serves does not matter here.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/null/null.h"
#include "base/array.h"
#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

#define KEYS "params=2048"

static struct machine *machine(struct test *t)
{
	return machine_new(t, &null_backend);
}

static struct blkfront *guest_with_disk(struct test *t)
{
	return blkfront_connect(machine(t), 7, KEYS);
}

static bool is_at_rest(struct machine *m)
{
	return machine_mapped_pages(m) == 0 && machine_ports(m) == 0;
}

/* Coming */

TEST(a_new_device_waits_for_its_guest)
{
	struct machine *m = machine(t);

	xl_create(m, 7);
	xl_attach(m, 7, KEYS);

	CHECK_STR(back_get(m, 7, "state"), "2");
	CHECK_STR(back_get(m, 7, "feature-flush-cache"), "1");
	CHECK(is_at_rest(m));
}

TEST(a_device_that_was_there_before_us_is_found)
{
	struct machine *m = machine(t);

	machine_end_backend(m);
	xl_create(m, 7);
	xl_attach(m, 7, KEYS);
	xl_attach(m, 7, KEYS " id=51728");
	machine_start_backend(m);

	CHECK_STR(back_get(m, 7, "state"), "2");
	CHECK_STR(xs_get(m, "/local/domain/0/backend/vbd/7/51728/state"), "2");
}

TEST(a_device_whose_keys_come_one_by_one_is_served_when_it_is_complete)
{
	struct machine *m = machine(t);

	xl_create(m, 7);
	back_set(m, 7, "frontend", "/local/domain/7/device/vbd/51712");
	back_set(m, 7, "frontend-id", "7");
	CHECK(!back_get(m, 7, "state"));
	back_set(m, 7, "state", "1");

	CHECK_STR(back_get(m, 7, "state"), "2");
}

TEST(other_guests_may_be_left_to_others)
{
	struct machine *m = machine(t);

	m->options.one_guest = true;
	m->options.guest = 8;
	xl_create(m, 7);
	xl_create(m, 8);
	xl_attach(m, 7, KEYS);
	xl_attach(m, 8, KEYS);

	CHECK_STR(back_get(m, 7, "state"), "1");
	CHECK_STR(back_get(m, 8, "state"), "2");
}

TEST(a_device_of_one_guest_with_the_directory_of_another_is_refused)
{
	struct machine *m = machine(t);

	xl_create(m, 7);
	xl_attach(m, 7, KEYS " frontend=/local/domain/77/device/vbd/51712");
	back_set(m, 7, "frontend", "/local/domain/8/device/vbd/51712");
	back_set(m, 7, "state", "1");

	CHECK_STR(back_get(m, 7, "state"), "6");
	CHECK(machine_logged(m, "pv-null 7/51712: frontend: not the guest's*"));
}

/* Connecting */

TEST(a_guest_may_go_straight_to_connected)
{
	struct machine *m = machine(t);
	struct blkfront *vda = blkfront_new(m, 7, KEYS);

	blkfront_offer(vda, 0);
	blkfront_go(vda, "4");

	CHECK_STR(blkfront_back(vda), "4");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
}

TEST(a_guest_that_connects_without_a_ring_may_start_over)
{
	struct machine *m = machine(t);
	struct blkfront *vda = blkfront_new(m, 7, KEYS);

	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "6");
	CHECK(machine_logged(m, "pv-null 7/51712: guest: ring-ref: *"));

	blkfront_go(vda, "1");
	CHECK_STR(blkfront_back(vda), "2");
	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "4");
}

TEST(order_zero_may_be_written_both_ways)
{
	struct machine *m = machine(t);
	struct blkfront *vda = blkfront_new(m, 7, KEYS);

	blkfront_offer(vda, 0);
	front_set(vda->guest, "ring-page-order", "0");
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "4");

	blkfront_go(vda, "6");
	front_set(vda->guest, "ring-ref0",
		  guest_get(vda->guest, "device/vbd/51712/ring-ref"));
	front_set(vda->guest, "ring-ref", NULL);
	blkfront_go(vda, "1");
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "4");
}

TEST(nonsense_for_a_state_changes_nothing)
{
	struct blkfront *vda = guest_with_disk(t);
	static const char *const nonsense[] = { "",   "4\n",
						"-1", "four",
						"9",  "0x4",
						" 4", "99999999999999999999" };

	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++)
		blkfront_go(vda, nonsense[i]);

	CHECK_STR(blkfront_back(vda), "4");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
}

/* Going */

TEST(closing_is_answered_by_closing_and_closed_by_closed)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_go(vda, "5");
	CHECK_STR(blkfront_back(vda), "5");
	blkfront_go(vda, "6");
	CHECK_STR(blkfront_back(vda), "6");

	CHECK(is_at_rest(vda->m));
}

TEST(a_closing_guest_is_served_until_it_is_closed)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_go(vda, "5");

	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
}

TEST(a_guest_may_come_back_as_often_as_it_wants)
{
	struct blkfront *vda = guest_with_disk(t);

	for (int i = 0; i < 100; i++) {
		blkfront_go(vda, "5");
		blkfront_go(vda, "6");
		blkfront_go(vda, "1");
		machine_wait_ms(vda->m, 1000);
		CHECK_STR(blkfront_back(vda), "2");
		blkfront_offer(vda, 0);
		blkfront_go(vda, "3");
		CHECK_STR(blkfront_back(vda), "4");
		CHECK_EQ(blkfront_read(vda, 0, 1), 0);
	}

	CHECK_EQ(machine_mapped_pages(vda->m), 1);
	CHECK_EQ(machine_ports(vda->m), 1);
}

TEST(a_guest_that_starts_over_never_sees_us_closed)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_go(vda, "1");

	CHECK_STR(blkfront_back(vda), "2");
	CHECK(is_at_rest(vda->m));
}

TEST(the_toolstack_detaches_a_disk_that_the_guest_releases)
{
	struct blkfront *vda = guest_with_disk(t);

	xl_detach(vda->m, 7);
	CHECK_STR(blkfront_back(vda), "5");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0); /* in use: it may refuse */
	blkfront_go(vda, "6");
	CHECK_STR(blkfront_back(vda), "6");
	blkfront_go(vda, "1");

	CHECK_STR(blkfront_back(vda), "6"); /* it is not to come back */
	CHECK(is_at_rest(vda->m));
}

TEST(the_toolstack_detaches_a_disk_that_nobody_uses)
{
	struct machine *m = machine(t);

	blkfront_new(m, 7, KEYS);
	xl_detach(m, 7);

	CHECK_STR(back_get(m, 7, "state"), "6");
}

TEST(a_destroyed_guest_leaves_nothing_behind)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	xl_destroy(m, 7);

	CHECK(is_at_rest(m));
	CHECK(!back_get(m, 7, "state"));
}

TEST(a_guest_without_directory_is_closed)
{
	struct blkfront *vda = guest_with_disk(t);

	xs_set(vda->m, "/local/domain/7/device/vbd/51712", NULL);

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(is_at_rest(vda->m));
}

TEST(a_directory_that_vanished_stays_away)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	xs_set(m, "/local/domain/0/backend/vbd/7", NULL);

	CHECK(is_at_rest(m));
	CHECK(!xs_get(m, "/local/domain/0/backend/vbd/7"));
}

TEST(a_directory_that_is_made_anew_is_a_new_device)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	xs_rm(m, m->toolstack, NULL, "backend/vbd/7/51712", NULL, NULL);
	xl_attach(m, 7, "params=4096");
	CHECK_STR(blkfront_back(vda), "2");
	CHECK(is_at_rest(m));

	blkfront_go(vda, "3");
	CHECK_STR(back_get(m, 7, "sectors"), "4096");
}

TEST(a_domain_with_the_number_of_a_dead_one_is_another)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	xl_destroy(m, 7);
	vda = blkfront_connect(m, 7, "params=4096");

	CHECK_STR(back_get(m, 7, "sectors"), "4096");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
}

/* Attacks */

TEST(a_guest_that_plays_with_its_state_costs_little)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;
	unsigned int binds = world_count(m->hv)->calls[WORLD_BIND];
	char state[2] = "";

	for (int i = 0; i < 10000; i++) {
		state[0] = "61345"[i % 5];
		front_set(vda->guest, "state", state);
		if (i % 100 == 0)
			machine_settle(m);
	}
	machine_settle(m);

	CHECK(world_count(m->hv)->calls[WORLD_BIND] - binds <= 32);
	machine_wait_ms(m, 1000);
	CHECK(world_count(m->hv)->calls[WORLD_BIND] - binds <= 64);
}

TEST(a_guest_that_fills_its_directory_is_taken_for_gone)
{
	struct blkfront *vda = guest_with_disk(t);
	char key[16];

	for (int i = 0; i < 1100; i++) {
		snprintf(key, sizeof(key), "x/%d", i);
		xs_set(vda->m,
		       talloc_asprintf(t->mem,
				       "/local/domain/7/device/vbd/51712/%s",
				       key),
		       "1");
	}
	blkfront_go(vda, "4");

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(machine_logged(vda->m, "pv-null 7/51712: guest: more than *"));
}

TEST(a_guest_that_notifies_for_nothing_is_heard_less_and_less)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;
	struct blk_response rsp;
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 1);

	for (int i = 0; i < 1000; i++) {
		hv_notify(vda->port);
		machine_settle(m);
	}
	pv_dump(m->pv);
	CHECK(machine_logged(m, "* wake_ups=9 *"));

	blkfront_put(vda, &req);
	blkfront_kick(vda);
	CHECK(!blkfront_take(vda, &rsp));
	machine_wait_ms(m, 200);
	CHECK(blkfront_take(vda, &rsp));
	CHECK_EQ(blkfront_write(vda, 0, 1), 0);
}

TEST(a_busy_guest_is_not_taken_for_one_that_notifies_for_nothing)
{
	struct blkfront *vda = guest_with_disk(t);

	for (int i = 0; i < 100; i++) {
		hv_notify(vda->port);
		machine_settle(vda->m);
		CHECK_EQ(blkfront_write(vda, 0, 1), 0);
	}
}

/* Crashes and restarts */

TEST(a_backend_that_ends_in_peace_is_followed_by_another)
{
	struct blkfront *vda = guest_with_disk(t);

	machine_end_backend(vda->m);
	CHECK_STR(blkfront_back(vda), "4");
	machine_start_backend(vda->m);

	CHECK_STR(blkfront_back(vda), "4");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
}

TEST(a_killed_backend_is_followed_by_another)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 1);
	struct blk_response rsp;

	machine_kill_backend(vda->m);
	blkfront_put(vda, &req);
	blkfront_kick(vda);
	CHECK(!blkfront_take(vda, &rsp));
	machine_start_backend(vda->m);

	CHECK(blkfront_take(vda, &rsp));
	CHECK_EQ(rsp.status, 0);
	CHECK_EQ(blkfront_write(vda, 0, 1), 0);
}

TEST(a_successor_that_knows_nothing_of_requests_in_flight_does_not_guess)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	machine_kill_backend(m);
	unlink(talloc_asprintf(m, "%s/vbd-7-51712", m->options.state));
	machine_start_backend(m);

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(machine_logged(m, "*: what is in flight is not known: *"));
}

TEST(a_closing_guest_is_served_after_a_restart_too)
{
	struct blkfront *vda = guest_with_disk(t);

	xl_detach(vda->m, 7);
	machine_kill_backend(vda->m);
	machine_start_backend(vda->m);

	CHECK_STR(blkfront_back(vda), "5");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
	blkfront_go(vda, "6");
	CHECK_STR(blkfront_back(vda), "6");
}

TEST(what_happened_while_nobody_was_there_is_seen)
{
	struct blkfront *vda = guest_with_disk(t);

	machine_kill_backend(vda->m);
	blkfront_go(vda, "6");
	machine_start_backend(vda->m);

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(is_at_rest(vda->m));
}

TEST(a_guest_is_served_while_xenstored_is_away)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	machine_lose_xenstored(m);
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
	blkfront_go(vda, "6");
	CHECK_STR(blkfront_back(vda), "4");

	machine_find_xenstored(m);
	CHECK_STR(blkfront_back(vda), "6");
}
