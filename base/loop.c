/* SPDX-License-Identifier: MIT */

/*
 * loop - on libevent, which no other file names.
 *
 * libevent waits for descriptors and signals.  Timers are a binary heap here,
 * because they have to obey a virtual clock too; libevent sees an alarm for the
 * earliest one only.  The alarm is a descriptor of ours: libevent's own is set
 * anew before each wait, which is a system call each time.
 */

#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/timerfd.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/list.h"

#define HOLD_SECONDS_MAX 10
#define USEC_PER_SEC     1000000

struct loop {
	struct event_base *base;
	struct event alarm; /* rings at the earliest timer */
	int alarm_fd;
	uint64_t alarm_at; /* 0 if it is not set */
	struct list tasks;
	struct loop_timer **heap; /* those set, the earliest first */
	size_t n_timers;          /* in the heap */
	size_t n_timers_made;     /* for which the heap has room */
	uint64_t virtual_now;
	unsigned int n_holds;
	bool is_virtual;
	bool stopped;
	bool busy; /* whether a callback ran since it was cleared */
};

struct loop_fd {
	struct event event;
	struct loop *loop;
	loop_fd_fn *fn;
	void *arg;
};

struct loop_timer {
	struct loop *loop;
	loop_fn *fn;
	void *arg;
	uint64_t at;
	size_t index; /* in the heap, from 1; 0 if not set */
};

struct loop_task {
	struct list link;
	struct loop *loop;
	loop_fn *fn;
	void *arg;
};

struct loop_signal {
	struct event event;
	struct loop *loop;
	loop_fn *fn;
	void *arg;
};

static int free_base(struct loop *loop)
{
	event_del(&loop->alarm);
	close(loop->alarm_fd);
	event_base_free(loop->base);
	return 0;
}

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	if (!config)
		return NULL;

	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK |
					      EVENT_BASE_FLAG_IGNORE_ENV);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

/* run_timers() looks after each turn anyway. */
static void alarm_rings(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	uint64_t n;

	(void)what;
	loop->alarm_at = 0;
	if (read(fd, &n, sizeof(n)) < 0)
		return; /* it was set anew meanwhile */
}

static bool open_alarm(struct loop *loop)
{
	loop->alarm_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->alarm_fd < 0)
		return false;

	if (event_assign(&loop->alarm, loop->base, loop->alarm_fd,
			 EV_READ | EV_PERSIST, alarm_rings, loop) == 0 &&
	    event_add(&loop->alarm, NULL) == 0)
		return true;

	close(loop->alarm_fd);
	return false;
}

struct loop *loop_new(void *mem)
{
	struct loop *loop = talloc_zero(mem, struct loop);

	if (!loop)
		return NULL;

	list_init(&loop->tasks);
	loop->base = new_base();
	if (!loop->base || !open_alarm(loop)) {
		if (loop->base)
			event_base_free(loop->base);
		talloc_free(loop);
		return NULL;
	}

	talloc_set_destructor(loop, free_base);
	return loop;
}

struct loop *loop_new_virtual(void *mem)
{
	struct loop *loop = loop_new(mem);

	if (loop)
		loop->is_virtual = true;

	return loop;
}

static uint64_t real_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * (uint64_t)USEC_PER_SEC + ts.tv_nsec / 1000;
}

uint64_t loop_now(const struct loop *loop)
{
	return loop->is_virtual ? loop->virtual_now : real_now();
}

void loop_hold(struct loop *loop)
{
	loop->n_holds++;
}

void loop_release(struct loop *loop)
{
	assert(loop->n_holds > 0);
	loop->n_holds--;
}

/* Descriptors */

static int free_fd(struct loop_fd *lfd)
{
	event_del(&lfd->event);
	return 0;
}

static void fd_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *lfd = arg;

	(void)fd;
	lfd->loop->busy = true;
	lfd->fn(lfd->arg, (what & EV_READ ? LOOP_READ : 0) |
				  (what & EV_WRITE ? LOOP_WRITE : 0));
}

static int assign(struct loop_fd *lfd, int fd, unsigned int events)
{
	short what = (events & LOOP_READ ? EV_READ : 0) |
		     (events & LOOP_WRITE ? EV_WRITE : 0) | EV_PERSIST;

	if (event_assign(&lfd->event, lfd->loop->base, fd, what, fd_ready,
			 lfd) < 0)
		return -EINVAL;
	if (events && event_add(&lfd->event, NULL) < 0)
		return -EIO;

	return 0;
}

int loop_fd_new(void *mem, struct loop *loop, int fd, unsigned int events,
		loop_fd_fn *fn, void *arg, struct loop_fd **result)
{
	struct loop_fd *lfd = talloc_zero(mem, struct loop_fd);
	int r;

	if (!lfd)
		return -ENOMEM;

	lfd->loop = loop;
	lfd->fn = fn;
	lfd->arg = arg;
	r = assign(lfd, fd, events);
	if (r < 0) {
		talloc_free(lfd);
		return r;
	}

	talloc_set_destructor(lfd, free_fd);
	if (result)
		*result = lfd;
	return 0;
}

int loop_fd_want(struct loop_fd *lfd, unsigned int events)
{
	int fd = event_get_fd(&lfd->event);

	event_del(&lfd->event);
	return assign(lfd, fd, events);
}

/* Timers: the earliest is at heap[1]. */

static void place(struct loop *loop, size_t i, struct loop_timer *timer)
{
	loop->heap[i] = timer;
	timer->index = i;
}

static void sift_up(struct loop *loop, size_t i)
{
	struct loop_timer *timer = loop->heap[i];

	while (i > 1 && loop->heap[i / 2]->at > timer->at) {
		place(loop, i, loop->heap[i / 2]);
		i /= 2;
	}
	place(loop, i, timer);
}

static void sift_down(struct loop *loop, size_t i)
{
	struct loop_timer *timer = loop->heap[i];
	size_t n = loop->n_timers;

	for (;;) {
		size_t child = i * 2;

		if (child > n)
			break;
		if (child < n &&
		    loop->heap[child + 1]->at < loop->heap[child]->at)
			child++;
		if (loop->heap[child]->at >= timer->at)
			break;
		place(loop, i, loop->heap[child]);
		i = child;
	}
	place(loop, i, timer);
}

static void set_alarm(struct loop *loop, uint64_t at)
{
	struct itimerspec spec = {
		.it_value = { .tv_sec = at / USEC_PER_SEC,
			      .tv_nsec = at % USEC_PER_SEC * 1000 },
	};

	timerfd_settime(loop->alarm_fd, TFD_TIMER_ABSTIME, &spec, NULL);
	loop->alarm_at = at;
}

/* Before we wait.  An alarm that is early does no harm; so timers that are
 * always set anew and never run out cost no system calls. */
static void arm(struct loop *loop)
{
	if (loop->is_virtual || !loop->n_timers)
		return;
	if (!loop->alarm_at || loop->heap[1]->at < loop->alarm_at)
		set_alarm(loop, loop->heap[1]->at);
}

void loop_timer_cancel(struct loop_timer *timer)
{
	struct loop *loop = timer->loop;
	size_t i = timer->index;
	struct loop_timer *last;

	if (!i)
		return;

	timer->index = 0;
	last = loop->heap[loop->n_timers--];
	if (last != timer) {
		place(loop, i, last);
		sift_up(loop, i);
		sift_down(loop, last->index);
	}
}

static int free_timer(struct loop_timer *timer)
{
	loop_timer_cancel(timer);
	timer->loop->n_timers_made--;
	return 0;
}

/* Room for one timer more, so that setting it cannot fail. */
static int make_room(struct loop *loop)
{
	size_t size = loop->heap ? talloc_array_length(loop->heap) : 0;
	struct loop_timer **heap;

	if (loop->n_timers_made + 1 < size)
		return 0;

	heap = talloc_realloc(loop, loop->heap, struct loop_timer *,
			      size ? size * 2 : 16);
	if (!heap)
		return -ENOMEM;

	loop->heap = heap;
	return 0;
}

struct loop_timer *loop_timer_new(void *mem, struct loop *loop, loop_fn *fn,
				  void *arg)
{
	struct loop_timer *timer;

	if (make_room(loop) < 0)
		return NULL;
	timer = talloc_zero(mem, struct loop_timer);
	if (!timer)
		return NULL;

	timer->loop = loop;
	timer->fn = fn;
	timer->arg = arg;
	loop->n_timers_made++;
	talloc_set_destructor(timer, free_timer);
	return timer;
}

void loop_timer_set(struct loop_timer *timer, uint64_t us_from_now)
{
	struct loop *loop = timer->loop;

	loop_timer_cancel(timer);
	timer->at = loop_now(loop) + us_from_now;
	place(loop, ++loop->n_timers, timer);
	sift_up(loop, timer->index);
}

bool loop_timer_is_set(const struct loop_timer *timer)
{
	return timer->index != 0;
}

/* Run the timers that are due now; those set meanwhile wait for the next. */
static void run_timers(struct loop *loop)
{
	uint64_t now = loop->n_timers ? loop_now(loop) : 0;
	size_t n = loop->n_timers;

	while (n-- && loop->n_timers && loop->heap[1]->at <= now) {
		struct loop_timer *timer = loop->heap[1];

		loop_timer_cancel(timer);
		loop->busy = true;
		timer->fn(timer->arg);
	}
}

/* Tasks */

static int free_task(struct loop_task *task)
{
	list_remove(&task->link);
	return 0;
}

struct loop_task *loop_task_new(void *mem, struct loop *loop, loop_fn *fn,
				void *arg)
{
	struct loop_task *task = talloc_zero(mem, struct loop_task);

	if (!task)
		return NULL;

	list_init(&task->link);
	task->loop = loop;
	task->fn = fn;
	task->arg = arg;
	talloc_set_destructor(task, free_task);
	return task;
}

void loop_task_queue(struct loop_task *task)
{
	if (list_empty(&task->link))
		list_add(&task->loop->tasks, &task->link);
}

bool loop_task_is_queued(const struct loop_task *task)
{
	return !list_empty(&task->link);
}

static void run_tasks(struct loop *loop)
{
	struct list now;

	if (list_empty(&loop->tasks))
		return;

	/* What is queued meanwhile is for the next turn. */
	list_take(&now, &loop->tasks);
	while (!list_empty(&now)) {
		struct loop_task *task =
			list_first(&now, struct loop_task, link);

		list_remove(&task->link);
		loop->busy = true;
		task->fn(task->arg);
	}
}

/* Signals */

static int free_signal(struct loop_signal *sig)
{
	event_del(&sig->event);
	return 0;
}

static void signal_came(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *sig = arg;

	(void)signo;
	(void)what;
	sig->loop->busy = true;
	sig->fn(sig->arg);
}

int loop_signal(void *mem, struct loop *loop, int signo, loop_fn *fn, void *arg)
{
	struct loop_signal *sig = talloc_zero(mem, struct loop_signal);

	if (!sig)
		return -ENOMEM;

	sig->loop = loop;
	sig->fn = fn;
	sig->arg = arg;
	if (evsignal_assign(&sig->event, loop->base, signo, signal_came, sig) <
		    0 ||
	    event_add(&sig->event, NULL) < 0) {
		talloc_free(sig);
		return -EIO;
	}

	talloc_set_destructor(sig, free_signal);
	return 0;
}

/* Turns */

static void turn(struct loop *loop, int flags)
{
	arm(loop);
	/* Once, or a descriptor that stays ready keeps the tasks waiting. */
	event_base_loop(loop->base, EVLOOP_ONCE | flags);
	run_tasks(loop);
	run_timers(loop);
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped)
		turn(loop, list_empty(&loop->tasks) ? 0 : EVLOOP_NONBLOCK);
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

static void turn_patiently(struct loop *loop)
{
	set_alarm(loop, real_now() + HOLD_SECONDS_MAX * USEC_PER_SEC);
	turn(loop, 0);
	set_alarm(loop, 0);
}

void loop_settle(struct loop *loop)
{
	do {
		loop->busy = false;
		if (loop->n_holds && list_empty(&loop->tasks))
			turn_patiently(loop);
		else
			turn(loop, EVLOOP_NONBLOCK);
	} while (loop->busy);
}

void loop_advance(struct loop *loop, uint64_t us)
{
	uint64_t end = loop->virtual_now + us;

	assert(loop->is_virtual);
	loop_settle(loop);
	while (loop->n_timers && loop->heap[1]->at <= end) {
		if (loop->heap[1]->at > loop->virtual_now)
			loop->virtual_now = loop->heap[1]->at;
		loop_settle(loop);
	}
	loop->virtual_now = end;
}
