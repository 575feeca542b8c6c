/* SPDX-License-Identifier: MIT */

#include "xsclient/slots.h"

#include <errno.h>
#include <talloc.h>

/* Number n is slot[n - 1]; first_free is a number too, and 0 is none. */

static int grow(void *mem, struct slots *slots)
{
	uint32_t size = slots->slot ? slots->n * 2 : 16;
	struct slot *slot = talloc_realloc(mem, slots->slot, struct slot, size);

	if (!slot)
		return -ENOMEM;

	slots->slot = slot;
	return 0;
}

int slots_take(void *mem, struct slots *slots, void *owner, uint32_t tag,
	       uint32_t *number)
{
	if (!slots->first_free) {
		if (slots->n == talloc_array_length(slots->slot) &&
		    grow(mem, slots) < 0)
			return -ENOMEM;
		slots->slot[slots->n].next_free = 0;
		slots->first_free = ++slots->n;
	}

	*number = slots->first_free;
	slots->first_free = slots->slot[*number - 1].next_free;
	slots->slot[*number - 1] = (struct slot){ owner, tag, 0, true };
	return 0;
}

void slots_give_back(struct slots *slots, uint32_t number)
{
	slots->slot[number - 1] =
		(struct slot){ .next_free = slots->first_free };
	slots->first_free = number;
}

struct slot *slots_find(const struct slots *slots, uint32_t number)
{
	if (number == 0 || number > slots->n || !slots->slot[number - 1].taken)
		return NULL;

	return &slots->slot[number - 1];
}
