/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * table - rows that are known by their index, and which of them are unused.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	size_t row_size;
	uint32_t n; /* rows that are known */
	uint32_t size;
	char *rows;       /* talloc arrays of that size */
	uint32_t *unused; /* the indices on this stack are unused */
	uint32_t n_unused;
};

/* Know @n rows at least; new ones are zeros.  Rows may move.  0 or -ENOMEM. */
int table_grow(void *mem, struct table *table, uint32_t n);

/* A row that is known. */
void *table_row(const struct table *table, uint32_t i);

/* Put a row, which must not be there already, on the stack of the unused, and
 * take the last one from it, if there is one. */
void table_put_unused(struct table *table, uint32_t i);
bool table_take_unused(struct table *table, uint32_t *i);
