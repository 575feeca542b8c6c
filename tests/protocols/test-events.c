/* SPDX-License-Identifier: MIT */

#include "protocols/events.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

/* As for sound and displays: 63 events of 64 bytes on a page. */
static const struct events_layout layout = { 0, 64, 63, 64 };

enum { CONS, PROD };

/* One page, seen from both ends. */
struct pair {
	_Alignas(4096) uint32_t page[1024];
	struct events_out out;
	struct events_in in;
};

static void pair_init(struct pair *p, uint32_t start)
{
	memset(p->page, 0, sizeof(p->page));
	p->page[CONS] = p->page[PROD] = start;
	events_out_init(&p->out, p->page, &layout);
	events_in_init(&p->in, p->page, &layout);
}

static bool send(struct pair *p, char what)
{
	char event[64] = { what };

	events_put(&p->out, event);
	return events_publish(&p->out);
}

static char take(struct pair *p)
{
	char event[64] = { 0 };

	if (events_ready(&p->in) > 0)
		events_take(&p->in, event);
	events_release(&p->in);

	return event[0];
}

TEST(events_come_out_in_order)
{
	struct pair p;

	pair_init(&p, 0);
	CHECK(send(&p, 'a'));
	CHECK(send(&p, 'b'));

	CHECK_EQ(events_ready(&p.in), 2);
	CHECK_EQ(take(&p), 'a');
	CHECK_EQ(take(&p), 'b');
	CHECK_EQ(take(&p), 0);
	CHECK_EQ(p.page[CONS], 2);
}

TEST(an_event_is_seen_when_it_is_published_and_not_before)
{
	struct pair p;

	pair_init(&p, 0);
	events_put(&p.out, (char[64]){ 'a' });
	CHECK_EQ(events_ready(&p.in), 0);

	CHECK(events_publish(&p.out));
	CHECK_EQ(events_ready(&p.in), 1);
}

TEST(nothing_new_is_nothing_to_notify_of)
{
	struct pair p;

	pair_init(&p, 0);
	CHECK(!events_publish(&p.out));
	CHECK(send(&p, 'a'));
	CHECK(!events_publish(&p.out));
}

TEST(a_page_holds_63_events_until_they_are_read)
{
	struct pair p;

	pair_init(&p, 0);
	for (int i = 0; i < 63; i++) {
		CHECK_EQ(events_room(&p.out), 63 - i);
		send(&p, i);
	}
	CHECK_EQ(events_room(&p.out), 0);
	CHECK_EQ(events_ready(&p.in), 63);

	CHECK_EQ(take(&p), 0);
	CHECK_EQ(events_room(&p.out), 1);
}

TEST(what_is_not_published_takes_up_room_too)
{
	struct pair p;

	pair_init(&p, 0);
	send(&p, 'a');
	events_put(&p.out, (char[64]){ 'b' });

	CHECK_EQ(events_room(&p.out), 61);
}

TEST(events_go_round)
{
	struct pair p;

	pair_init(&p, 0);
	for (int i = 0; i < 200; i++) {
		send(&p, i);
		CHECK_EQ(take(&p), (char)i);
	}
}

TEST(indices_may_wrap)
{
	struct pair p;

	pair_init(&p, UINT32_MAX);
	send(&p, 'a');
	CHECK_EQ(take(&p), 'a');
	send(&p, 'b');

	CHECK_EQ(p.page[PROD], 1);
	CHECK_EQ(take(&p), 'b');
	CHECK_EQ(events_room(&p.out), 63);
}

TEST(where_an_index_wraps_no_unread_event_is_overwritten)
{
	struct pair p;

	pair_init(&p, UINT32_MAX - 1);
	CHECK_EQ(events_room(&p.out), 2);
	send(&p, 'a');
	send(&p, 'b');
	CHECK_EQ(events_room(&p.out), 0); /* slot 3 is 'b' and would be next */

	CHECK_EQ(take(&p), 'a');
	CHECK_EQ(events_room(&p.out), 0);
	CHECK_EQ(take(&p), 'b');
	CHECK_EQ(events_room(&p.out), 63);
}

TEST(a_reader_that_cannot_be_where_it_says_gets_nothing_more)
{
	struct pair p;

	pair_init(&p, 0);
	send(&p, 'a');
	p.page[CONS] = 2; /* more than there were */
	CHECK_EQ(events_room(&p.out), 0);
	p.page[CONS] = UINT32_MAX; /* going back */
	CHECK_EQ(events_room(&p.out), 61);
	p.page[CONS] = 1U << 31;
	CHECK_EQ(events_room(&p.out), 0);
	p.page[CONS] = 1;
	CHECK_EQ(events_room(&p.out), 63);
}

TEST(a_reader_cannot_make_us_put_more_than_the_page_holds)
{
	struct pair p;
	int n = 0;

	pair_init(&p, 0);
	while (events_room(&p.out) > 0) {
		events_put(&p.out, (char[64]){ 'a' });
		p.page[CONS] = ++n; /* pretend to have read it already */
	}
	CHECK(n < 63);
	p.page[CONS] = 0;
	CHECK_EQ(events_room(&p.out), 63 - n);
}

TEST(our_own_index_on_the_page_is_never_believed)
{
	struct pair p;

	pair_init(&p, 0);
	send(&p, 'a');
	p.page[PROD] = 77;
	send(&p, 'b');

	CHECK_EQ(p.page[PROD], 2);
}

TEST(a_writer_that_claims_too_much_is_caught)
{
	struct pair p;

	pair_init(&p, 0);
	p.page[PROD] = 63;
	CHECK_EQ(events_ready(&p.in), 63);
	p.page[PROD] = 64;
	CHECK_EQ(events_ready(&p.in), -EPROTO);
	p.page[PROD] = UINT32_MAX;
	CHECK_EQ(events_ready(&p.in), -EPROTO);
}

TEST(a_taken_event_no_longer_changes)
{
	struct pair p;
	char event[64];

	pair_init(&p, 0);
	send(&p, 'a');
	events_take(&p.in, event);
	memset(p.page, 'z', sizeof(p.page));

	CHECK_EQ(event[0], 'a');
	CHECK_EQ(event[63], 0);
}

TEST(a_page_is_taken_over_where_its_events_end)
{
	struct pair p;

	pair_init(&p, 0);
	send(&p, 'a');
	take(&p);
	send(&p, 'b');
	events_out_init(&p.out, p.page, &layout);

	send(&p, 'c');
	CHECK_EQ(p.out.put, 3);
	CHECK_EQ(take(&p), 'b');
	CHECK_EQ(take(&p), 'c');
}
