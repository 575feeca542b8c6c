/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/slots.h"

#include <errno.h>
#include <talloc.h>

#define SLOTS_MIN 64

struct slots {
	void **thing; /* from number 1 on */
	uint32_t *unused;
	uint32_t n_unused;
	uint32_t n; /* numbers that were ever used */
	uint32_t size;
};

struct slots *slots_new(void *mem)
{
	return talloc_zero(mem, struct slots);
}

static int grow(struct slots *slots)
{
	uint32_t size = slots->size ? slots->size * 2 : SLOTS_MIN;
	uint32_t *unused;
	void **thing;

	if (slots->n < slots->size)
		return 0;

	unused = talloc_realloc(slots, slots->unused, uint32_t, size);
	if (!unused)
		return -ENOMEM;
	slots->unused = unused;

	thing = talloc_realloc(slots, slots->thing, void *, size);
	if (!thing)
		return -ENOMEM;
	slots->thing = thing;
	slots->size = size;
	return 0;
}

int slots_add(struct slots *slots, void *thing)
{
	uint32_t number;

	if (slots->n_unused)
		number = slots->unused[--slots->n_unused];
	else if (grow(slots) < 0)
		return -ENOMEM;
	else
		number = ++slots->n;

	slots->thing[number - 1] = thing;
	return (int)number;
}

void *slots_get(const struct slots *slots, uint32_t number)
{
	return number && number <= slots->n ? slots->thing[number - 1] : NULL;
}

void slots_remove(struct slots *slots, uint32_t number)
{
	slots->thing[number - 1] = NULL;
	slots->unused[slots->n_unused++] = number;
}
