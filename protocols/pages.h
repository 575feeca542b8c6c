/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * pages - a buffer of a guest's pages, named by a list of pages of references.
 *
 * Each page of the list has the reference of the next one, or 0, and then
 * references of the buffer's pages.  How many there are follows from the size
 * of the buffer.  Whoever walks the list says which page is wanted, is given a
 * copy, and stops after as many as it takes, whatever the guest wrote:
 *
 *     r = pages_walk(&walk, first, refs, n_refs);
 *     if (r < 0)
 *             return r;
 *     while ((ref = pages_wanted(&walk))) {
 *             copy the page that ref names
 *             r = pages_found(&walk, copy);
 *             if (r < 0)
 *                     return r;
 *     }
 *     return pages_unique(refs, n_refs);
 *
 * See docs/protocols/events.md, which has the wire of both.
 */

#include <stddef.h>

#include "base/xen.h"

#define PAGES_PER_LIST_PAGE (XEN_PAGE_SIZE / sizeof(grant_ref_t) - 1)

/* How many pages a buffer of @len bytes has. */
static inline size_t pages_of(uint32_t len)
{
	return len / XEN_PAGE_SIZE + (len % XEN_PAGE_SIZE != 0);
}

/* How many pages the list of @n_refs references has. */
static inline size_t pages_of_list(size_t n_refs)
{
	return (n_refs + PAGES_PER_LIST_PAGE - 1) / PAGES_PER_LIST_PAGE;
}

struct pages_walk {
	grant_ref_t *refs; /* to be filled in */
	size_t n_refs;
	size_t n; /* found so far */
	grant_ref_t wanted;
};

/* Begin at @first, which is -EPROTO if it is 0.  @refs has room for @n_refs,
 * which is not 0. */
int pages_walk(struct pages_walk *walk, grant_ref_t first, grant_ref_t *refs,
	       size_t n_refs);

/* The page of the list to look at next, or 0 if all references are found. */
grant_ref_t pages_wanted(const struct pages_walk *walk);

/* What is on that page.  -EPROTO if the list ends too early, or if a reference
 * is 0, which is none. */
int pages_found(struct pages_walk *walk, const void *page);

/* -EPROTO if a reference is there twice, as from a list that leads back to one
 * of its pages.  -ENOMEM. */
int pages_unique(const grant_ref_t *refs, size_t n_refs);

/* The guest's side: fill in one page of the list. */
void pages_write(void *page, grant_ref_t next, const grant_ref_t *refs,
		 size_t n_refs);
