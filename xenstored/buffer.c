/* SPDX-License-Identifier: MIT */

#include "xenstored/buffer.h"

#include <stdlib.h>

#define FREE_MAX 4

struct buffer *buffer_take(struct buffers *buffers)
{
	struct buffer *buffer = buffers->free;

	if (buffer) {
		buffers->free = buffer->next;
		buffers->n_free--;
	} else {
		buffer = malloc(sizeof(*buffer));
	}
	if (buffer)
		buffer->len = 0;

	return buffer;
}

void buffer_give_back(struct buffers *buffers, struct buffer *buffer)
{
	if (buffers->n_free == FREE_MAX) {
		free(buffer);
		return;
	}

	buffer->next = buffers->free;
	buffers->free = buffer;
	buffers->n_free++;
}

void buffers_free(struct buffers *buffers)
{
	while (buffers->free) {
		struct buffer *buffer = buffers->free;

		buffers->free = buffer->next;
		free(buffer);
	}
	buffers->n_free = 0;
}

uint8_t *buffer_room(struct buffer *buffer, size_t len)
{
	uint8_t *room = buffer->bytes + buffer->len;

	if (len > BUFFER_SIZE - buffer->len)
		return NULL;

	buffer->len += len;
	return room;
}
