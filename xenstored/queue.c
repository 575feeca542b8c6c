/* SPDX-License-Identifier: MIT */

#include "xenstored/queue.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <talloc.h>

#include "base/hash.h"
#include "base/loop.h"
#include "protocols/xs.h"
#include "xenstored/quota.h"

struct message {
	struct list of_queue;
	struct hash_link of_events; /* while it is an event, sent not at all */
	struct queue *queue;
	uint64_t queued_at;
	bool is_event;
	bool is_found;
	size_t len;
	size_t sent;
	struct charge memory;
	uint8_t bytes[];
};

/* From so many messages on it pays to have the events in a hash table. */
#define SCAN_MAX 8

struct queue {
	struct loop *loop;
	struct account *account;
	const struct hash *secret;
	struct list messages;
	size_t n;
	struct hash events; /* has buckets once it is used */
	struct loop_timer *timer;
	uint64_t timeout_us;
	size_t n_replies;
	size_t bytes;
};

/* Messages go before the hash table that they are in. */
static int free_queue(struct queue *queue)
{
	while (!list_empty(&queue->messages))
		talloc_free(
			list_first(&queue->messages, struct message, of_queue));
	return 0;
}

struct queue *queue_new(void *mem, struct loop *loop, struct account *account,
			const struct hash *secret)
{
	struct queue *queue = talloc_zero(mem, struct queue);

	if (!queue)
		return NULL;

	queue->loop = loop;
	queue->account = account;
	queue->secret = secret;
	list_init(&queue->messages);
	talloc_set_destructor(queue, free_queue);
	return queue;
}

static void hide(struct message *message)
{
	if (message->is_found)
		hash_remove(&message->queue->events, &message->of_events);
	message->is_found = false;
}

static int free_message(struct message *message)
{
	struct queue *queue = message->queue;

	hide(message);
	list_remove(&message->of_queue);
	queue->bytes -= message->len - message->sent;
	queue->n_replies -= !message->is_event;
	account_sub(queue->account, QUOTA_OUTSTANDING, !message->is_event);
	queue->n--;
	charge_drop(&message->memory);
	return 0;
}

static bool is_same(const struct message *message, const void *bytes,
		    size_t len)
{
	return message->is_event && !message->sent && message->len == len &&
	       !memcmp(message->bytes, bytes, len);
}

static bool is_queued(const struct queue *queue, const void *bytes, size_t len)
{
	struct message *message;
	uint32_t value;

	if (queue->events.buckets) {
		value = hash_value(&queue->events, 0, bytes, len);
		hash_for_each(&queue->events, value, message, of_events) {
			if (is_same(message, bytes, len))
				return true;
		}
		return false;
	}

	list_for_each(&queue->messages, message, of_queue) {
		if (is_same(message, bytes, len))
			return true;
	}

	return false;
}

static void show(struct queue *queue, struct message *message)
{
	if (!message->is_event || message->sent)
		return;

	hash_add(&queue->events, &message->of_events,
		 hash_value(&queue->events, 0, message->bytes, message->len));
	message->is_found = true;
}

/* Begin to use the hash table; without memory for it, looking takes longer. */
static void show_all(struct queue *queue)
{
	struct message *message;

	if (hash_init(&queue->events, queue, queue->secret) < 0)
		return;

	list_for_each(&queue->messages, message, of_queue)
		show(queue, message);
}

static void append(struct queue *queue, struct message *message)
{
	talloc_set_destructor(message, free_message);
	list_add(&queue->messages, &message->of_queue);
	queue->bytes += message->len - message->sent;
	queue->n_replies += !message->is_event;
	account_add(queue->account, QUOTA_OUTSTANDING, !message->is_event);
	queue->n++;
	if (queue->events.buckets)
		show(queue, message);
	else if (queue->n > SCAN_MAX)
		show_all(queue);
}

int queue_add(struct queue *queue, const void *bytes, size_t len, size_t sent)
{
	struct xs_header header;
	struct message *message;
	bool is_event;

	memcpy(&header, bytes, sizeof(header));
	is_event = header.type == XS_WATCH_EVENT;
	if (is_event && !sent && is_queued(queue, bytes, len))
		return 0;
	if (is_event && !sent &&
	    len > account_left(queue->account, QUOTA_MEMORY))
		return 0;

	message = talloc_zero_size(queue, sizeof(*message) + len);
	if (!message)
		return -ENOMEM;

	memcpy(message->bytes, bytes, len);
	message->queue = queue;
	message->queued_at = loop_now(queue->loop);
	message->is_event = is_event;
	message->len = len;
	message->sent = sent;
	message->memory = (struct charge){ queue->account, QUOTA_MEMORY, len };
	account_add(queue->account, QUOTA_MEMORY, len);
	append(queue, message);
	return 0;
}

int queue_peek(const struct queue *queue, struct iovec *iov, int n)
{
	struct message *message;
	int used = 0;

	list_for_each(&queue->messages, message, of_queue) {
		if (used == n)
			break;
		iov[used].iov_base = message->bytes + message->sent;
		iov[used].iov_len = message->len - message->sent;
		used++;
	}

	return used;
}

void queue_sent(struct queue *queue, size_t len)
{
	while (len) {
		struct message *message =
			list_first(&queue->messages, struct message, of_queue);
		size_t left = message->len - message->sent;

		assert(!list_empty(&queue->messages));
		if (len < left) {
			hide(message);
			message->sent += len;
			queue->bytes -= len;
			return;
		}
		len -= left;
		talloc_free(message);
	}
}

/* Drop the events that waited too long; a part of a message cannot be taken
 * back.  The first of those left says when to look again. */
static void expire(void *arg)
{
	struct queue *queue = arg;
	uint64_t now = loop_now(queue->loop);
	struct message *message, *safe;

	list_for_each_safe(&queue->messages, message, safe, of_queue) {
		uint64_t waited = now - message->queued_at;

		if (!message->is_event || message->sent)
			continue;
		if (waited < queue->timeout_us) {
			loop_timer_set(queue->timer,
				       queue->timeout_us - waited);
			return;
		}
		talloc_free(message);
	}
}

int queue_stalled(struct queue *queue, uint64_t timeout_us)
{
	if (!timeout_us)
		return 0;
	if (!queue->timer) {
		queue->timer =
			loop_timer_new(queue, queue->loop, expire, queue);
		if (!queue->timer)
			return -ENOMEM;
	}

	queue->timeout_us = timeout_us;
	if (!loop_timer_is_set(queue->timer))
		expire(queue);
	return 0;
}

bool queue_is_empty(const struct queue *queue)
{
	return list_empty(&queue->messages);
}

size_t queue_replies(const struct queue *queue)
{
	return queue->n_replies;
}

size_t queue_bytes(const struct queue *queue)
{
	return queue->bytes;
}

size_t queue_memory(const struct queue *queue)
{
	const struct message *message;
	size_t memory = 0;

	list_for_each(&queue->messages, message, of_queue)
		memory += message->memory.amount;

	return memory;
}
