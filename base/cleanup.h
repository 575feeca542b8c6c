/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * cleanup - local variables that tidy up after themselves.
 *
 * talloc owns what lives longer than a function; these own what does not.
 */

#include <stddef.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_talloc(void *ptr)
{
	void *owned;

	memcpy(&owned, ptr, sizeof(owned));
	talloc_free(owned);
}

/* Hand the value on to a new owner: the variable forgets it. */
#define take_fd(fd)                                                            \
	({                                                                     \
		int *_fd = &(fd);                                              \
		int _taken = *_fd;                                             \
		*_fd = -1;                                                     \
		_taken;                                                        \
	})
#define take_ptr(ptr)                                                          \
	({                                                                     \
		typeof(ptr) *_ptr = &(ptr);                                    \
		typeof(ptr) _taken = *_ptr;                                    \
		*_ptr = NULL;                                                  \
		_taken;                                                        \
	})
