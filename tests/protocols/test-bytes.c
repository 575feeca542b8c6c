/* SPDX-License-Identifier: MIT */

#include "protocols/bytes.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

/* One ring, seen from both ends. */
struct pair {
	uint8_t data[16];
	uint32_t prod, cons;
	struct bytes_in in;
	struct bytes_out out;
};

static void pair_init(struct pair *p, uint32_t start)
{
	*p = (struct pair){ .prod = start, .cons = start };
	p->in = (struct bytes_in){ p->data, 16, &p->prod, &p->cons, start };
	p->out = (struct bytes_out){ p->data, 16, &p->prod, &p->cons, start };
}

TEST(what_is_put_is_read)
{
	struct pair p;
	char back[6] = "";

	pair_init(&p, 0);
	bytes_put(&p.out, "hello", 6);

	CHECK_EQ(bytes_ready(&p.in), 6);
	bytes_peek(&p.in, 0, back, 6);
	CHECK_STR(back, "hello");
	CHECK_EQ(bytes_ready(&p.in), 6);
	bytes_drop(&p.in, 6);
	CHECK_EQ(bytes_ready(&p.in), 0);
	CHECK_EQ(p.cons, 6);
}

TEST(bytes_run_around_the_end_of_ring_and_of_numbers)
{
	struct pair p;
	char back[10] = "";

	pair_init(&p, UINT32_MAX - 3);
	bytes_put(&p.out, "123456789", 10);

	CHECK_EQ(bytes_ready(&p.in), 10);
	bytes_peek(&p.in, 2, back, 8);
	CHECK_STR(back, "3456789");
	CHECK_EQ(p.prod, 6);
}

TEST(a_full_ring_is_full_and_an_empty_one_is_empty)
{
	struct pair p;
	uint8_t all[16];

	pair_init(&p, 0);
	CHECK_EQ(bytes_room(&p.out), 16);
	bytes_put(&p.out, "0123456789abcdef", 16);

	CHECK_EQ(bytes_room(&p.out), 0);
	CHECK_EQ(bytes_ready(&p.in), 16);
	bytes_peek(&p.in, 0, all, 16);
	CHECK(!memcmp(all, "0123456789abcdef", 16));
	bytes_drop(&p.in, 16);
	CHECK_EQ(bytes_room(&p.out), 16);
}

TEST(a_peer_that_claims_too_much_is_caught)
{
	struct pair p;

	pair_init(&p, 0);
	p.prod = 17;
	CHECK_EQ(bytes_ready(&p.in), -EPROTO);
	p.prod = UINT32_MAX;
	CHECK_EQ(bytes_ready(&p.in), -EPROTO);
	p.cons = 1;
	CHECK_EQ(bytes_room(&p.out), -EPROTO);
}

TEST(a_peer_that_overwrites_our_index_changes_nothing)
{
	struct pair p;

	pair_init(&p, 0);
	bytes_put(&p.out, "ab", 2);
	p.prod = 0;
	bytes_put(&p.out, "c", 1);
	CHECK_EQ(p.prod, 3);

	bytes_drop(&p.in, 1);
	p.cons = 99;
	CHECK_EQ(bytes_ready(&p.in), 2);
}

TEST(bytes_can_be_read_where_they_are)
{
	struct iovec part[2];
	struct pair p;

	pair_init(&p, 12);
	bytes_put(&p.out, "123456789", 9);

	CHECK_EQ(bytes_ready_at(&p.in, 1, 3, part), 1);
	CHECK_EQ(part[0].iov_len, 3);
	CHECK(!memcmp(part[0].iov_base, "234", 3));
	CHECK_EQ(bytes_ready_at(&p.in, 1, 8, part), 2);
	CHECK(!memcmp(part[0].iov_base, "234", 3));
	CHECK_EQ(part[1].iov_len, 5);
	CHECK(!memcmp(part[1].iov_base, "56789", 5));
}

TEST(nothing_is_seen_before_it_is_shown)
{
	struct iovec part[2];
	struct pair p;
	char back[7] = "";

	pair_init(&p, 12);
	CHECK_EQ(bytes_room_at(&p.out, 2, 4, part), 2);
	memcpy(part[0].iov_base, "cd", part[0].iov_len);
	memcpy(part[1].iov_base, "ef", part[1].iov_len);
	bytes_fill(&p.out, 0, "ab", 2);
	CHECK_EQ(bytes_ready(&p.in), 0);

	bytes_show(&p.out, 6);
	CHECK_EQ(bytes_ready(&p.in), 6);
	bytes_peek(&p.in, 0, back, 6);
	CHECK_STR(back, "abcdef");
}
