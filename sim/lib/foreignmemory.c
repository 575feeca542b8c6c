/* SPDX-License-Identifier: MIT */

/*
 * foreignmemory - libxenforeignmemory.so.1: pages of other domains by
 * privilege.  See xenforeignmemory.h for what the functions promise.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xen/memory.h>
#include <xenforeignmemory.h>

#include "sim/core/core.h"

struct xenforeignmemory_handle {
	struct sim_handle sim;
};

struct xenforeignmemory_resource_handle {
	void *at;
	size_t n;
};

SIM_EXPORT xenforeignmemory_handle *xenforeignmemory_open(
	struct xentoollog_logger *logger, unsigned open_flags)
{
	xenforeignmemory_handle *fmem = calloc(1, sizeof(*fmem));
	int r;

	if (!fmem)
		return NULL;

	r = sim_handle_open(SIM_FOREIGNMEM, true, &fmem->sim);
	if (r < 0) {
		free(fmem);
		errno = -r;
		return NULL;
	}
	return fmem;
}

SIM_EXPORT int xenforeignmemory_close(xenforeignmemory_handle *fmem)
{
	if (!fmem)
		return 0;

	sim_handle_close(&fmem->sim);
	free(fmem);
	return 0;
}

/* Frame numbers that do not even fit are frames that there are not. */
static uint32_t *frames_of(size_t n, const xen_pfn_t gfn[])
{
	uint32_t *frame =
		n && n <= SIM_ITEMS_MAX ? calloc(n, sizeof(*frame)) : NULL;

	for (size_t i = 0; frame && i < n; i++)
		frame[i] = gfn[i] < SIM_FRAMES ? (uint32_t)gfn[i] : SIM_FRAMES;

	return frame;
}

/* The first error, if each page has to be there; else each error goes to its
 * place in @err. */
static int check_errors(const int32_t *error, size_t n, int err[])
{
	for (size_t i = 0; i < n; i++) {
		if (err)
			err[i] = -error[i];
		else if (error[i] < 0)
			return error[i];
	}

	return 0;
}

static int map_frames(xenforeignmemory_handle *fmem, uint32_t dom, void *addr,
		      int prot, int flags, uint32_t *frame, int32_t *error,
		      size_t n, int err[], void **at)
{
	struct sim_msg msg = {
		.op = SIM_FOREIGN,
		.handle = fmem->sim.id,
		.other = (uint16_t)dom,
	};
	struct sim_extra extra = {
		.item = (uint32_t *)error,
		.n = (uint32_t)n,
		.room = (uint32_t)n,
	};
	struct sim_pages pages = {
		.frame = frame,
		.error = error,
		.n = (uint32_t)n,
		.prot = prot,
	};
	int cookie, r;

	memcpy(error, frame, n * sizeof(*frame)); /* the reply is put there */
	cookie = sim_call(&msg, &extra);
	if (cookie < 0)
		return cookie;

	pages.cookie = (uint32_t)cookie;
	r = check_errors(error, n, err);
	if (r < 0) {
		sim_release(&fmem->sim, pages.cookie);
		return r;
	}
	return sim_area_map(&fmem->sim, &pages, addr, flags, at);
}

SIM_EXPORT void *xenforeignmemory_map2(xenforeignmemory_handle *fmem,
				       uint32_t dom, void *addr, int prot,
				       int flags, size_t pages,
				       const xen_pfn_t arr[], int err[])
{
	uint32_t *frame = frames_of(pages, arr);
	int32_t *error = frame ? calloc(pages, sizeof(*error)) : NULL;
	void *at = NULL;
	int r = -EINVAL;

	if (error)
		r = map_frames(fmem, dom, addr, prot, flags, frame, error,
			       pages, err, &at);
	free(frame);
	free(error);
	if (r < 0)
		errno = -r;
	return r < 0 ? NULL : at;
}

SIM_EXPORT void *xenforeignmemory_map(xenforeignmemory_handle *fmem,
				      uint32_t dom, int prot, size_t pages,
				      const xen_pfn_t arr[], int err[])
{
	return xenforeignmemory_map2(fmem, dom, NULL, prot, 0, pages, arr, err);
}

SIM_EXPORT int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr,
				      size_t pages)
{
	return sim_result(sim_area_unmap(&fmem->sim, addr, pages));
}

SIM_EXPORT int xenforeignmemory_restrict(xenforeignmemory_handle *fmem,
					 domid_t domid)
{
	return sim_result(sim_handle_restrict(&fmem->sim, domid));
}

/* Resources: there is one kind, the grant table. */

static int grant_table(domid_t domid, unsigned int type, unsigned int id,
		       uint32_t *first)
{
	const struct sim_tables *tables = sim_tables();

	if (type != XENMEM_resource_grant_table ||
	    id != XENMEM_resource_grant_table_id_shared)
		return -EOPNOTSUPP;
	if (domid == DOMID_SELF)
		domid = sim_domid();
	if (!tables || domid >= SIM_DOMAINS ||
	    tables->domain[domid].state != SIM_DOMAIN_ALIVE)
		return -ESRCH;

	*first = tables->domain[domid].grant_frame;
	return 0;
}

static int map_table(xenforeignmemory_handle *fmem, domid_t domid,
		     uint64_t first, xenforeignmemory_resource_handle *fres,
		     void *hint, int prot, int flags)
{
	xen_pfn_t *gfn = calloc(fres->n, sizeof(*gfn));

	if (!gfn)
		return -ENOMEM;

	for (size_t i = 0; i < fres->n; i++)
		gfn[i] = first + i;
	fres->at = xenforeignmemory_map2(fmem, domid, hint, prot, flags,
					 fres->n, gfn, NULL);
	free(gfn);
	return fres->at ? 0 : -errno;
}

SIM_EXPORT xenforeignmemory_resource_handle *xenforeignmemory_map_resource(
	xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
	unsigned int id, unsigned long frame, unsigned long nr_frames,
	void **paddr, int prot, int flags)
{
	xenforeignmemory_resource_handle *fres = calloc(1, sizeof(*fres));
	uint32_t first = 0;
	int r;

	if (!fres)
		return NULL;

	r = grant_table(domid, type, id, &first);
	if (r == 0 && (nr_frames > SIM_GRANT_FRAMES ||
		       frame > SIM_GRANT_FRAMES - nr_frames))
		r = -EINVAL;
	fres->n = nr_frames;
	if (r == 0)
		r = map_table(fmem, domid, first + frame, fres, *paddr, prot,
			      flags);
	if (r < 0) {
		free(fres);
		errno = -r;
		return NULL;
	}

	*paddr = fres->at;
	return fres;
}

SIM_EXPORT int xenforeignmemory_unmap_resource(
	xenforeignmemory_handle *fmem, xenforeignmemory_resource_handle *fres)
{
	int r = fres ? xenforeignmemory_unmap(fmem, fres->at, fres->n) : 0;

	free(fres);
	return r;
}

SIM_EXPORT int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem,
					      domid_t domid, unsigned int type,
					      unsigned int id, size_t *size)
{
	uint32_t first;
	int r;

	r = grant_table(domid, type, id, &first);
	if (r == 0)
		*size = (size_t)SIM_GRANT_FRAMES * SIM_FRAME_SIZE;
	return sim_result(r);
}
