/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * queue - messages that a client did not take yet.
 *
 * It exists only while there are any.  An event that is already queued, and
 * of which the client saw nothing, is not queued again: this takes one look
 * however long the queue is.  The queue is charged to the client's domain;
 * when that has no memory left, events are dropped, replies are not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct hash;
struct iovec;
struct loop;
struct queue;

/* @secret is for finding events.  NULL: no memory. */
struct queue *queue_new(void *mem, struct loop *loop, struct account *account,
			const struct hash *secret);

/* Append one message, a header with its payload, of which the client has got
 * @sent bytes already.  Returns 0 or -ENOMEM. */
int queue_add(struct queue *queue, const void *message, size_t len,
	      size_t sent);

/* The first messages, for sending: how many entries of @iov were filled. */
int queue_peek(const struct queue *queue, struct iovec *iov, int n);

/* The client takes no more now: drop its events that it does not read within
 * @timeout_us (0: never).  Returns 0 or -ENOMEM. */
int queue_stalled(struct queue *queue, uint64_t timeout_us);

/* So many bytes were sent. */
void queue_sent(struct queue *queue, size_t len);

bool queue_is_empty(const struct queue *queue);
size_t queue_replies(const struct queue *queue);
size_t queue_bytes(const struct queue *queue);

/* What its messages are charged with. */
size_t queue_memory(const struct queue *queue);
