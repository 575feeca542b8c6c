/* SPDX-License-Identifier: MIT */

#include "base/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/lib/test.h"

struct seen {
	struct loop *loop;
	struct loop_timer *timer;
	struct loop_task *task;
	int pipe[2];
	unsigned int calls;
	uint64_t at;
};

static void count(void *arg)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->at = loop_now(seen->loop);
}

static void count_and_stop(void *arg)
{
	struct seen *seen = arg;

	seen->calls++;
	loop_stop(seen->loop);
}

static void count_and_take_a_byte(void *arg, unsigned int ready)
{
	struct seen *seen = arg;
	char byte;

	CHECK_EQ(ready, LOOP_READ);
	CHECK_EQ(read(seen->pipe[0], &byte, 1), 1);
	seen->calls++;
}

static void again(void *arg)
{
	struct seen *seen = arg;

	if (++seen->calls < 3)
		loop_task_queue(seen->task);
}

TEST(virtual_time_passes_only_when_told)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };
	struct loop_timer *timer =
		loop_timer_new(t->mem, seen.loop, count, &seen);

	loop_timer_set(timer, 1000000);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 0);
	loop_advance(seen.loop, 999999);
	CHECK_EQ(seen.calls, 0);
	loop_advance(seen.loop, 5000000);
	CHECK_EQ(seen.calls, 1);
	CHECK_EQ(seen.at, 1000000);
	CHECK_EQ(loop_now(seen.loop), 5999999);
}

TEST(timers_run_in_the_order_of_their_moments)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };
	struct loop_timer *timer[100];

	srand(1);
	for (int i = 0; i < 100; i++) {
		timer[i] = loop_timer_new(t->mem, seen.loop, count, &seen);
		loop_timer_set(timer[i], rand() % 100000);
	}
	for (int i = 0; i < 100; i += 3)
		loop_timer_cancel(timer[i]);
	for (int i = 1; i < 100; i += 3)
		talloc_free(timer[i]);

	for (uint64_t last = 0; loop_now(seen.loop) < 100000;) {
		loop_advance(seen.loop, 500);
		CHECK(seen.at >= last);
		last = seen.at;
	}
	CHECK_EQ(seen.calls, 33);
}

TEST(a_real_timer_ends_a_real_loop)
{
	struct seen seen = { .loop = loop_new(t->mem) };
	struct loop_timer *timer =
		loop_timer_new(t->mem, seen.loop, count_and_stop, &seen);

	loop_timer_set(timer, 1000);
	loop_run(seen.loop);
	CHECK_EQ(seen.calls, 1);
	CHECK(!loop_timer_is_set(timer));
}

TEST(a_descriptor_is_reported_as_long_as_it_is_ready)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };

	CHECK_EQ(pipe(seen.pipe), 0);
	CHECK_EQ(loop_fd_new(t->mem, seen.loop, seen.pipe[0], LOOP_READ,
			     count_and_take_a_byte, &seen, NULL),
		 0);
	CHECK_EQ(write(seen.pipe[1], "abc", 3), 3);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 3);
}

TEST(a_descriptor_that_is_not_wanted_is_not_reported)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };
	struct loop_fd *lfd;

	CHECK_EQ(pipe(seen.pipe), 0);
	CHECK_EQ(loop_fd_new(t->mem, seen.loop, seen.pipe[0], LOOP_READ,
			     count_and_take_a_byte, &seen, &lfd),
		 0);
	CHECK_EQ(loop_fd_want(lfd, 0), 0);
	CHECK_EQ(write(seen.pipe[1], "a", 1), 1);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 0);
	CHECK_EQ(loop_fd_want(lfd, LOOP_READ), 0);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 1);
}

TEST(a_task_that_queues_itself_runs_in_the_next_turn)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };

	seen.task = loop_task_new(t->mem, seen.loop, again, &seen);
	loop_task_queue(seen.task);
	loop_task_queue(seen.task);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 3);
	CHECK(!loop_task_is_queued(seen.task));
}

static void queue_again(void *arg, unsigned int ready)
{
	struct seen *seen = arg;

	(void)ready;
	loop_task_queue(seen->task);
}

static void take_a_byte(void *arg)
{
	struct seen *seen = arg;

	count_and_take_a_byte(seen, LOOP_READ);
}

TEST(a_descriptor_that_stays_ready_does_not_keep_tasks_waiting)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };

	CHECK_EQ(pipe(seen.pipe), 0);
	seen.task = loop_task_new(t->mem, seen.loop, take_a_byte, &seen);
	CHECK_EQ(loop_fd_new(t->mem, seen.loop, seen.pipe[0], LOOP_READ,
			     queue_again, &seen, NULL),
		 0);
	CHECK_EQ(write(seen.pipe[1], "abc", 3), 3);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 3);
}

TEST(a_freed_task_does_not_run)
{
	struct seen seen = { .loop = loop_new_virtual(t->mem) };
	struct loop_task *task = loop_task_new(t->mem, seen.loop, count, &seen);

	loop_task_queue(task);
	talloc_free(task);
	loop_settle(seen.loop);
	CHECK_EQ(seen.calls, 0);
}

TEST(a_signal_is_a_callback)
{
	struct seen seen = { .loop = loop_new(t->mem) };

	CHECK_EQ(loop_signal(t->mem, seen.loop, SIGUSR1, count_and_stop, &seen),
		 0);
	kill(getpid(), SIGUSR1);
	loop_run(seen.loop);
	CHECK_EQ(seen.calls, 1);
}

struct slow {
	int fd;
	struct loop_timer *timer;
};

static void take_long_and_set(void *arg, unsigned int ready)
{
	const struct slow *slow = arg;
	char byte;

	(void)ready;
	CHECK_EQ(read(slow->fd, &byte, 1), 1);
	usleep(20000);
	loop_timer_set(slow->timer, 30000);
}

/* The alarm counts from the beginning of the turn, thus rings too early. */
TEST(a_timer_that_is_set_late_in_a_turn_runs)
{
	struct seen seen = { .loop = loop_new(t->mem) };
	struct slow slow;

	CHECK_EQ(pipe(seen.pipe), 0);
	CHECK_EQ(write(seen.pipe[1], "x", 1), 1);
	slow.fd = seen.pipe[0];
	slow.timer = loop_timer_new(t->mem, seen.loop, count_and_stop, &seen);
	CHECK_EQ(loop_fd_new(t->mem, seen.loop, slow.fd, LOOP_READ,
			     take_long_and_set, &slow, NULL),
		 0);

	loop_run(seen.loop);
	CHECK_EQ(seen.calls, 1);
}
