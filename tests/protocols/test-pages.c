/* SPDX-License-Identifier: MIT */

#include "protocols/pages.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

#define N_PAGES 8

/* A guest whose page @i has the reference 100 + i. */
struct guest {
	uint32_t page[N_PAGES][1024];
	unsigned int n_copied;
};

static void *page_of(struct guest *g, grant_ref_t ref)
{
	return ref - 100 < N_PAGES ? g->page[ref - 100] : NULL;
}

static int find(struct guest *g, grant_ref_t first, grant_ref_t *refs, size_t n)
{
	struct pages_walk walk;
	int r = pages_walk(&walk, first, refs, n);
	grant_ref_t ref;

	while (r == 0 && (ref = pages_wanted(&walk))) {
		g->n_copied++;
		r = page_of(g, ref) ? pages_found(&walk, page_of(g, ref))
				    : -EINVAL;
	}

	return r < 0 ? r : pages_unique(refs, n);
}

/* A list of @n references, from 1000 on, on the guest's first pages. */
static void write_list(struct guest *g, size_t n)
{
	grant_ref_t refs[PAGES_PER_LIST_PAGE];
	size_t done = 0;

	memset(g, 0, sizeof(*g));
	for (unsigned int i = 0; done < n; i++) {
		size_t part = 0;

		while (part < PAGES_PER_LIST_PAGE && done < n)
			refs[part++] = 1000 + done++;
		pages_write(g->page[i], done < n ? 101 + i : 0, refs, part);
	}
}

static struct guest guest;
static grant_ref_t found[4 * PAGES_PER_LIST_PAGE];

TEST(a_buffer_has_as_many_pages_as_it_begins)
{
	CHECK_EQ(pages_of(0), 0);
	CHECK_EQ(pages_of(1), 1);
	CHECK_EQ(pages_of(4096), 1);
	CHECK_EQ(pages_of(4097), 2);
	CHECK_EQ(pages_of(UINT32_MAX), 1 << 20);
}

TEST(a_page_lists_1023_pages)
{
	CHECK_EQ(pages_of_list(1), 1);
	CHECK_EQ(pages_of_list(1023), 1);
	CHECK_EQ(pages_of_list(1024), 2);
	CHECK_EQ(pages_of_list(2047), 3);
}

TEST(all_references_are_found_in_their_order)
{
	write_list(&guest, 2100);

	CHECK_EQ(find(&guest, 100, found, 2100), 0);
	CHECK_EQ(guest.n_copied, 3);
	for (int i = 0; i < 2100; i++)
		CHECK_EQ(found[i], 1000 + i);
}

TEST(a_full_page_needs_no_other)
{
	write_list(&guest, 1023);

	CHECK_EQ(find(&guest, 100, found, 1023), 0);
	CHECK_EQ(guest.n_copied, 1);
}

TEST(what_follows_the_last_reference_is_of_no_interest)
{
	write_list(&guest, 2);
	guest.page[0][0] = 105; /* a next page */
	guest.page[0][3] = 0;

	CHECK_EQ(find(&guest, 100, found, 2), 0);
	CHECK_EQ(guest.n_copied, 1);
}

TEST(a_list_that_is_too_short_is_refused)
{
	write_list(&guest, 1023);
	CHECK_EQ(find(&guest, 100, found, 1024), -EPROTO);

	write_list(&guest, 5);
	CHECK_EQ(find(&guest, 100, found, 6), -EPROTO);
}

TEST(no_page_has_the_reference_0)
{
	write_list(&guest, 5);

	CHECK_EQ(find(&guest, 0, found, 5), -EPROTO);
	guest.page[0][3] = 0;
	CHECK_EQ(find(&guest, 100, found, 5), -EPROTO);
}

TEST(a_list_that_leads_to_itself_ends_and_is_refused)
{
	write_list(&guest, 1023);
	guest.page[0][0] = 100;

	CHECK_EQ(find(&guest, 100, found, 4 * 1023), -EPROTO);
	CHECK_EQ(guest.n_copied, 4);
}

TEST(a_list_that_goes_in_circles_ends_and_is_refused)
{
	write_list(&guest, 2046);
	guest.page[1][0] = 100;

	CHECK_EQ(find(&guest, 100, found, 4 * 1023), -EPROTO);
	CHECK_EQ(guest.n_copied, 4);
}

TEST(a_page_is_not_in_a_buffer_twice)
{
	write_list(&guest, 5);
	guest.page[0][5] = 1000;

	CHECK_EQ(find(&guest, 100, found, 4), 0);
	CHECK_EQ(find(&guest, 100, found, 5), -EPROTO);
}
