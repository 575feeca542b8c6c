/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * shared - fields of a page that another domain writes at any moment.
 *
 * Each access is one load or store.  What is written before shared_write() is
 * seen by whoever sees the field; what is read after shared_read() was written
 * before the field was.
 */

#include <stdint.h>

static inline uint32_t shared_read(const uint32_t *field)
{
	return __atomic_load_n(field, __ATOMIC_ACQUIRE);
}

static inline void shared_write(uint32_t *field, uint32_t value)
{
	__atomic_store_n(field, value, __ATOMIC_RELEASE);
}

/* What is written before is seen by others before what is read after is read:
 * for telling the peer something and then looking at what it told us. */
static inline void shared_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
