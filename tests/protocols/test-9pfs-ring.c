/* SPDX-License-Identifier: MIT */

#include "protocols/9pfs-ring.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

#define HALF XEN_PAGE_SIZE

/* A ring of two pages, and both of its ends. */
struct pair {
	struct p9_ring_page page;
	uint8_t data[2 * XEN_PAGE_SIZE];
	struct p9_ring guest;
	struct p9_ring host;
};

static struct pair pair;

static void pair_init(void)
{
	pair = (struct pair){ .page.order = 1 };
	p9_ring_init_guest(&pair.guest, &pair.page, pair.data, 1);
	p9_ring_init_host(&pair.host, &pair.page, pair.data, 1);
}

/* A message of which the header says @size; as much of it as @len. */
static void send(uint32_t size, uint16_t tag, uint32_t len)
{
	uint8_t bytes[HALF] = { size,       size >> 8, size >> 16,
				size >> 24, P9_TCLUNK, tag };

	bytes_put(&pair.guest.out, bytes, len);
}

TEST(a_message_is_seen_when_all_of_it_is_there)
{
	struct p9_header header;

	pair_init();
	send(11, 5, 3);
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 0);
	bytes_put(&pair.guest.out, "\0\x78\5\0\1\2\3", 7);
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 0);
	bytes_put(&pair.guest.out, "\4", 1);

	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 1);
	CHECK_EQ(header.size, 11);
	CHECK_EQ(header.tag, 5);
}

TEST(messages_are_taken_one_by_one)
{
	struct p9_header header;

	pair_init();
	send(7, 1, 7);
	send(9, 2, 9);

	p9_ring_next(&pair.host, 4096, &header);
	p9_ring_take(&pair.host, header.size);
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 1);
	CHECK_EQ(header.tag, 2);
	p9_ring_take(&pair.host, header.size);
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 0);
}

TEST(what_is_taken_stays_until_it_is_released)
{
	struct p9_header header;

	pair_init();
	send(HALF, 1, HALF);
	CHECK_EQ(p9_ring_next(&pair.host, HALF, &header), 1);
	p9_ring_take(&pair.host, HALF);
	CHECK_EQ(bytes_room(&pair.guest.out), 0);

	p9_ring_release(&pair.host, 10);
	CHECK_EQ(bytes_room(&pair.guest.out), 10);
	p9_ring_release(&pair.host, HALF - 10);
	CHECK_EQ(bytes_room(&pair.guest.out), HALF);
}

TEST(bytes_of_the_next_message_are_behind_those_held)
{
	struct p9_header header;
	struct iovec part[2];
	uint8_t tag;

	pair_init();
	send(7, 1, 7);
	send(7, 2, 7);
	p9_ring_take(&pair.host, 7);

	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 1);
	p9_ring_peek(&pair.host, 5, &tag, 1);
	CHECK_EQ(tag, 2);
	CHECK_EQ(p9_ring_at(&pair.host, 5, 2, part), 1);
	CHECK_EQ(*(uint8_t *)part[0].iov_base, 2);
}

TEST(a_message_goes_the_other_way)
{
	struct p9_header header;

	pair_init();
	bytes_put(&pair.host.out, "\7\0\0\0\x79\5\0", 7);

	CHECK_EQ(p9_ring_next(&pair.guest, 4096, &header), 1);
	CHECK_EQ(header.type, P9_TCLUNK + 1);
	CHECK_EQ(header.tag, 5);
}

TEST(a_successor_goes_on_where_the_indices_are)
{
	struct p9_header header;

	pair_init();
	send(7, 1, 7);
	send(7, 2, 7);
	p9_ring_take(&pair.host, 7);
	p9_ring_release(&pair.host, 7);
	bytes_put(&pair.host.out, "\7\0\0\0\x79\1\0", 7);

	p9_ring_init_host(&pair.host, &pair.page, pair.data, 1);
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 1);
	CHECK_EQ(header.tag, 2);
	CHECK_EQ(pair.host.out.put, 7);
}

TEST(sizes_that_cannot_be_end_it)
{
	static const uint32_t sizes[] = { 0, 6, 101, UINT32_MAX };
	struct p9_header header;

	for (int i = 0; i < 4; i++) {
		pair_init();
		send(sizes[i], 1, 200);
		CHECK_EQ(p9_ring_next(&pair.host, 100, &header), -EPROTO);
	}
	CHECK_EQ(p9_ring_next(&pair.guest, 100, &header), 0);
}

TEST(a_size_beyond_the_ring_ends_it_whatever_was_agreed_on)
{
	struct p9_header header;

	pair_init();
	send(HALF + 1, 1, 7);

	CHECK_EQ(p9_ring_next(&pair.host, 1 << 20, &header), -EPROTO);
}

TEST(indices_that_lie_end_it)
{
	struct p9_header header;

	pair_init();
	pair.page.out_prod = HALF + 1;
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), -EPROTO);
	pair.page.out_prod = UINT32_MAX;
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), -EPROTO);
}

TEST(what_was_taken_cannot_be_taken_back)
{
	struct p9_header header;

	pair_init();
	send(20, 1, 20);
	p9_ring_next(&pair.host, 4096, &header);
	p9_ring_take(&pair.host, 20);

	pair.page.out_prod = 19;
	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), -EPROTO);
}

TEST(our_indices_in_the_page_are_not_believed)
{
	struct p9_header header;

	pair_init();
	send(7, 1, 7);
	pair.page.out_cons = 100;
	pair.page.in_prod = 100;

	CHECK_EQ(p9_ring_next(&pair.host, 4096, &header), 1);
	CHECK_EQ(bytes_room(&pair.host.out), HALF);
}

TEST(the_order_is_within_bounds)
{
	grant_ref_t refs[P9_RING_PAGES_MAX] = { 0 };

	pair_init();
	pair.page.refs[1] = 77;
	CHECK_EQ(p9_ring_refs(&pair.page, 9, refs), 1);
	CHECK_EQ(refs[1], 77);
	pair.page.order = 0;
	CHECK_EQ(p9_ring_refs(&pair.page, 9, refs), -EPROTO);
	pair.page.order = 5;
	CHECK_EQ(p9_ring_refs(&pair.page, 4, refs), -EPROTO);
	pair.page.order = 10;
	CHECK_EQ(p9_ring_refs(&pair.page, 10, refs), -EPROTO);
	pair.page.order = UINT32_MAX;
	CHECK_EQ(p9_ring_refs(&pair.page, 9, refs), -EPROTO);
}
