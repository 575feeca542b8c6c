/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/slots.h"

#include <errno.h>
#include <talloc.h>

#include "sim/hypervisor/table.h"

struct slots {
	struct table table; /* of pointers; number n is row n - 1 */
};

struct slots *slots_new(void *mem)
{
	struct slots *slots = talloc_zero(mem, struct slots);

	if (slots)
		slots->table.row_size = sizeof(void *);

	return slots;
}

static void **row(const struct slots *slots, uint32_t number)
{
	return table_row(&slots->table, number - 1);
}

int slots_add(struct slots *slots, void *thing)
{
	uint32_t i;

	if (!table_take_unused(&slots->table, &i)) {
		i = slots->table.n;
		if (table_grow(slots, &slots->table, i + 1) < 0)
			return -ENOMEM;
	}

	*row(slots, i + 1) = thing;
	return (int)i + 1;
}

void *slots_get(const struct slots *slots, uint32_t number)
{
	return number && number <= slots->table.n ? *row(slots, number) : NULL;
}

void slots_remove(struct slots *slots, uint32_t number)
{
	*row(slots, number) = NULL;
	table_put_unused(&slots->table, number - 1);
}
