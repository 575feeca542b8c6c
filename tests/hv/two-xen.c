/* SPDX-License-Identifier: MIT */

/*
 * On a real host there is no being somebody else: one domain is both, with two
 * connections.
 */

#include <talloc.h>

#include "tests/hv/two.h"
#include "tests/lib/test.h"

struct two *two_new(void *mem)
{
	struct two *two = talloc_zero(mem, struct two);

	two->loop = loop_new(two);
	CHECK_EQ(hv_open(two, two->loop, &two->host), 0);
	CHECK_EQ(hv_open(two, two->loop, &two->guest), 0);
	return two;
}
