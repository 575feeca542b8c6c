/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * text - numbers and strings that somebody else wrote.
 */

#include <stddef.h>
#include <stdint.h>

/* The decimal number that @text is, from its first byte to its last: no sign,
 * no blanks, no other base.  Returns 0, -EINVAL or -ERANGE. */
int text_u64(const char *text, uint64_t *value);
int text_u32(const char *text, uint32_t *value);

/* @bytes as one line that is safe to log: whatever is not printable ASCII
 * becomes \xNN, and what is longer than 256 bytes is cut ("...").  Returns a
 * child of @mem or NULL. */
const char *text_printable(void *mem, const void *bytes, size_t len);
