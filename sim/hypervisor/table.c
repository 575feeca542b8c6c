/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/table.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <talloc.h>

#define SIZE_MIN 8

static int resize(void *mem, struct table *table, uint32_t size)
{
	uint32_t *unused = talloc_realloc(mem, table->unused, uint32_t, size);
	char *rows;

	if (!unused)
		return -ENOMEM;
	table->unused = unused;

	rows = talloc_realloc_size(mem, table->rows, size * table->row_size);
	if (!rows)
		return -ENOMEM;
	table->rows = rows;
	table->size = size;
	return 0;
}

int table_grow(void *mem, struct table *table, uint32_t n)
{
	uint32_t size = table->size ? table->size : SIZE_MIN;

	if (n <= table->n)
		return 0;
	while (size < n)
		size = size > UINT32_MAX / 2 ? n : size * 2;
	if (size > table->size && resize(mem, table, size) < 0)
		return -ENOMEM;

	memset(table->rows + table->n * table->row_size, 0,
	       (n - table->n) * table->row_size);
	table->n = n;
	return 0;
}

void *table_row(const struct table *table, uint32_t i)
{
	assert(i < table->n);
	return table->rows + i * table->row_size;
}

void table_put_unused(struct table *table, uint32_t i)
{
	assert(i < table->n && table->n_unused < table->n);
	table->unused[table->n_unused++] = i;
}

bool table_take_unused(struct table *table, uint32_t *i)
{
	if (!table->n_unused)
		return false;

	*i = table->unused[--table->n_unused];
	return true;
}
