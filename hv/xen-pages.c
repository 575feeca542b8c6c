/* SPDX-License-Identifier: MIT */

/*
 * xen-pages - pages of others mapped and copied, our own shared.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "hv/xen-inside.h"

#define COPIES_AT_ONCE 64

/* From Xen's grant_table.h: what a copy refers to, and how it went. */
enum { SOURCE_IS_GRANT = 1 << 0, DEST_IS_GRANT = 1 << 1 };
enum { STATUS_OKAY = 0, STATUS_EAGAIN = -12 };

enum kind { MAPPED, SHARED, STORE };

struct pages {
	struct hv_pages base;
	struct list link;
	enum kind kind;
	struct xen *xen; /* NULL once it is closed */
};

static void let_go(struct pages *pages)
{
	size_t n = pages->base.len / XEN_PAGE_SIZE;

	if (pages->kind == MAPPED)
		xengnttab_unmap(pages->xen->gnttab, pages->base.at, n);
	else if (pages->kind == SHARED)
		xengntshr_unshare(pages->xen->gntshr, pages->base.at, n);
	else
		munmap(pages->base.at, pages->base.len);

	list_remove(&pages->link);
	pages->xen = NULL;
}

static int free_pages(struct pages *pages)
{
	if (pages->xen)
		let_go(pages);
	return 0;
}

void xen_close_pages(struct xen *xen)
{
	while (!list_empty(&xen->pages))
		let_go(list_first(&xen->pages, struct pages, link));
	if (xen->gnttab)
		xengnttab_close(xen->gnttab);
	if (xen->gntshr)
		xengntshr_close(xen->gntshr);
}

static void found_at(struct pages *pages, struct xen *xen, enum kind kind,
		     void *at, size_t n)
{
	pages->base.at = at;
	pages->base.len = n * XEN_PAGE_SIZE;
	pages->kind = kind;
	pages->xen = xen;
	list_add(&xen->pages, &pages->link);
	talloc_set_destructor(pages, free_pages);
}

static int open_gnttab(struct xen *xen)
{
	if (!xen->gnttab)
		xen->gnttab = xengnttab_open(xen_silence(), 0);

	return xen->gnttab ? 0 : -errno;
}

static int open_gntshr(struct xen *xen)
{
	if (!xen->gntshr)
		xen->gntshr = xengntshr_open(xen_silence(), 0);

	return xen->gntshr ? 0 : -errno;
}

int xen_map(void *mem, struct hv *hv, domid_t guest, const grant_ref_t *refs,
	    size_t n_refs, enum hv_access access, struct hv_pages **result)
{
	CLEANUP(cleanup_talloc)
	struct pages *pages = talloc_zero(mem, struct pages);
	struct xen *xen = xen_of(hv);
	uint32_t *copy;
	void *at;
	int r = open_gnttab(xen);

	if (r < 0)
		return r;
	copy = pages ? talloc_memdup(pages, refs, n_refs * sizeof(*refs))
		     : NULL;
	if (!copy)
		return -ENOMEM;
	at = xengnttab_map_domain_grant_refs(
		xen->gnttab, n_refs, guest, copy,
		access == HV_READ ? PROT_READ : PROT_READ | PROT_WRITE);
	if (!at)
		return xen_guest_error();

	talloc_free(copy);
	found_at(pages, xen, MAPPED, at, n_refs);
	*result = &take_ptr(pages)->base;
	return 0;
}

int xen_share(void *mem, struct hv *hv, domid_t peer, size_t n_pages,
	      enum hv_access access, grant_ref_t *refs,
	      struct hv_pages **result)
{
	CLEANUP(cleanup_talloc)
	struct pages *pages = talloc_zero(mem, struct pages);
	struct xen *xen = xen_of(hv);
	void *at;
	int r = open_gntshr(xen);

	if (r < 0)
		return r;
	if (!pages)
		return -ENOMEM;
	at = xengntshr_share_pages(xen->gntshr, peer, n_pages, refs,
				   access == HV_READ_WRITE);
	if (!at)
		return -errno;

	found_at(pages, xen, SHARED, at, n_pages);
	*result = &take_ptr(pages)->base;
	return 0;
}

/* Copies */

static void describe(xengnttab_grant_copy_segment_t *segment, domid_t guest,
		     const struct hv_copy *copy)
{
	union xengnttab_copy_ptr *theirs, *ours;

	memset(segment, 0, sizeof(*segment));
	theirs = copy->to_guest ? &segment->dest : &segment->source;
	ours = copy->to_guest ? &segment->source : &segment->dest;

	theirs->foreign.domid = guest;
	theirs->foreign.ref = copy->ref;
	theirs->foreign.offset = copy->offset;
	ours->virt = copy->local;
	segment->len = copy->len;
	segment->flags = copy->to_guest ? DEST_IS_GRANT : SOURCE_IS_GRANT;
}

static int result_of(const xengnttab_grant_copy_segment_t *segment)
{
	switch (segment->status) {
	case STATUS_OKAY:
		return 0;
	case STATUS_EAGAIN:
		return -EAGAIN;
	default:
		return -EINVAL;
	}
}

/* The next copies that are in order, as many as go at once.  How many of
 * @copies were looked at. */
static size_t copy_some(struct xen *xen, domid_t guest, struct hv_copy *copies,
			size_t n)
{
	xengnttab_grant_copy_segment_t segment[COPIES_AT_ONCE];
	struct hv_copy *copied[COPIES_AT_ONCE];
	size_t n_segments = 0, i;
	int r;

	for (i = 0; i < n && n_segments < COPIES_AT_ONCE; i++) {
		if (copies[i].error)
			continue;
		copied[n_segments] = &copies[i];
		describe(&segment[n_segments++], guest, &copies[i]);
	}

	if (!n_segments)
		return i;
	r = xengnttab_grant_copy(xen->gnttab, n_segments, segment) < 0
		    ? xen_guest_error()
		    : 0;
	for (size_t k = 0; k < n_segments; k++)
		copied[k]->error = r ?: result_of(&segment[k]);

	return i;
}

void xen_copy(struct hv *hv, domid_t guest, struct hv_copy *copies, size_t n)
{
	struct xen *xen = xen_of(hv);
	int r = open_gnttab(xen);

	for (size_t i = 0; r < 0 && i < n; i++)
		copies[i].error = r;
	for (size_t done = 0; !r && done < n;)
		done += copy_some(xen, guest, copies + done, n - done);
}

/* The xenstore ring of a domain 0: Linux shows it below /proc/xen. */

static int read_port(evtchn_port_t *port)
{
	CLEANUP(cleanup_fd)
	int fd = open("/proc/xen/xsd_port", O_RDONLY | O_CLOEXEC);
	char text[16];
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;

	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text_u32(text, port);
}

int xen_store_page(void *mem, struct hv *hv, struct hv_pages **result,
		   evtchn_port_t *port)
{
	CLEANUP(cleanup_fd)
	int fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC);
	CLEANUP(cleanup_talloc)
	struct pages *pages = talloc_zero(mem, struct pages);
	void *at;
	int r;

	if (fd < 0)
		return -errno;
	if (!pages)
		return -ENOMEM;
	r = read_port(port);
	if (r < 0)
		return r;
	at = mmap(NULL, XEN_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  0);
	if (at == MAP_FAILED)
		return -errno;

	found_at(pages, xen_of(hv), STORE, at, 1);
	*result = &take_ptr(pages)->base;
	return 0;
}
