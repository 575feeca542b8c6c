/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <xen/grant_table.h>

#include "sim/core/core.h"
#include "tests/sim/guests.h"

struct plan {
	uint32_t nth;
	uint32_t times;
	int error;
	uint32_t ms;
	uint32_t flags;
	uint16_t domid;
};

static void plan_fault(uint32_t op, struct plan plan)
{
	struct sim_msg msg = {
		.op = SIM_FAULT,
		.other = plan.domid ?: SIM_DOMID_ANY,
		.arg = { op | (uint64_t)plan.flags << 32,
			 plan.nth | (uint64_t)plan.times << 32,
			 (uint64_t)plan.error, plan.ms },
	};

	CHECK_EQ(sim_call(&msg, NULL), 0);
}

static int map_store(struct test *t, domid_t domid)
{
	errno = 0;
	return xengnttab_map_grant_ref(gnttab_new(t), domid, 1, PROT_READ)
		       ? 0
		       : errno;
}

TEST(the_nth_map_fails)
{
	domid_t domid = guest_new(t);

	plan_fault(SIM_MAP, (struct plan){ 3, 2, ENOMEM });
	CHECK_EQ(map_store(t, domid), 0);
	CHECK_EQ(map_store(t, domid), 0);
	CHECK_EQ(map_store(t, domid), ENOMEM);
	CHECK_EQ(map_store(t, domid), ENOMEM);
	CHECK_EQ(map_store(t, domid), 0);
}

TEST(nobody_else_is_hit)
{
	domid_t domid = guest_new(t);

	plan_fault(SIM_MAP, (struct plan){ 1, 1, ENOMEM, .domid = domid });
	CHECK_EQ(map_store(t, domid), 0); /* we are domain 0 */
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

TEST(a_reply_can_be_late)
{
	domid_t domid = guest_new(t);
	uint64_t start;

	plan_fault(SIM_MAP, (struct plan){ 1, 1, .ms = 200 });
	start = now_ms();
	CHECK_EQ(map_store(t, domid), 0);
	CHECK(now_ms() - start >= 200);
}

TEST(a_dropped_connection_is_an_error_and_then_a_new_one)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);

	plan_fault(SIM_MAP, (struct plan){ 1, 1, .flags = SIM_FAULT_DROP });
	CHECK(map_store(t, domid) != 0);
	CHECK_EQ(map_store(t, domid), 0);

	/* what was opened before goes on */
	CHECK_EQ(xenevtchn_notify(channel.host, channel.host_port), 0);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
}

TEST(the_nth_copy_fails)
{
	domid_t domid = guest_new(t);
	char byte;
	xengnttab_grant_copy_segment_t segs[3];

	for (int i = 0; i < 3; i++)
		segs[i] = (xengnttab_grant_copy_segment_t){
			.source.foreign = { 1, 0, domid },
			.dest.virt = &byte,
			.len = 1,
			.flags = GNTCOPY_source_gref,
		};
	sim_tables()->copy_fault = 2;
	CHECK_EQ(xengnttab_grant_copy(gnttab_new(t), 3, segs), 0);
	CHECK_EQ(segs[0].status, GNTST_okay);
	CHECK_EQ(segs[1].status, GNTST_general_error);
	CHECK_EQ(segs[2].status, GNTST_okay);
}

static uint64_t count(domid_t domid, enum sim_count what)
{
	return sim_tables()->domain[domid].count[what];
}

TEST(what_was_asked_for_is_counted)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);
	uint64_t maps = count(0, SIM_COUNT_MAP);
	uint64_t unmaps = count(0, SIM_COUNT_UNMAP);
	uint64_t sent = count(domid, SIM_COUNT_NOTIFY);
	uint64_t events = count(0, SIM_COUNT_EVENT);
	xengnttab_handle *xgt = gnttab_new(t);
	void *page = xengnttab_map_grant_ref(xgt, domid, 1, PROT_READ);

	xengnttab_unmap(xgt, page, 1);
	CHECK_EQ(count(0, SIM_COUNT_MAP), maps + 1);
	CHECK_EQ(count(0, SIM_COUNT_UNMAP), unmaps + 1);
	for (int i = 0; i < 5; i++)
		xenevtchn_notify(channel.guest, channel.guest_port);
	CHECK_EQ(count(domid, SIM_COUNT_NOTIFY), sent + 5);
	CHECK_EQ(count(0, SIM_COUNT_EVENT), events + 1);
}

TEST(copies_and_their_bytes_are_counted)
{
	domid_t domid = guest_new(t);
	uint64_t copies = count(0, SIM_COUNT_COPY);
	uint64_t bytes = count(0, SIM_COUNT_COPY_BYTES);
	uint64_t control = count(0, SIM_COUNT_CONTROL);
	xengnttab_handle *xgt = gnttab_new(t);
	char text[100];
	xengnttab_grant_copy_segment_t seg = {
		.source.foreign = { 1, 0, domid },
		.dest.virt = text,
		.len = 100,
		.flags = GNTCOPY_source_gref,
	};

	for (int i = 0; i < 7; i++)
		CHECK_EQ(xengnttab_grant_copy(xgt, 1, &seg), 0);
	CHECK_EQ(count(0, SIM_COUNT_COPY), copies + 7);
	CHECK_EQ(count(0, SIM_COUNT_COPY_BYTES), bytes + 700);
	CHECK_EQ(count(0, SIM_COUNT_CONTROL), control + 1); /* the open */
}
