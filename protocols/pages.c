/* SPDX-License-Identifier: MIT */

#include "protocols/pages.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "protocols/put.h"

int pages_walk(struct pages_walk *walk, grant_ref_t first, grant_ref_t *refs,
	       size_t n_refs)
{
	assert(n_refs > 0);
	*walk = (struct pages_walk){ refs, n_refs, 0, first };
	return first ? 0 : -EPROTO;
}

grant_ref_t pages_wanted(const struct pages_walk *walk)
{
	return walk->n < walk->n_refs ? walk->wanted : 0;
}

int pages_found(struct pages_walk *walk, const void *page)
{
	struct span in = span_of(page, XEN_PAGE_SIZE);
	size_t end = walk->n + PAGES_PER_LIST_PAGE;

	walk->wanted = span_le32(&in);
	if (end > walk->n_refs)
		end = walk->n_refs;
	while (walk->n < end) {
		walk->refs[walk->n] = span_le32(&in);
		if (!walk->refs[walk->n++])
			return -EPROTO;
	}

	return end == walk->n_refs || walk->wanted ? 0 : -EPROTO;
}

static int compare(const void *a, const void *b)
{
	const grant_ref_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

int pages_unique(const grant_ref_t *refs, size_t n_refs)
{
	CLEANUP(cleanup_talloc)
	grant_ref_t *sorted = talloc_memdup(NULL, refs, n_refs * sizeof(*refs));

	if (!sorted)
		return -ENOMEM;

	qsort(sorted, n_refs, sizeof(*sorted), compare);
	for (size_t i = 1; i < n_refs; i++) {
		if (sorted[i] == sorted[i - 1])
			return -EPROTO;
	}

	return 0;
}

void pages_write(void *page, grant_ref_t next, const grant_ref_t *refs,
		 size_t n_refs)
{
	uint8_t *at = page;

	assert(n_refs <= PAGES_PER_LIST_PAGE);
	put_le(&at, sizeof(next), next);
	for (size_t i = 0; i < n_refs; i++)
		put_le(&at, sizeof(*refs), refs[i]);
}
