/* SPDX-License-Identifier: MIT */

#include <talloc.h>

#include "hv/world.h"
#include "tests/hv/two.h"
#include "tests/lib/test.h"

struct two *two_new(void *mem)
{
	struct two *two = talloc_zero(mem, struct two);
	struct world *world;

	two->loop = loop_new_virtual(two);
	world = world_new(two, two->loop);
	two->made_by = world;
	CHECK_EQ(hv_open_world(two, world, 0, &two->host), 0);
	two_create(two);
	return two;
}

void two_create(struct two *two)
{
	CHECK_EQ(world_create(two->made_by, GUEST), 0);
	CHECK_EQ(hv_open_guest(two, two->host, GUEST, &two->guest), 0);
}

void two_shut_down(struct two *two)
{
	CHECK_EQ(world_shut_down(two->made_by, GUEST), 0);
}

void two_destroy(struct two *two)
{
	CHECK_EQ(world_destroy(two->made_by, GUEST), 0);
}
