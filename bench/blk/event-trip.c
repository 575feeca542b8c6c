/* SPDX-License-Identifier: MIT */

/*
 * event-trip - how long an event takes from a guest's process to the host's and
 * back, on xensim: what a request cannot do without.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "hv/hv.h"
#include "sim/xensim.h"

#define TRIPS       20000
#define GUEST_BYTES (1 << 20)
#define NS_PER_S    1000000000.0

/* Either end of the channel. */
struct end {
	struct loop *loop;
	struct hv *hv;
	struct hv_port *port;
	unsigned int events;
};

/* The host answers each event. */
static void answer(void *arg)
{
	struct end *end = arg;

	hv_unmask(end->port);
	hv_notify(end->port);
}

/* The guest waits for it. */
static void answered(void *arg)
{
	struct end *end = arg;

	hv_unmask(end->port);
	end->events++;
	loop_stop(end->loop);
}

static int open_end(void *mem, struct end *end)
{
	end->loop = loop_new(mem);
	return end->loop ? hv_open(mem, end->loop, &end->hv) : -ENOMEM;
}

/* Answers until it is killed. */
static int be_host(void *mem, domid_t guest, evtchn_port_t port)
{
	struct end end = { 0 };
	int r = open_end(mem, &end);

	if (r == 0)
		r = hv_bind(mem, end.hv, guest, port, answer, &end, &end.port);
	if (r == 0)
		loop_run(end.loop);
	return r;
}

static void fork_host(domid_t guest, evtchn_port_t port, pid_t *host)
{
	*host = fork();
	if (*host == 0) {
		CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);

		_exit(be_host(mem, guest, port) < 0);
	}
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

static double seconds_a_trip(struct end *end)
{
	double begin;

	loop_run(end->loop); /* the first event comes by itself */
	begin = seconds();
	for (unsigned int i = 0; i < TRIPS; i++) {
		hv_notify(end->port);
		loop_run(end->loop);
	}

	return (seconds() - begin) / TRIPS;
}

static int measure(void *mem, pid_t *host)
{
	int guest = xensim_create(XENSIM_ANY_DOMID, GUEST_BYTES, NULL);
	struct end end = { 0 };
	struct hv *hv;
	int r;

	if (guest < 0)
		return guest;
	r = open_end(mem, &end);
	if (r == 0)
		r = hv_open_guest(mem, end.hv, (domid_t)guest, &hv);
	if (r == 0)
		r = hv_offer(mem, hv, 0, answered, &end, &end.port);
	if (r < 0)
		return r;

	fork_host((domid_t)guest, hv_port_number(end.port), host);
	if (*host < 0)
		return -errno;

	printf("{\"us\": %.3f}\n", seconds_a_trip(&end) * 1e6);
	return 0;
}

int main(void)
{
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	pid_t host = -1;
	int r;

	alarm(60);
	r = measure(mem, &host);
	if (host > 0) {
		kill(host, SIGKILL);
		waitpid(host, NULL, 0);
	}
	if (r == 0)
		return EXIT_SUCCESS;

	fprintf(stderr, "event-trip: %s\n", strerror(-r));
	return EXIT_FAILURE;
}
