/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * buffer - bytes that wait until somebody can take them.
 */

#include <stddef.h>
#include <stdint.h>

/* All zeros is an empty one. */
struct buffer {
	uint8_t *data; /* a talloc array */
	size_t start;  /* those before it were taken */
	size_t end;
};

/* Append; the memory is @mem's.  0 or -ENOMEM. */
int buffer_put(void *mem, struct buffer *buffer, const void *bytes, size_t len);

size_t buffer_len(const struct buffer *buffer);
const uint8_t *buffer_at(const struct buffer *buffer);
void buffer_take(struct buffer *buffer, size_t len);
