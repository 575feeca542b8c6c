/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * span - read bytes a guest sent, without ever leaving the buffer.
 *
 * A read past the end yields zero and marks the span bad, for good.  A parser
 * can thus read a whole message in one go and ask span_done() once, last.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *at;
	size_t left;
	bool bad;
};

struct span span_of(const void *bytes, size_t len);

uint8_t span_u8(struct span *s);
uint16_t span_le16(struct span *s);
uint32_t span_le32(struct span *s);
uint64_t span_le64(struct span *s);

/* The next @len bytes in place, or NULL. Valid as long as the buffer is. */
const void *span_bytes(struct span *s, size_t len);

/* The next NUL-terminated string in place, or NULL if no NUL is in sight. */
const char *span_cstr(struct span *s);

/* Whether everything was there and nothing is left over. */
bool span_done(const struct span *s);
