/* SPDX-License-Identifier: MIT */

#include "protocols/calls-ring.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

static struct calls_ring_page page;
static uint8_t data[4 * XEN_PAGE_SIZE];

TEST(each_direction_has_half_of_the_pages)
{
	struct duplex guest = duplex_guest(&page, data, 2);
	struct duplex host = duplex_host(&page, data, 2);
	char back[3] = "";

	CHECK_EQ(bytes_room(&guest.out), 2 * XEN_PAGE_SIZE);
	bytes_put(&guest.out, "ab", 3);
	bytes_put(&host.out, "cd", 3);

	CHECK(!memcmp(data, "cd", 3));
	CHECK(!memcmp(data + 2 * XEN_PAGE_SIZE, "ab", 3));
	CHECK_EQ(bytes_ready(&host.in), 3);
	bytes_peek(&guest.in, 0, back, 3);
	CHECK_STR(back, "cd");
}

TEST(the_pages_are_named_behind_their_order)
{
	grant_ref_t refs[DUPLEX_PAGES_MAX] = { 0 };

	page.order = 9;
	page.refs[0] = 7;
	page.refs[511] = 8;

	CHECK_EQ(duplex_refs(&calls_ring_layout, &page, 9, refs), 9);
	CHECK_EQ(refs[0], 7);
	CHECK_EQ(refs[511], 8);
}

TEST(an_order_that_was_not_offered_is_refused)
{
	static const uint32_t orders[] = { 0, 5, 10, 32, UINT32_MAX };
	grant_ref_t refs[DUPLEX_PAGES_MAX];

	for (int i = 0; i < 5; i++) {
		page.order = orders[i];
		CHECK_EQ(duplex_refs(&calls_ring_layout, &page, 4, refs),
			 -EPROTO);
	}
}

TEST(all_is_read_when_the_guest_says_so)
{
	struct duplex host = duplex_host(&page, data, 1);

	CHECK_EQ(calls_ring_is_read(&host), 1);
	bytes_put(&host.out, "ab", 2);
	CHECK_EQ(calls_ring_is_read(&host), 0);
	page.in_cons = 2;
	CHECK_EQ(calls_ring_is_read(&host), 1);
	page.in_cons = 3;
	CHECK_EQ(calls_ring_is_read(&host), -EPROTO);
}

TEST(errors_are_negative_and_nothing_else_is_one)
{
	calls_ring_end_in(&page, CALLS_RING_END);
	calls_ring_end_out(&page, -ECONNRESET);
	CHECK_EQ(calls_ring_in_error(&page), -ENOTCONN);
	CHECK_EQ(calls_ring_out_error(&page), -ECONNRESET);

	page.in_error = 1;
	CHECK_EQ(calls_ring_in_error(&page), 0);
}
