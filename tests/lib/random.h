/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * random - numbers that nobody can guess and that are the same each time.
 */

#include <stdint.h>

/* The next number of a sequence that @state (not 0) is the place in. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* One of 0 to @n - 1. */
static inline unsigned int random_below(uint64_t *state, unsigned int n)
{
	return (random_next(state) >> 32) % n;
}
