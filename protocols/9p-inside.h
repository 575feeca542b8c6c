/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * 9p-inside - what the encoders of 9P messages share.
 */

#include <assert.h>
#include <string.h>

#include "protocols/pack.h"

static inline void p9_put_string(struct pack *out, const char *text)
{
	size_t len = strlen(text);

	assert(len <= UINT16_MAX);
	pack_le16(out, len);
	pack_bytes(out, text, len);
}

/* The header of a message.  It comes first, but its size is known last: write
 * it twice, the second time into a copy of @out as it was. */
static inline void p9_put_header(struct pack *out, uint32_t size, uint8_t type,
				 uint16_t tag)
{
	pack_le32(out, size);
	pack_u8(out, type);
	pack_le16(out, tag);
}
