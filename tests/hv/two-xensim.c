/* SPDX-License-Identifier: MIT */

#include <talloc.h>

#include "sim/xensim.h"
#include "tests/hv/two.h"
#include "tests/lib/test.h"

#define GUEST_BYTES (16 << 20)

struct two *two_new(void *mem)
{
	struct two *two = talloc_zero(mem, struct two);

	two->loop = loop_new(two);
	CHECK_EQ(hv_open(two, two->loop, &two->host), 0);
	xensim_destroy(GUEST); /* of the test before */
	two_create(two);
	return two;
}

void two_create(struct two *two)
{
	CHECK_EQ(xensim_create(GUEST, GUEST_BYTES, NULL), GUEST);
	CHECK_EQ(hv_open_guest(two, two->host, GUEST, &two->guest), 0);
}

void two_shut_down(struct two *two)
{
	(void)two;
	CHECK_EQ(xensim_shutdown(GUEST, 0), 0);
}

void two_destroy(struct two *two)
{
	(void)two;
	CHECK_EQ(xensim_destroy(GUEST), 0);
}
