/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * loop - the one place where a program waits.
 *
 * What a program waits for is a talloc child of @mem: free it to stop waiting.
 * Callbacks run one at a time and never nest.  They may free anything,
 * themselves included.
 *
 * A loop with a virtual clock is for tests: it never sleeps for a timer, and
 * time passes only in loop_advance().
 */

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_fd;    /* a file descriptor that becomes ready */
struct loop_timer; /* a moment that comes */
struct loop_task;  /* something to do before the loop sleeps again */

typedef void loop_fn(void *arg);

struct loop *loop_new(void *mem);
struct loop *loop_new_virtual(void *mem);

/* Run callbacks until loop_stop() is called. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Run callbacks until there is nothing more to do at this moment.  What was
 * announced with loop_hold() is waited for, at most 10 s. */
void loop_settle(struct loop *loop);

/* Let virtual time pass: each timer on the way runs at its own moment, and
 * the loop settles after each. */
void loop_advance(struct loop *loop, uint64_t us);

/* Microseconds of a clock that only moves forward. */
uint64_t loop_now(const struct loop *loop);

/* Somebody outside (the kernel, another process) works for us and will make a
 * descriptor ready; loop_settle() is to wait for it until loop_release(). */
void loop_hold(struct loop *loop);
void loop_release(struct loop *loop);

/* Descriptors.  @fn is called with the LOOP_* that hold, as long as they do. */
enum { LOOP_READ = 1 << 0, LOOP_WRITE = 1 << 1 };

typedef void loop_fd_fn(void *arg, unsigned int ready);

int loop_fd_new(void *mem, struct loop *loop, int fd, unsigned int events,
		loop_fd_fn *fn, void *arg, struct loop_fd **result);
int loop_fd_want(struct loop_fd *lfd, unsigned int events);

/* Timers run once for each time they are set. */
struct loop_timer *loop_timer_new(void *mem, struct loop *loop, loop_fn *fn,
				  void *arg);
void loop_timer_set(struct loop_timer *timer, uint64_t us_from_now);
void loop_timer_cancel(struct loop_timer *timer);
bool loop_timer_is_set(const struct loop_timer *timer);

/* Tasks run once for each time they are queued, in the order of queueing,
 * after the descriptors of this turn.  A task that queues itself again runs
 * in the next turn, after descriptors had theirs. */
struct loop_task *loop_task_new(void *mem, struct loop *loop, loop_fn *fn,
				void *arg);
void loop_task_queue(struct loop_task *task);
bool loop_task_is_queued(const struct loop_task *task);

/* Signals, as ordinary callbacks. */
int loop_signal(void *mem, struct loop *loop, int signo, loop_fn *fn,
		void *arg);
