/* SPDX-License-Identifier: MIT */

#include "libpv/queue.h"

#include <assert.h>
#include <errno.h>
#include <talloc.h>

#include "base/array.h"
#include "base/cleanup.h"

/* Requests that one wake-up may take before others have their turn. */
#define BUDGET 64

/* A guest may notify for nothing this often in a row, as happens when we were
 * quicker; then each time we are deaf for longer. */
#define SPURIOUS_FREE      8
#define SPURIOUS_DELAY_US  1000
#define SPURIOUS_SHIFT_MAX 7

struct pv_request {
	struct pv_queue *queue;
	uint64_t since;
	unsigned int index; /* of its record in the journal */
};

struct pv_queue {
	struct list link; /* of the session's */
	struct pv_session *session;
	const struct ring_protocol *protocol;
	struct hv_pages *pages;
	struct hv_port *port;
	struct ring ring;
	struct loop_task *serve;
	struct loop_task *flush;
	struct loop_timer *patience;

	struct journal_record *journal;
	unsigned int first;  /* number of the first request */
	uint8_t *requests;   /* each: struct pv_request, decoded, own */
	size_t request_size; /* of all three */
	size_t own_offset;   /* of the third */
	unsigned int *free;  /* those not in use, the last used on top */
	unsigned int n_free;
	unsigned int *answered; /* those whose response was not shown yet */
	unsigned int n_answered;

	bool serving; /* we are within serve() */
	bool woken;   /* by the guest, since we last looked */
	unsigned int n_spurious;
};

static struct pv_request *request_at(const struct pv_queue *queue,
				     unsigned int i)
{
	return (void *)(queue->requests + i * queue->request_size);
}

static void *decoded(struct pv_request *req)
{
	return req + 1;
}

/* Answers */

static void flush(void *arg)
{
	struct pv_queue *queue = arg;

	if (!queue->n_answered)
		return;

	if (ring_publish(&queue->ring)) {
		queue->session->stats->count[STAT_NOTIFICATIONS]++;
		hv_notify(queue->port);
	}
	while (queue->n_answered) {
		unsigned int i = queue->answered[--queue->n_answered];

		journal_forget(&queue->journal[i]);
		queue->free[queue->n_free++] = i;
	}
}

static void answer(struct pv_request *req, const void *wire)
{
	struct pv_queue *queue = req->queue;
	struct stats *stats = queue->session->stats;
	unsigned int i = req->index;

	ring_put(&queue->ring, wire, queue->protocol->response_size);
	journal_answer(&queue->journal[i], queue->ring.put - 1);
	queue->answered[queue->n_answered++] = i;
	if (!queue->serving)
		loop_task_queue(queue->flush);

	stats->count[STAT_REQUESTS]++;
	histogram_add(&stats->latency,
		      loop_now(queue->session->loop) - req->since);
	session_answered(queue->session);
}

void pv_answer(struct pv_request *req, const void *response)
{
	uint8_t wire[RING_RESPONSE_MAX];

	req->queue->protocol->encode(response, wire);
	answer(req, wire);
}

static void refuse(struct pv_request *req)
{
	struct pv_session *session = req->queue->session;
	uint8_t wire[RING_RESPONSE_MAX];

	log_guest(session->log, "a request that no driver sends");
	session->stats->count[STAT_REFUSED]++;
	req->queue->protocol->refuse(decoded(req), wire);
	answer(req, wire);
}

/* Requests */

/* Request @i, whose slot is in the journal. */
static void begin(struct pv_queue *queue, unsigned int i, uint64_t now)
{
	struct pv_session *session = queue->session;
	struct pv_request *req = request_at(queue, i);

	*req = (struct pv_request){ queue, now, i };
	session->n_in_flight++;
	if (queue->protocol->decode(queue->journal[i].slot, decoded(req)) < 0)
		refuse(req);
	else
		session->backend->request(req, decoded(req));
}

static void take(struct pv_queue *queue, uint64_t now)
{
	unsigned int i = queue->free[--queue->n_free];
	struct journal_record *record = &queue->journal[i];

	ring_take(&queue->ring, record->slot, queue->protocol->slot_size);
	journal_take(record);
	begin(queue, i, now);
}

static void end_batch(struct pv_queue *queue)
{
	if (queue->session->backend->batch)
		queue->session->backend->batch(queue->session);
	flush(queue);
}

static void take_batch(struct pv_queue *queue, unsigned int n)
{
	uint64_t now = loop_now(queue->session->loop);

	queue->serving = true;
	for (unsigned int i = 0; i < n; i++)
		take(queue, now);
	end_batch(queue);
	queue->serving = false;
}

/* Wake-ups */

static void count_wake_up(struct pv_queue *queue, bool for_nothing)
{
	if (!for_nothing) {
		queue->n_spurious = 0;
	} else if (queue->woken) {
		queue->n_spurious++;
		queue->session->stats->count[STAT_SPURIOUS]++;
	}
	queue->woken = false;
}

static void listen_again(void *arg)
{
	struct pv_queue *queue = arg;

	hv_unmask(queue->port);
}

/* Let the guest notify us again, the later the more often it did in vain. */
static void listen_patiently(struct pv_queue *queue)
{
	unsigned int excess;

	if (queue->n_spurious <= SPURIOUS_FREE) {
		hv_unmask(queue->port);
		return;
	}

	excess = queue->n_spurious - SPURIOUS_FREE - 1;
	if (excess > SPURIOUS_SHIFT_MAX)
		excess = SPURIOUS_SHIFT_MAX;
	loop_timer_set(queue->patience, SPURIOUS_DELAY_US << excess);
}

static void serve(void *arg)
{
	struct pv_queue *queue = arg;
	int n = ring_ready(&queue->ring);

	if (queue->session->stopping)
		return;
	if (n < 0) {
		queue->session->events.broken(queue->session->events.arg,
					      "its ring has an impossible "
					      "number of requests");
		return;
	}

	count_wake_up(queue, n == 0);
	if (n > 0)
		take_batch(queue, n < BUDGET ? n : BUDGET);
	if (n > BUDGET || ring_rearm(&queue->ring))
		loop_task_queue(queue->serve);
	else
		listen_patiently(queue);
}

static void woken(void *arg)
{
	struct pv_queue *queue = arg;

	queue->woken = true;
	queue->session->stats->count[STAT_WAKE_UPS]++;
	loop_task_queue(queue->serve);
}

/* Beginning and end */

unsigned int queue_n_requests(const struct session_ring *ring)
{
	return ring_n_slots(ring->n_refs * XEN_PAGE_SIZE,
			    ring->protocol->slot_size);
}

static size_t aligned(size_t size)
{
	const size_t unit = _Alignof(max_align_t);

	return (size + unit - 1) / unit * unit;
}

/* What is made for every request is made here, once. */
static int make_requests(struct pv_queue *queue)
{
	unsigned int n = queue->ring.n_slots;

	queue->own_offset = sizeof(struct pv_request) +
			    aligned(queue->protocol->request_size);
	queue->request_size = queue->own_offset +
			      aligned(queue->session->backend->request_size);
	queue->requests = talloc_array_size(queue, queue->request_size, n);
	queue->free = talloc_array(queue, unsigned int, n);
	queue->answered = talloc_array(queue, unsigned int, n);
	if (!queue->requests || !queue->free || !queue->answered)
		return -ENOMEM;

	return 0;
}

static int make_tasks(struct pv_queue *queue)
{
	struct loop *loop = queue->session->loop;

	queue->serve = loop_task_new(queue, loop, serve, queue);
	queue->flush = loop_task_new(queue, loop, flush, queue);
	queue->patience = loop_timer_new(queue, loop, listen_again, queue);

	return queue->serve && queue->flush && queue->patience ? 0 : -ENOMEM;
}

/* What hv.h says is the guest's fault. */
static int blame(int error)
{
	return error == -EINVAL ? -EPROTO : error;
}

static int attach(struct pv_queue *queue, const struct session_ring *ring,
		  const char **why)
{
	struct pv_session *session = queue->session;
	int r;

	*why = "cannot map the ring";
	r = hv_map(queue, session->hv, session->guest, ring->refs, ring->n_refs,
		   HV_READ_WRITE, &queue->pages);
	if (r < 0)
		return blame(r);

	*why = "cannot bind to the event channel";
	return blame(hv_bind(queue, session->hv, session->guest, ring->port,
			     woken, queue, &queue->port));
}

int queue_open(struct pv_session *session, const struct session_ring *ring,
	       unsigned int first, const char **why)
{
	CLEANUP(cleanup_talloc)
	struct pv_queue *queue = talloc_zero(session, struct pv_queue);
	int r;

	if (!queue)
		return -ENOMEM;

	queue->session = session;
	queue->protocol = ring->protocol;
	queue->first = first;
	queue->journal = session->journal + first;
	r = attach(queue, ring, why);
	if (r < 0)
		return r;

	*why = "no memory";
	ring_init_host(&queue->ring, hv_pages_at(queue->pages),
		       hv_pages_len(queue->pages), ring->protocol->slot_size);
	r = make_requests(queue);
	if (r < 0)
		return r;
	r = make_tasks(queue);
	if (r < 0)
		return r;

	list_add(&session->queues, &take_ptr(queue)->link);
	return 0;
}

void queue_start(struct list *link)
{
	struct pv_queue *queue = container_of(link, struct pv_queue, link);
	uint64_t now = loop_now(queue->session->loop);
	unsigned int n = queue->ring.n_slots;

	ring_resume(&queue->ring,
		    journal_recover(queue->journal, n, queue->ring.put));
	queue->serving = true;
	for (unsigned int i = n; i-- > 0;) {
		if (queue->journal[i].state == JOURNAL_FREE)
			queue->free[queue->n_free++] = i;
		else
			begin(queue, i, now);
	}
	end_batch(queue);
	queue->serving = false;
	loop_task_queue(queue->serve);
}

/* What a backend may ask. */

struct pv_session *pv_session_of(const struct pv_request *req)
{
	return req->queue->session;
}

void *pv_request_data(struct pv_request *req)
{
	return (uint8_t *)req + req->queue->own_offset;
}

unsigned int pv_request_number(const struct pv_request *req)
{
	return req->queue->first + req->index;
}
