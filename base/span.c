/* SPDX-License-Identifier: MIT */

#include "base/span.h"

#include <string.h>

struct span span_of(const void *bytes, size_t len)
{
	return (struct span){ .at = bytes, .left = len };
}

const void *span_bytes(struct span *s, size_t len)
{
	const uint8_t *bytes = s->at;

	if (s->bad || len > s->left) {
		s->bad = true;
		return NULL;
	}

	s->at += len;
	s->left -= len;
	return bytes;
}

const char *span_cstr(struct span *s)
{
	const uint8_t *nul = s->left ? memchr(s->at, '\0', s->left) : NULL;

	if (!nul) {
		s->bad = true;
		return NULL;
	}

	return span_bytes(s, nul - s->at + 1);
}

static uint64_t span_le(struct span *s, size_t len)
{
	const uint8_t *bytes = span_bytes(s, len);
	uint64_t value = 0;

	if (!bytes)
		return 0;

	while (len--)
		value = value << 8 | bytes[len];

	return value;
}

uint8_t span_u8(struct span *s)
{
	return span_le(s, 1);
}

uint16_t span_le16(struct span *s)
{
	return span_le(s, 2);
}

uint32_t span_le32(struct span *s)
{
	return span_le(s, 4);
}

uint64_t span_le64(struct span *s)
{
	return span_le(s, 8);
}

bool span_done(const struct span *s)
{
	return !s->bad && s->left == 0;
}
