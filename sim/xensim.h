/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xensim - what a program can do on the simulated hypervisor beyond what Xen's
 * libraries offer.
 *
 * Programs that are for real hosts too do not link this: they look the
 * functions up with dlsym(RTLD_DEFAULT, "xensim_pages"), which finds nothing
 * on a real host.  Functions return 0 or more, or -errno.
 */

#include <stddef.h>
#include <stdint.h>

#define XENSIM_API __attribute__((visibility("default")))

#define XENSIM_ANY_DOMID 0xffff

/*
 * One process as many guests.  What this thread binds, shares and maps from
 * now on, it does as domain @domid.  A handle can serve ports and pages of
 * many domains; the ports keep theirs.  Only for programs of domain 0.
 * Returns the domain that it acted for before.
 */
XENSIM_API uint16_t xensim_act_for(uint16_t domid);

/*
 * Be the guest's kernel: receive on an event channel descriptor, which
 * xenevtchn_fd() returned, the events of a port that the domain's builder
 * made, such as that for xenstore.  When the descriptor is closed the port
 * remains, and can be taken again.  -EBUSY if somebody has it.
 */
XENSIM_API int xensim_take_port(int evtchn_fd, uint32_t port);

/*
 * Hand mapped pages on.  For @n pages at @at, as xengnttab_map_grant_refs()
 * and its like returned them, the offset of each in a descriptor, which is
 * returned and stays the library's.  Another process can mmap() them at these
 * offsets.  They stay mapped, as the hypervisor sees it, as long as anybody
 * has the descriptor that xengnttab_fd() returns for the handle.
 */
XENSIM_API int xensim_pages(const void *at, size_t n, uint64_t *offsets);

/* Domains, for programs of domain 0. */
struct xensim_domain {
	uint16_t domid;
	uint32_t store_port; /* for XS_INTRODUCE */
	uint64_t store_gfn;
	uint32_t console_port;
	uint64_t console_gfn;
};

/* @domid may be XENSIM_ANY_DOMID, @domain NULL.  Returns the domain's id. */
XENSIM_API int xensim_create(uint16_t domid, uint64_t bytes,
			     struct xensim_domain *domain);
XENSIM_API int xensim_describe(uint16_t domid, struct xensim_domain *domain);
XENSIM_API int xensim_shutdown(uint16_t domid, uint32_t reason);
XENSIM_API int xensim_destroy(uint16_t domid);
