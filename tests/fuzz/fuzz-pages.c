/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/pages.h"
#include "tests/fuzz/fuzz.h"

#define N_REFS_MAX 5000
#define N_PAGES    4

static uint32_t page[N_PAGES][XEN_PAGE_SIZE / 4];
static grant_ref_t refs[N_REFS_MAX];

/* A guest's pages: mostly ascending numbers, some of them as @in says. */
static void fill_pages(struct span *in)
{
	for (unsigned int i = 0; i < N_PAGES; i++) {
		for (unsigned int j = 0; j < XEN_PAGE_SIZE / 4; j++)
			page[i][j] = 1 + i * XEN_PAGE_SIZE + j;
		page[i][0] = span_u8(in);
	}
	while (in->left && !in->bad) {
		unsigned int i = span_u8(in) % N_PAGES;
		unsigned int j = span_le16(in) % (XEN_PAGE_SIZE / 4);

		page[i][j] = span_le32(in);
	}
}

static void check_found(size_t n_refs)
{
	for (size_t i = 0; i < n_refs; i++)
		assert(refs[i] != 0);
	for (size_t i = 0; i < 8 && i < n_refs; i++)
		for (size_t j = i + 1; j < n_refs; j++)
			assert(refs[i] != refs[j]);
}

/* Whatever a guest lists, the walk ends after as many pages as it takes, and
 * what it finds are that many references. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	size_t n_refs = 1 + span_le16(&in) % N_REFS_MAX;
	grant_ref_t first = span_u8(&in);
	struct pages_walk walk;
	size_t n_copied = 0;
	int r;

	fill_pages(&in);
	r = pages_walk(&walk, first, refs, n_refs);
	while (r == 0 && pages_wanted(&walk)) {
		r = pages_found(&walk, page[pages_wanted(&walk) % N_PAGES]);
		assert(++n_copied <= pages_of_list(n_refs));
	}
	assert(r == 0 || r == -EPROTO);
	if (r < 0)
		return 0;

	assert(walk.n == n_refs && n_copied == pages_of_list(n_refs));
	if (pages_unique(refs, n_refs) == 0)
		check_found(n_refs);
	return 0;
}
