/* SPDX-License-Identifier: MIT */

#include "tests/sim/guests.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"

#define GUEST_BYTES (64 << 20)

static int destroy_domain(domid_t *domid)
{
	xensim_destroy(*domid); /* the test may have done it itself */
	return 0;
}

domid_t guest_new(struct test *t)
{
	domid_t *domid = talloc(t->mem, domid_t);
	int r = xensim_create(XENSIM_ANY_DOMID, GUEST_BYTES, NULL);

	CHECK(r > 0);
	*domid = (domid_t)r;
	talloc_set_destructor(domid, destroy_domain);
	return *domid;
}

/* A handle of one of the libraries, as a child of the test. */
struct held {
	void *handle;
	int (*close)(void *handle);
};

static int close_held(struct held *held)
{
	held->close(held->handle);
	return 0;
}

static void *hold(struct test *t, void *handle, int (*close)(void *handle))
{
	struct held *held = talloc(t->mem, struct held);

	CHECK(handle);
	*held = (struct held){ handle, close };
	talloc_set_destructor(held, close_held);
	return handle;
}

static int close_evtchn(void *handle)
{
	return xenevtchn_close(handle);
}

static int close_gnttab(void *handle)
{
	return xengnttab_close(handle);
}

static int close_gntshr(void *handle)
{
	return xengntshr_close(handle);
}

static int close_foreignmem(void *handle)
{
	return xenforeignmemory_close(handle);
}

xenevtchn_handle *evtchn_new(struct test *t)
{
	return hold(t, xenevtchn_open(NULL, 0), close_evtchn);
}

xengnttab_handle *gnttab_new(struct test *t)
{
	return hold(t, xengnttab_open(NULL, 0), close_gnttab);
}

xengntshr_handle *gntshr_new(struct test *t)
{
	return hold(t, xengntshr_open(NULL, 0), close_gntshr);
}

xenforeignmemory_handle *foreignmem_new(struct test *t)
{
	return hold(t, xenforeignmemory_open(NULL, 0), close_foreignmem);
}

struct channel channel_new(struct test *t, domid_t domid)
{
	struct channel channel = { evtchn_new(t), evtchn_new(t), 0, 0 };
	int r;

	xensim_act_for(domid);
	r = xenevtchn_bind_unbound_port(channel.guest, 0);
	CHECK(r > 0);
	channel.guest_port = (evtchn_port_t)r;

	xensim_act_for(0);
	r = xenevtchn_bind_interdomain(channel.host, domid, channel.guest_port);
	CHECK(r > 0);
	channel.host_port = (evtchn_port_t)r;
	drain(channel.host);
	return channel;
}

evtchn_port_t next_event(xenevtchn_handle *xce)
{
	struct pollfd fd = { .fd = xenevtchn_fd(xce), .events = POLLIN };
	int port;

	if (poll(&fd, 1, 0) != 1)
		return 0;

	port = xenevtchn_pending(xce);
	CHECK(port > 0);
	return (evtchn_port_t)port;
}

void drain(xenevtchn_handle *xce)
{
	evtchn_port_t port;

	while ((port = next_event(xce)))
		CHECK_EQ(xenevtchn_unmask(xce, port), 0);
}

bool eventually(bool (*what)(void *arg), void *arg)
{
	for (int i = 0; i < 5000; i++) {
		if (what(arg))
			return true;
		usleep(1000);
	}

	return false;
}

uint32_t guest_shares(struct test *t, domid_t domid, bool writable, char **page)
{
	uint32_t ref;

	xensim_act_for(domid);
	*page = xengntshr_share_pages(gntshr_new(t), 0, 1, &ref, writable);
	CHECK(*page);
	xensim_act_for(0);
	return ref;
}

struct process {
	pid_t pid;
};

static int kill_process(struct process *process)
{
	kill(process->pid, SIGKILL);
	waitpid(process->pid, NULL, 0);
	return 0;
}

static void run_and_stay(void (*fn)(void *arg), void *arg, int done)
{
	fn(arg);
	CHECK_EQ(write(done, "", 1), 1);
	for (;;)
		pause();
}

struct process *process_new(struct test *t, void (*fn)(void *arg), void *arg)
{
	struct process *process = talloc(t->mem, struct process);
	int fds[2];
	char byte;

	CHECK_EQ(pipe(fds), 0);
	process->pid = fork();
	CHECK(process->pid >= 0);
	if (process->pid == 0)
		run_and_stay(fn, arg, fds[1]);

	close(fds[1]);
	CHECK_EQ(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	talloc_set_destructor(process, kill_process);
	return process;
}

void process_kill(struct process *process)
{
	talloc_free(process);
}
