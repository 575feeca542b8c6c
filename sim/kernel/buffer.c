/* SPDX-License-Identifier: MIT */

#include "sim/kernel/buffer.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#define SIZE_MIN 1024

/* Have room for @len bytes behind those that wait. */
static int make_room(void *mem, struct buffer *buffer, size_t len)
{
	size_t size = buffer->data ? talloc_array_length(buffer->data) : 0;
	size_t need = buffer_len(buffer) + len;
	uint8_t *data;

	if (buffer->start) {
		memmove(buffer->data, buffer_at(buffer), buffer_len(buffer));
		buffer->end -= buffer->start;
		buffer->start = 0;
	}
	if (need <= size)
		return 0;

	while (size < need)
		size = size ? size * 2 : SIZE_MIN;
	data = talloc_realloc(mem, buffer->data, uint8_t, size);
	if (!data)
		return -ENOMEM;

	buffer->data = data;
	return 0;
}

int buffer_put(void *mem, struct buffer *buffer, const void *bytes, size_t len)
{
	size_t size = buffer->data ? talloc_array_length(buffer->data) : 0;

	if (len > size - buffer->end && make_room(mem, buffer, len) < 0)
		return -ENOMEM;

	memcpy(buffer->data + buffer->end, bytes, len);
	buffer->end += len;
	return 0;
}

size_t buffer_len(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

const uint8_t *buffer_at(const struct buffer *buffer)
{
	return buffer->data + buffer->start;
}

void buffer_take(struct buffer *buffer, size_t len)
{
	buffer->start += len;
	if (buffer->start == buffer->end)
		buffer->start = buffer->end = 0;
}
