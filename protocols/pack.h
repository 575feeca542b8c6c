/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * pack - write bytes one after the other, without ever leaving the buffer.
 *
 * For what may not fit, as put.h is for what does.  What does not fit is not
 * written, not even in part, and marks the pack full, for good: ask once, last.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pack {
	uint8_t *bytes;
	size_t len;  /* written so far */
	size_t size; /* of the buffer */
	bool full;
};

struct pack pack_into(void *bytes, size_t size);

void pack_u8(struct pack *p, uint8_t value);
void pack_le16(struct pack *p, uint16_t value);
void pack_le32(struct pack *p, uint32_t value);
void pack_le64(struct pack *p, uint64_t value);
void pack_bytes(struct pack *p, const void *bytes, size_t len);
