/* SPDX-License-Identifier: MIT */

#include "protocols/ring.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

#define SLOT 112 /* blkif on x86_64: 32 of them on a page */

/* One ring, seen from both ends. */
struct pair {
	_Alignas(4096) uint8_t page[4096];
	struct ring_shared *shared;
	struct ring guest;
	struct ring host;
};

static void pair_init(struct pair *p)
{
	memset(p->page, 0, sizeof(p->page));
	p->shared = (void *)p->page;
	ring_init_guest(&p->guest, p->page, sizeof(p->page), SLOT);
	ring_init_host(&p->host, p->page, sizeof(p->page), SLOT);
}

static bool send(struct ring *ring, char what)
{
	ring_put(ring, &what, 1);
	return ring_publish(ring);
}

static char take(struct ring *ring)
{
	char what = '\0';

	if (ring_ready(ring) > 0)
		ring_take(ring, &what, 1);

	return what;
}

TEST(a_page_holds_32_blk_requests_and_16_pages_512)
{
	CHECK_EQ(ring_n_slots(4096, SLOT), 32);
	CHECK_EQ(ring_n_slots(2 * 4096, SLOT), 64);
	CHECK_EQ(ring_n_slots(16 * 4096, SLOT), 512);
	CHECK_EQ(ring_n_slots(4096, 108), 32);
}

TEST(requests_come_out_in_order_and_so_do_responses)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	send(&p.guest, 'b');

	CHECK_EQ(ring_ready(&p.host), 2);
	CHECK_EQ(take(&p.host), 'a');
	CHECK_EQ(take(&p.host), 'b');
	CHECK_EQ(take(&p.host), '\0');

	send(&p.host, 'B');
	send(&p.host, 'A');
	CHECK_EQ(take(&p.guest), 'B');
	CHECK_EQ(take(&p.guest), 'A');
	CHECK_EQ(take(&p.guest), '\0');
}

TEST(a_taken_request_no_longer_changes)
{
	struct pair p;
	char slot[SLOT];

	pair_init(&p);
	send(&p.guest, 'a');
	ring_take(&p.host, slot, sizeof(slot));
	memset(p.page, 'z', sizeof(p.page));

	CHECK_EQ(slot[0], 'a');
	CHECK_EQ(slot[1], '\0');
}

TEST(a_guest_that_claims_too_much_is_caught)
{
	struct pair p;

	pair_init(&p);
	p.shared->req_prod = 32;
	CHECK_EQ(ring_ready(&p.host), 32);
	p.shared->req_prod = 33;
	CHECK_EQ(ring_ready(&p.host), -EPROTO);
	p.shared->req_prod = 1U << 31;
	CHECK_EQ(ring_ready(&p.host), -EPROTO);
}

TEST(a_guest_that_takes_requests_back_is_caught)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	send(&p.guest, 'b');
	CHECK_EQ(take(&p.host), 'a');
	CHECK_EQ(take(&p.host), 'b');

	p.shared->req_prod = 1;
	CHECK_EQ(ring_ready(&p.host), -EPROTO);
}

TEST(unanswered_requests_take_up_room)
{
	struct pair p;

	pair_init(&p);
	for (int i = 0; i < 32; i++)
		send(&p.guest, 'a');
	for (int i = 0; i < 32; i++)
		CHECK_EQ(take(&p.host), 'a');

	p.shared->req_prod++;
	CHECK_EQ(ring_ready(&p.host), -EPROTO);
	CHECK_EQ(ring_room(&p.host), 32);
}

TEST(a_host_that_answers_what_nobody_asked_is_caught)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	p.shared->rsp_prod = 2;
	CHECK_EQ(ring_ready(&p.guest), -EPROTO);
	p.shared->rsp_prod = UINT32_MAX;
	CHECK_EQ(ring_ready(&p.guest), -EPROTO);
}

TEST(there_is_room_for_what_the_other_end_can_take)
{
	struct pair p;

	pair_init(&p);
	CHECK_EQ(ring_room(&p.guest), 32);
	CHECK_EQ(ring_room(&p.host), 0);

	send(&p.guest, 'a');
	take(&p.host);
	CHECK_EQ(ring_room(&p.guest), 31);
	CHECK_EQ(ring_room(&p.host), 1);

	send(&p.host, 'A');
	CHECK_EQ(ring_room(&p.guest), 31);
	take(&p.guest);
	CHECK_EQ(ring_room(&p.guest), 32);
}

TEST(indices_may_wrap)
{
	struct pair p;

	pair_init(&p);
	p.shared->req_prod = p.shared->rsp_prod = UINT32_MAX;
	ring_init_host(&p.host, p.page, sizeof(p.page), SLOT);
	p.guest.put = p.guest.published = p.guest.taken = UINT32_MAX;

	send(&p.guest, 'w');
	CHECK_EQ(take(&p.host), 'w');
	send(&p.host, 'W');
	CHECK_EQ(p.shared->rsp_prod, 0);
	CHECK_EQ(take(&p.guest), 'W');
}

TEST(our_own_index_on_the_page_is_never_believed)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	send(&p.guest, 'b');
	take(&p.host);
	take(&p.host);
	send(&p.host, 'A');
	p.shared->rsp_prod = 77;
	send(&p.host, 'B');

	CHECK_EQ(p.shared->rsp_prod, 2);
}

TEST(the_guest_is_notified_only_if_it_asked)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	send(&p.guest, 'b');
	p.shared->rsp_event = 2;
	take(&p.host);
	take(&p.host);

	CHECK(!send(&p.host, 'A'));
	CHECK(send(&p.host, 'B'));
	CHECK(!ring_publish(&p.host));
}

TEST(the_host_is_not_notified_while_it_is_busy)
{
	struct pair p;

	pair_init(&p);
	CHECK(send(&p.guest, 'a'));
	CHECK(!send(&p.guest, 'b'));
	CHECK(ring_rearm(&p.host));
	take(&p.host);
	take(&p.host);

	CHECK(!ring_rearm(&p.host));
	CHECK(send(&p.guest, 'c'));
}

TEST(a_ring_is_taken_over_where_its_responses_end)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	take(&p.host);
	send(&p.host, 'A');
	send(&p.guest, 'b');
	ring_init_host(&p.host, p.page, sizeof(p.page), SLOT);

	CHECK_EQ(take(&p.host), 'b');
	send(&p.host, 'B');
	CHECK_EQ(take(&p.guest), 'A');
	CHECK_EQ(take(&p.guest), 'B');
}

TEST(a_ring_is_taken_over_with_requests_in_flight)
{
	struct pair p;

	pair_init(&p);
	send(&p.guest, 'a');
	send(&p.guest, 'b');
	take(&p.host);
	ring_init_host(&p.host, p.page, sizeof(p.page), SLOT);
	ring_resume(&p.host, 1);

	CHECK_EQ(ring_room(&p.host), 1);
	CHECK_EQ(take(&p.host), 'b');
	send(&p.host, 'A');
	send(&p.host, 'B');
	CHECK_EQ(take(&p.guest), 'A');
	CHECK_EQ(take(&p.guest), 'B');
}
