/* SPDX-License-Identifier: MIT */

/*
 * pv-blk as a guest knows it that wants to break out.  Besides what each test
 * says, nothing may crash, and the sanitizers have nothing to say.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "backends/blk/blk.h"
#include "base/array.h"
#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

#define SECTORS   (16U << 11) /* of memory:16M */
#define NO_ANSWER -77

static struct blkfront *guest_with_disk(struct test *t)
{
	return blkfront_connect(machine_new(t, &blk_backend), 7, "");
}

/* Send a slot of bytes; the status of the response that has its id. */
static int send_slot(struct blkfront *vda, const uint8_t *slot)
{
	struct blk_response rsp;
	uint64_t id;

	memcpy(&id, slot + 8, sizeof(id));
	blkfront_put_slot(vda, slot);
	blkfront_kick(vda);
	if (!blkfront_take(vda, &rsp))
		return NO_ANSWER;

	CHECK(rsp.id == id);
	return rsp.status;
}

static int send_bytes(struct blkfront *vda, uint8_t op, uint8_t n_segments,
		      uint8_t first, uint8_t last)
{
	uint8_t slot[RING_SLOT_MAX] = {
		op, n_segments, [8] = 0x2a, [28] = first, last,
	};

	memcpy(slot + 24, &vda->refs[0], sizeof(vda->refs[0]));
	return send_slot(vda, slot);
}

/* It is served as if nothing had happened. */
static bool is_well(struct blkfront *vda)
{
	strcpy(blkfront_data(vda), "well");
	if (blkfront_write(vda, 0, 1) != 0)
		return false;
	strcpy(blkfront_data(vda), "");

	return blkfront_read(vda, 0, 1) == 0 &&
	       !strcmp(blkfront_data(vda), "well");
}

static bool is_cut_off(struct blkfront *vda)
{
	return !strcmp(blkfront_back(vda), "6") &&
	       machine_mapped_pages(vda->m) == 0 && machine_ports(vda->m) == 0;
}

/* The ring */

TEST(a_guest_that_lies_about_its_ring_is_cut_off)
{
	static const uint32_t lies[] = { 33, 1U << 31, UINT32_MAX, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct blkfront *vda = guest_with_disk(t);

		blkfront_page(vda)->req_prod = lies[i];
		hv_notify(vda->port);
		machine_settle(vda->m);

		CHECK(is_cut_off(vda));
		CHECK(machine_logged(vda->m,
				     "pv-blk 7/51712: guest: its ring has *"));
	}
}

TEST(a_guest_that_takes_requests_back_is_cut_off)
{
	struct blkfront *vda = guest_with_disk(t);

	CHECK(is_well(vda));
	blkfront_page(vda)->req_prod = 1;
	hv_notify(vda->port);
	machine_settle(vda->m);

	CHECK(is_cut_off(vda));
}

TEST(a_guest_that_was_cut_off_may_start_over)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_page(vda)->req_prod = 1000;
	hv_notify(vda->port);
	machine_settle(vda->m);
	blkfront_go(vda, "1");
	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");

	CHECK(is_well(vda));
}

TEST(what_a_guest_writes_into_our_indices_is_not_believed)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_page(vda)->rsp_prod = 12345;

	CHECK(is_well(vda));
	CHECK_EQ(blkfront_page(vda)->rsp_prod, 2);
}

TEST(a_guest_that_never_reads_responses_can_send_no_more)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_READ, 0, 1);

	for (int i = 0; i < 32; i++)
		blkfront_put(vda, &req);
	blkfront_kick(vda);
	CHECK_EQ(ring_ready(&vda->ring), 32);
	blkfront_page(vda)->req_prod += 33;
	hv_notify(vda->port);
	machine_settle(vda->m);

	CHECK(is_cut_off(vda));
}

/* Slots */

TEST(too_many_segments_are_an_error_each_time)
{
	struct blkfront *vda = guest_with_disk(t);
	static const uint8_t counts[] = { 0, 12, 32, 255 };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		CHECK_EQ(send_bytes(vda, BLK_READ, counts[i], 0, 0), BLK_ERROR);
		CHECK_EQ(send_bytes(vda, BLK_WRITE, counts[i], 0, 0),
			 BLK_ERROR);
	}
	CHECK(is_well(vda));
}

TEST(a_segment_outside_its_page_is_an_error)
{
	struct blkfront *vda = guest_with_disk(t);

	CHECK_EQ(send_bytes(vda, BLK_READ, 1, 1, 0), BLK_ERROR);
	CHECK_EQ(send_bytes(vda, BLK_READ, 1, 0, 8), BLK_ERROR);
	CHECK_EQ(send_bytes(vda, BLK_WRITE, 1, 8, 8), BLK_ERROR);
	CHECK_EQ(send_bytes(vda, BLK_WRITE, 1, 255, 255), BLK_ERROR);
	CHECK(is_well(vda));
}

TEST(unknown_requests_are_not_supported)
{
	struct blkfront *vda = guest_with_disk(t);

	for (unsigned int op = 4; op < 256; op++) {
		if (op != BLK_DISCARD && op != BLK_INDIRECT)
			CHECK_EQ(send_bytes(vda, op, 255, 9, 9),
				 BLK_NOT_SUPPORTED);
	}
	CHECK_EQ(send_bytes(vda, BLK_BARRIER, 1, 0, 0), BLK_NOT_SUPPORTED);
	CHECK(is_well(vda));
}

TEST(indirect_requests_are_refused_whatever_is_in_them)
{
	struct blkfront *vda = guest_with_disk(t);
	static const uint16_t counts[] = { 0, 1, 256, 257, 4096, 4097, 65535 };

	for (unsigned int inner = 0; inner < 8; inner++) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
			uint8_t slot[RING_SLOT_MAX] = { BLK_INDIRECT, inner,
							counts[i] & 0xff,
							counts[i] >> 8 };

			CHECK(send_slot(vda, slot) < 0);
		}
	}
	CHECK(is_well(vda));
}

TEST(no_request_leaves_the_disk)
{
	struct blkfront *vda = guest_with_disk(t);
	static const uint64_t sectors[] = {
		SECTORS,
		SECTORS - 7,
		SECTORS + 1,
		(uint64_t)1 << 55,
		((uint64_t)1 << 55) - 1,
		UINT64_MAX - 7,
		UINT64_MAX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(sectors); i++) {
		CHECK_EQ(blkfront_read(vda, sectors[i], 8), BLK_ERROR);
		CHECK_EQ(blkfront_write(vda, sectors[i], 8), BLK_ERROR);
		CHECK_EQ(blkfront_discard(vda, sectors[i], 8), BLK_ERROR);
	}
	CHECK_EQ(blkfront_read(vda, SECTORS - 8, 8), 0);
	CHECK_EQ(blkfront_write(vda, SECTORS - 8, 8), 0);
}

TEST(no_discard_leaves_the_disk)
{
	struct blkfront *vda = guest_with_disk(t);

	CHECK_EQ(blkfront_discard(vda, 0, UINT64_MAX), BLK_ERROR);
	CHECK_EQ(blkfront_discard(vda, 1, UINT64_MAX), BLK_ERROR);
	CHECK_EQ(blkfront_discard(vda, 0, (uint64_t)1 << 63), BLK_ERROR);
	CHECK_EQ(blkfront_discard(vda, 0, SECTORS + 1), BLK_ERROR);
	CHECK_EQ(blkfront_discard(vda, 0, 0), 0);
	CHECK_EQ(blkfront_discard(vda, 0, SECTORS), 0);
	CHECK(is_well(vda));
}

TEST(an_id_is_the_guests_own_business)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_READ, 0, 1);
	struct blk_response rsp;

	req.id = UINT64_MAX;
	blkfront_put(vda, &req);
	blkfront_put(vda, &req);
	req.id = 0;
	blkfront_put(vda, &req);
	blkfront_kick(vda);

	CHECK(blkfront_take(vda, &rsp) && rsp.id == UINT64_MAX);
	CHECK(blkfront_take(vda, &rsp) && rsp.id == UINT64_MAX);
	CHECK(blkfront_take(vda, &rsp) && rsp.id == 0);
	CHECK(!blkfront_take(vda, &rsp));
}

TEST(the_padding_of_a_response_is_zero)
{
	struct blkfront *vda = guest_with_disk(t);
	uint8_t *slots = blkfront_page(vda)->slots;

	memset(slots, 'x', RING_SLOT_MAX);
	CHECK_EQ(blkfront_flush(vda), 0);

	CHECK_EQ(slots[9], 0);
	for (int i = 12; i < 16; i++)
		CHECK_EQ(slots[i], 0);
}

/* A thread that changes everything all the time. */
struct flipper {
	uint8_t *slots;
	atomic_bool stop;
};

static void *flip(void *arg)
{
	struct flipper *flipper = arg;
	uint32_t seed = 1;

	while (!atomic_load(&flipper->stop)) {
		seed = seed * 1664525 + 1013904223;
		__atomic_store_n(&flipper->slots[(seed >> 8) % (4096 - 64)],
				 seed >> 24, __ATOMIC_RELAXED);
	}
	return NULL;
}

TEST(slots_that_change_while_they_are_read_do_no_harm)
{
	struct blkfront *vda = guest_with_disk(t);
	struct flipper flipper = { blkfront_page(vda)->slots, false };
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 88);
	unsigned int n = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, flip, &flipper);
	for (int round = 0; round < 500; round++) {
		while (ring_room(&vda->ring))
			blkfront_put(vda, &req);
		blkfront_kick(vda);
		for (; ring_ready(&vda->ring) > 0; n++)
			ring_take(&vda->ring, &(char){ 0 }, 1);
		ring_rearm(&vda->ring);
	}
	atomic_store(&flipper.stop, true);
	pthread_join(thread, NULL);

	CHECK_EQ(n, 500 * 32);
	CHECK(is_well(vda));
}

/* Grants */

TEST(a_page_that_was_not_granted_is_an_error)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 24);

	req.segment[1].ref = 99999;
	CHECK_EQ(blkfront_do(vda, &req), BLK_ERROR);
	req.op = BLK_READ;
	CHECK_EQ(blkfront_do(vda, &req), BLK_ERROR);
	CHECK(is_well(vda));
}

TEST(a_write_with_a_bad_page_writes_nothing)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 16);

	strcpy(blkfront_data(vda), "half");
	req.segment[1].ref = 99999;
	CHECK_EQ(blkfront_do(vda, &req), BLK_ERROR);
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);

	CHECK_STR(blkfront_data(vda), "");
}

TEST(a_bad_page_in_one_request_is_no_matter_to_the_next)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request bad = blkfront_request(vda, BLK_WRITE, 0, 8);
	struct blk_request good = blkfront_request(vda, BLK_WRITE, 8, 8);
	struct blk_response rsp;

	bad.segment[0].ref = 99999;
	blkfront_put(vda, &good);
	blkfront_put(vda, &bad);
	blkfront_put(vda, &good);
	blkfront_kick(vda);

	for (int i = 0; i < 3; i++) {
		CHECK(blkfront_take(vda, &rsp));
		CHECK_EQ(rsp.status, rsp.id == bad.id ? BLK_ERROR : BLK_OK);
	}
}

TEST(what_is_granted_for_reading_is_not_written)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_READ, 0, 1);
	struct guest *guest = vda->guest;
	struct hv_pages *page;

	CHECK_EQ(hv_share(guest, guest->hv, 0, 1, HV_READ, &req.segment[0].ref,
			  &page),
		 0);

	CHECK_EQ(blkfront_do(vda, &req), BLK_ERROR);
	req.op = BLK_WRITE;
	CHECK_EQ(blkfront_do(vda, &req), 0);
}

TEST(a_page_may_be_named_twice)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request req = blkfront_request(vda, BLK_WRITE, 0, 16);

	strcpy(blkfront_data(vda), "twice");
	req.segment[1].ref = req.segment[0].ref;
	CHECK_EQ(blkfront_do(vda, &req), 0);
	CHECK_EQ(blkfront_read(vda, 8, 1), 0);

	CHECK_STR(blkfront_data(vda), "twice");
}

/* Keys */

static void connect_with(struct blkfront *vda, const char *key,
			 const char *value)
{
	machine_wait_ms(vda->m, 1000);
	blkfront_go(vda, "1");
	front_set(vda->guest, "ring-page-order", NULL);
	front_set(vda->guest, "multi-queue-num-queues", NULL);
	blkfront_offer(vda, 0);
	front_set(vda->guest, key, value);
	blkfront_go(vda, "3");
}

/* A connection with each value is refused, and a proper one then made. */
static void refuses(struct test *t, const char *key, const char *const *values,
		    size_t n)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "");

	for (size_t i = 0; i < n; i++) {
		connect_with(vda, key, values[i]);
		if (!is_cut_off(vda))
			test_fail(__FILE__, __LINE__, "%s \"%s\" is taken", key,
				  values[i] ?: "(none)");
	}
	connect_with(vda, "x", "y");
	CHECK(is_well(vda));
}

static char junk[2001];

TEST(an_order_must_be_a_small_number)
{
	static const char *const orders[] = {
		"5",   "31", "4294967295", "4294967296", "-1", "0x4",
		"4\n", "",   " 1",         "1 ",         junk,
	};

	memset(junk, 'j', sizeof(junk) - 1);
	refuses(t, "ring-page-order", orders, ARRAY_SIZE(orders));
}

TEST(a_ring_must_be_granted)
{
	static const char *const refs[] = { NULL, "0",  "99999", "4294967295",
					    "-1", junk, "" };

	refuses(t, "ring-ref", refs, ARRAY_SIZE(refs));
}

TEST(an_event_channel_must_be_offered)
{
	static const char *const ports[] = { NULL, "0",  "77", "4294967295",
					     "-1", junk, "" };

	refuses(t, "event-channel", ports, ARRAY_SIZE(ports));
}

TEST(queues_must_be_a_few)
{
	static const char *const queues[] = { "0", "5",  "1000000000",
					      "2", junk, "" };

	refuses(t, "multi-queue-num-queues", queues, ARRAY_SIZE(queues));
}

TEST(a_protocol_must_be_known)
{
	static const char *const protocols[] = { "x86_64", "arm-abi", "",
						 junk };

	refuses(t, "protocol", protocols, ARRAY_SIZE(protocols));
}

TEST(two_queues_may_not_share_a_port_but_a_page)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "");
	char port[16], ref[16];

	front_set(vda->guest, "multi-queue-num-queues", "2");
	blkfront_offer_queue(vda, "queue-1/");
	snprintf(ref, sizeof(ref), "%u", vda->ring_refs[0]);
	snprintf(port, sizeof(port), "%u", hv_port_number(vda->port));
	blkfront_offer_queue(vda, "queue-0/");
	front_set(vda->guest, "queue-0/ring-ref", ref);
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "4");

	blkfront_go(vda, "1");
	front_set(vda->guest, "queue-0/event-channel", port);
	blkfront_go(vda, "3");
	CHECK(is_cut_off(vda));
}

/* Sudden ends */

static void send_many(struct blkfront *vda)
{
	for (unsigned int i = 0; ring_room(&vda->ring); i++) {
		struct blk_request req = blkfront_request(
			vda, i % 2 ? BLK_READ : BLK_WRITE, i, 88);

		blkfront_put(vda, &req);
	}
	ring_publish(&vda->ring);
	hv_notify(vda->port);
}

TEST(a_guest_that_closes_in_the_middle_of_io_is_let_go)
{
	struct blkfront *vda = guest_with_disk(t);

	for (int i = 0; i < 10; i++) {
		send_many(vda);
		blkfront_go(vda, "6");
		CHECK(is_cut_off(vda));
		machine_wait_ms(vda->m, 1000);
		blkfront_go(vda, "1");
		blkfront_offer(vda, 0);
		blkfront_go(vda, "3");
	}
	CHECK(is_well(vda));
}

TEST(a_guest_whose_directory_vanishes_in_the_middle_of_io_is_let_go)
{
	struct blkfront *vda = guest_with_disk(t);

	send_many(vda);
	xs_set(vda->m, "/local/domain/7/device", NULL);

	CHECK(is_cut_off(vda));
}

TEST(a_guest_that_is_killed_in_the_middle_of_io_is_let_go)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	send_many(vda);
	xl_destroy(m, 7);

	CHECK_EQ(machine_mapped_pages(m), 0);
	CHECK_EQ(machine_ports(m), 0);
	CHECK(!back_get(m, 7, "state"));
}

TEST(a_guest_that_dies_by_itself_in_the_middle_of_io_is_let_go)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;

	send_many(vda);
	CHECK_EQ(world_destroy(m->world, 7), 0);
	machine_settle(m);

	CHECK(is_cut_off(vda));
}

TEST(a_guest_that_toggles_its_state_under_io_gets_no_answer_twice)
{
	struct blkfront *vda = guest_with_disk(t);
	static const char *const states[] = { "1", "3", "4", "5", "6" };

	for (int i = 0; i < 5000; i++) {
		if (i % 50 == 0 && ring_ready(&vda->ring) >= 0)
			send_many(vda);
		front_set(vda->guest, "state", states[i * 7 % 5]);
		if (i % 20 == 0)
			machine_wait_ms(vda->m, 1);
		CHECK(ring_ready(&vda->ring) >= 0);
		while (ring_ready(&vda->ring) > 0)
			ring_take(&vda->ring, &(char){ 0 }, 1);
	}
}

TEST(a_thousand_connections_leave_nothing_behind)
{
	struct blkfront *vda = guest_with_disk(t);
	struct machine *m = vda->m;
	size_t blocks = 0;

	for (int i = 0; i < 1000; i++) {
		blkfront_go(vda, "6");
		machine_wait_ms(m, 1000);
		if (i == 100)
			blocks = talloc_total_blocks(m->pv);
		blkfront_go(vda, "1");
		blkfront_offer(vda, 0);
		blkfront_go(vda, "3");
	}
	blkfront_go(vda, "6");

	CHECK(is_cut_off(vda));
	CHECK_EQ(talloc_total_blocks(m->pv), blocks);
}
