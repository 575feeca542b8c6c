/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <xen/memory.h>

#include "tests/sim/guests.h"

#define RW (PROT_READ | PROT_WRITE)

static struct xensim_domain describe(domid_t domid)
{
	struct xensim_domain domain;

	CHECK_EQ(xensim_describe(domid, &domain), 0);
	return domain;
}

TEST(domain_0_maps_pages_by_their_number)
{
	domid_t domid = guest_new(t);
	xen_pfn_t gfn = describe(domid).store_gfn;
	char *host = xenforeignmemory_map(foreignmem_new(t), domid, RW, 1, &gfn,
					  NULL);
	char *guest = xengnttab_map_grant_ref(gnttab_new(t), domid, 1, RW);

	strcpy(host, "the same page");
	CHECK_STR(guest, "the same page");
}

TEST(a_guest_maps_its_own_pages_only)
{
	domid_t domid = guest_new(t);
	xen_pfn_t own = describe(domid).store_gfn, other = 0;
	xenforeignmemory_handle *fmem = foreignmem_new(t);

	xensim_act_for(domid);
	CHECK(xenforeignmemory_map(fmem, domid, RW, 1, &own, NULL));
	errno = 0;
	CHECK(!xenforeignmemory_map(fmem, domid, RW, 1, &other, NULL));
	CHECK_EQ(errno, EINVAL);
}

TEST(each_page_has_its_own_error)
{
	domid_t domid = guest_new(t);
	xen_pfn_t first = describe(domid).store_gfn;
	xen_pfn_t gfns[] = { first, 0, first + 5, UINT64_MAX };
	int errors[4] = { 9, 9, 9, 9 };
	char *at = xenforeignmemory_map(foreignmem_new(t), domid, RW, 4, gfns,
					errors);

	CHECK(at);
	CHECK_EQ(errors[0], 0);
	CHECK_EQ(errors[1], EINVAL);
	CHECK_EQ(errors[2], 0);
	CHECK_EQ(errors[3], EINVAL);
	at[0] = at[2 * 4096] = 1; /* these are there */
}

TEST(without_a_place_for_errors_all_must_be_there)
{
	domid_t domid = guest_new(t);
	xen_pfn_t gfns[] = { describe(domid).store_gfn, 0 };

	errno = 0;
	CHECK(!xenforeignmemory_map(foreignmem_new(t), domid, RW, 2, gfns,
				    NULL));
	CHECK_EQ(errno, EINVAL);
}

TEST(a_page_can_be_mapped_at_a_given_address)
{
	domid_t domid = guest_new(t);
	xen_pfn_t gfn = describe(domid).store_gfn;
	void *place =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(xenforeignmemory_map2(foreignmem_new(t), domid, place, RW,
				    MAP_FIXED, 1, &gfn, NULL) == place);
	*(char *)place = 1;
}

TEST(a_restricted_handle_maps_one_domain)
{
	domid_t domid = guest_new(t), other = guest_new(t);
	xen_pfn_t gfn = describe(domid).store_gfn;
	xen_pfn_t others = describe(other).store_gfn;
	xenforeignmemory_handle *fmem = foreignmem_new(t);

	CHECK_EQ(xenforeignmemory_restrict(fmem, domid), 0);
	CHECK(xenforeignmemory_map(fmem, domid, RW, 1, &gfn, NULL));
	errno = 0;
	CHECK(!xenforeignmemory_map(fmem, other, RW, 1, &others, NULL));
	CHECK_EQ(errno, EPERM);
}

TEST(the_grant_table_is_a_resource)
{
	size_t size = 0;
	void *at = NULL;
	domid_t domid = guest_new(t);
	xenforeignmemory_handle *fmem = foreignmem_new(t);
	xenforeignmemory_resource_handle *table;

	CHECK_EQ(xenforeignmemory_resource_size(fmem, domid, 1, 0, &size), 0);
	CHECK_EQ(size, 64 * 4096);
	CHECK(!xenforeignmemory_map_resource(fmem, domid, 1, 0, 60, 5, &at, RW,
					     0));
	table = xenforeignmemory_map_resource(fmem, domid, 1, 0, 0, 1, &at, RW,
					      0);
	CHECK(table);
	CHECK_EQ(((uint16_t *)at)[4], 1); /* the flags of the store's entry */
	CHECK_EQ(xenforeignmemory_unmap_resource(fmem, table), 0);
}

TEST(pages_that_are_in_use_are_not_given_to_the_guest_again)
{
	domid_t domid = guest_new(t);
	xen_pfn_t gfn = describe(domid).store_gfn + 2;
	char *ours = xenforeignmemory_map(foreignmem_new(t), domid, RW, 1, &gfn,
					  NULL);
	char *theirs;

	ours[0] = 7;
	guest_shares(t, domid, true, &theirs);
	CHECK_EQ(theirs[0], 0);
}
