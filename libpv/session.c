/* SPDX-License-Identifier: MIT */

#include "libpv/session.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "libpv/queue.h"

static int close_fds(struct pv_session *session)
{
	for (unsigned int i = 0; i < session->n_fds; i++)
		close(session->fds[i]);
	return 0;
}

static void tell_drained(void *arg)
{
	struct pv_session *session = arg;

	if (session->started && session->backend->stop)
		session->backend->stop(session);
	session->events.drained(session->events.arg);
}

struct pv_session *session_new(void *mem, const struct pv_backend *backend,
			       struct loop *loop, struct hv *hv,
			       const struct session_events *events)
{
	CLEANUP(cleanup_talloc)
	struct pv_session *session = talloc_zero(mem, struct pv_session);

	if (!session)
		return NULL;

	list_init(&session->queues);
	session->backend = backend;
	session->loop = loop;
	session->hv = hv;
	session->events = *events;
	session->setup = talloc_zero_size(session, backend->setup_size);
	session->data = talloc_zero_size(session, backend->session_size);
	session->drained = loop_task_new(session, loop, tell_drained, session);
	if (!session->setup || !session->data || !session->drained)
		return NULL;

	talloc_set_destructor(session, close_fds);
	return take_ptr(session);
}

unsigned int session_n_requests(const struct pv_session *session)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < session->n_rings; i++)
		n += queue_n_requests(&session->rings[i]);

	return n;
}

static int open_queues(struct pv_session *session, const char **why)
{
	unsigned int first = 0;

	for (unsigned int i = 0; i < session->n_rings; i++) {
		struct session_ring *ring = &session->rings[i];
		int r = queue_open(session, ring, first, why);

		if (r < 0)
			return r;
		first += queue_n_requests(ring);
	}

	return 0;
}

int session_start(struct pv_session *session, struct journal_record *journal,
		  const char **why)
{
	struct list *link;
	int r;

	session->journal = journal;
	session->n_requests = session_n_requests(session);
	r = open_queues(session, why);
	if (r < 0)
		return r;

	*why = "cannot start";
	r = session->backend->start ? session->backend->start(session) : 0;
	if (r < 0)
		return r;

	session->started = true;
	for (link = session->queues.next; link != &session->queues;
	     link = link->next)
		queue_start(link);
	return 0;
}

void session_stop(struct pv_session *session)
{
	if (session->stopping)
		return;

	session->stopping = true;
	if (!session->n_in_flight)
		loop_task_queue(session->drained);
}

void session_answered(struct pv_session *session)
{
	session->n_in_flight--;
	if (session->stopping && !session->n_in_flight)
		loop_task_queue(session->drained);
}

/* What a backend may ask. */

const void *pv_setup(const struct pv_session *session)
{
	return session->setup;
}

void *pv_data(struct pv_session *session)
{
	return session->data;
}

int pv_fd(const struct pv_session *session, unsigned int index)
{
	return index < session->n_fds ? session->fds[index] : -EBADF;
}

struct loop *pv_loop(const struct pv_session *session)
{
	return session->loop;
}

struct log *pv_session_log(const struct pv_session *session)
{
	return session->log;
}

unsigned int pv_n_requests(const struct pv_session *session)
{
	return session->n_requests;
}

struct memory {
	void *at;
	size_t len;
};

static int unmap_memory(struct memory *memory)
{
	munmap(memory->at, memory->len);
	return 0;
}

void *pv_memory(struct pv_session *session, size_t len)
{
	struct memory *memory = talloc(session, struct memory);
	void *at;

	if (!memory)
		return NULL;

	at = mmap(NULL, len, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED) {
		talloc_free(memory);
		return NULL;
	}

	*memory = (struct memory){ at, len };
	talloc_set_destructor(memory, unmap_memory);
	return at;
}

int pv_copy(struct pv_session *session, struct hv_copy *copies, size_t n)
{
	for (size_t i = 0; i < n; i++)
		session->stats->count[copies[i].to_guest ? STAT_BYTES_TO
							 : STAT_BYTES_FROM] +=
			copies[i].len;

	return hv_copy(session->hv, session->guest, copies, n);
}
