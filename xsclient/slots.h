/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * slots - small numbers that stand for something on the wire.
 *
 * A number is taken until it is given back, even if what it stood for is gone:
 * the other side may still mention it.
 */

#include <stdbool.h>
#include <stdint.h>

struct slot {
	void *owner;  /* or NULL */
	uint32_t tag; /* the caller's */
	uint32_t next_free;
	bool taken;
};

struct slots {
	struct slot *slot; /* a talloc array */
	uint32_t n;        /* of those ever taken */
	uint32_t first_free;
};

/* Take a number from 1 on; @slots grows as a child of @mem. */
int slots_take(void *mem, struct slots *slots, void *owner, uint32_t tag,
	       uint32_t *number);
void slots_give_back(struct slots *slots, uint32_t number);

/* The slot of a number that somebody else mentioned, or NULL if it is not
 * taken.  Valid until the next one is taken. */
struct slot *slots_find(const struct slots *slots, uint32_t number);
