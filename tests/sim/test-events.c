/* SPDX-License-Identifier: MIT */

#include "sim/common/events.h"

#include <pthread.h>

#include "tests/lib/test.h"

TEST(the_first_of_many_is_written)
{
	uint32_t state = 0;

	CHECK(sim_port_raise(&state));
	CHECK(!sim_port_raise(&state));
	CHECK(!sim_port_raise(&state));
	CHECK_EQ(state, SIM_PORT_MASKED | SIM_PORT_PENDING);
}

TEST(what_came_while_masked_is_written_at_unmask)
{
	uint32_t state = 0;

	sim_port_raise(&state);
	sim_port_raise(&state);
	CHECK(sim_port_unmask(&state));
	CHECK(!sim_port_unmask(&state));
	CHECK_EQ(state, 0);
	CHECK(sim_port_raise(&state));
}

TEST(to_unmask_twice_is_harmless)
{
	uint32_t state = 0;

	CHECK(!sim_port_unmask(&state));
	CHECK(sim_port_raise(&state));
	CHECK(!sim_port_unmask(&state));
	CHECK(!sim_port_unmask(&state));
}

#define RAISES 200000

struct storm {
	uint32_t state;
	uint32_t written; /* numbers that are in the pipe, so to say */
	uint32_t done;
};

static void *raise_often(void *arg)
{
	struct storm *storm = arg;

	for (int i = 0; i < RAISES; i++) {
		if (sim_port_raise(&storm->state))
			__atomic_add_fetch(&storm->written, 1,
					   __ATOMIC_SEQ_CST);
	}
	__atomic_add_fetch(&storm->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* As the owner of the port does: read a number, then unmask. */
static void consume(struct storm *storm)
{
	while (__atomic_load_n(&storm->done, __ATOMIC_SEQ_CST) < 2 ||
	       __atomic_load_n(&storm->written, __ATOMIC_SEQ_CST)) {
		uint32_t n = __atomic_load_n(&storm->written, __ATOMIC_SEQ_CST);

		CHECK(n <= 1);
		if (n == 0)
			continue;
		__atomic_sub_fetch(&storm->written, 1, __ATOMIC_SEQ_CST);
		if (sim_port_unmask(&storm->state))
			__atomic_add_fetch(&storm->written, 1,
					   __ATOMIC_SEQ_CST);
	}
}

TEST(a_number_is_in_the_pipe_once_and_none_is_lost)
{
	struct storm storm = { 0 };
	pthread_t thread[2];

	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_create(&thread[i], NULL, raise_often, &storm),
			 0);
	consume(&storm);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(thread[i], NULL), 0);
	CHECK_EQ(storm.state, 0);
}
