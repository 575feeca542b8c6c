/* SPDX-License-Identifier: MIT */

#include "protocols/pack.h"

#include <string.h>

#include "protocols/put.h"

struct pack pack_into(void *bytes, size_t size)
{
	return (struct pack){ .bytes = bytes, .size = size };
}

/* Room for @len more bytes, or NULL. */
static uint8_t *more(struct pack *p, size_t len)
{
	uint8_t *at = p->bytes + p->len;

	if (p->full || len > p->size - p->len) {
		p->full = true;
		return NULL;
	}

	p->len += len;
	return at;
}

static void pack_le(struct pack *p, size_t len, uint64_t value)
{
	uint8_t *at = more(p, len);

	if (at)
		put_le(&at, len, value);
}

void pack_u8(struct pack *p, uint8_t value)
{
	pack_le(p, 1, value);
}

void pack_le16(struct pack *p, uint16_t value)
{
	pack_le(p, 2, value);
}

void pack_le32(struct pack *p, uint32_t value)
{
	pack_le(p, 4, value);
}

void pack_le64(struct pack *p, uint64_t value)
{
	pack_le(p, 8, value);
}

void pack_bytes(struct pack *p, const void *bytes, size_t len)
{
	uint8_t *at = more(p, len);

	if (at && len)
		memcpy(at, bytes, len);
}
