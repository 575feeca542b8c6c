/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * buffer - where the replies of a client's turn are collected.
 *
 * A client has one for as long as its turn lasts; a few are kept for the next
 * ones.
 */

#include <stddef.h>
#include <stdint.h>

#define BUFFER_SIZE 65536

struct buffer {
	struct buffer *next; /* while nobody has it */
	size_t len;
	uint8_t bytes[BUFFER_SIZE];
};

struct buffers {
	struct buffer *free;
	size_t n_free;
};

/* An empty buffer, or NULL: no memory. */
struct buffer *buffer_take(struct buffers *buffers);
void buffer_give_back(struct buffers *buffers, struct buffer *buffer);
void buffers_free(struct buffers *buffers);

/* Room for @len bytes more, which are then in the buffer; NULL: no room. */
uint8_t *buffer_room(struct buffer *buffer, size_t len);
