/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * put - numbers as they are on the wire, into a buffer known to have room.
 */

#include <stddef.h>
#include <stdint.h>

/* The @len low bytes of @value at *@at, which moves on. */
static inline void put_le(uint8_t **at, size_t len, uint64_t value)
{
	while (len--) {
		*(*at)++ = value;
		value >>= 8;
	}
}
