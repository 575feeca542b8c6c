/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/frames.h"

#include <errno.h>

#include "tests/lib/test.h"

static uint32_t take(struct frames *frames, uint32_t n)
{
	uint32_t first;

	CHECK_EQ(frames_take(frames, n, &first), 0);
	return first;
}

TEST(the_lowest_are_taken_first)
{
	struct frames *frames = frames_new(t->mem, 100);

	CHECK_EQ(take(frames, 10), 0);
	CHECK_EQ(take(frames, 10), 10);
	CHECK_EQ(frames_give_back(frames, 0, 10), 0);
	CHECK_EQ(take(frames, 20), 20);
	CHECK_EQ(take(frames, 10), 0);
}

TEST(there_is_an_end)
{
	struct frames *frames = frames_new(t->mem, 100);
	uint32_t first;

	take(frames, 60);
	CHECK_EQ(frames_take(frames, 41, &first), -ENOMEM);
	CHECK_EQ(take(frames, 40), 60);
	CHECK_EQ(frames_take(frames, 1, &first), -ENOMEM);
}

/* Given back in any order, neighbours become one. */
TEST(what_is_given_back_is_whole_again)
{
	static const uint32_t order[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 0, 2, 1, 3 },
		{ 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};

	for (int i = 0; i < 5; i++) {
		struct frames *frames = frames_new(t->mem, 100);

		for (int k = 0; k < 4; k++)
			take(frames, 25);
		for (int k = 0; k < 4; k++)
			CHECK_EQ(frames_give_back(frames, order[i][k] * 25, 25),
				 0);
		CHECK_EQ(take(frames, 100), 0);
	}
}
