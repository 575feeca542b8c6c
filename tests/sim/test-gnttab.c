/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>
#include <xen/memory.h>

#include "sim/common/grants.h"
#include "sim/common/shared.h"
#include "tests/sim/guests.h"

#define RW (PROT_READ | PROT_WRITE)

TEST(a_shared_page_is_the_same_on_both_sides)
{
	char *theirs, *ours;
	domid_t domid = guest_new(t);
	uint32_t ref = guest_shares(t, domid, true, &theirs);

	ours = xengnttab_map_grant_ref(gnttab_new(t), domid, ref, RW);
	CHECK(ours);
	strcpy(theirs, "from the guest");
	CHECK_STR(ours, "from the guest");
	strcpy(ours, "from the host");
	CHECK_STR(theirs, "from the host");
}

TEST(many_pages_are_mapped_as_one_buffer)
{
	enum { N = 600 };
	domid_t domid = guest_new(t);
	uint32_t refs[N], backwards[N];
	char *theirs, *ours;

	xensim_act_for(domid);
	theirs = xengntshr_share_pages(gntshr_new(t), 0, N, refs, 1);
	xensim_act_for(0);
	for (int i = 0; i < N; i++) {
		theirs[i * 4096] = (char)i;
		backwards[i] = refs[N - 1 - i];
	}

	ours = xengnttab_map_domain_grant_refs(gnttab_new(t), N, domid,
					       backwards, PROT_READ);
	CHECK(ours);
	for (int i = 0; i < N; i++)
		CHECK_EQ(ours[i * 4096], (char)(N - 1 - i));
}

static void cannot_map(struct test *t, domid_t domid, uint32_t ref, int prot)
{
	errno = 0;
	CHECK(!xengnttab_map_grant_ref(gnttab_new(t), domid, ref, prot));
	CHECK_EQ(errno, EINVAL);
}

TEST(a_readonly_grant_is_not_mapped_for_writing)
{
	domid_t domid = guest_new(t);
	char *page;
	uint32_t ref = guest_shares(t, domid, false, &page);

	cannot_map(t, domid, ref, RW);
	CHECK(xengnttab_map_grant_ref(gnttab_new(t), domid, ref, PROT_READ));
}

TEST(a_grant_is_for_one_domain)
{
	domid_t domid = guest_new(t);
	domid_t other = guest_new(t);
	char *page;
	uint32_t ref = guest_shares(t, domid, true, &page);

	xensim_act_for(other);
	cannot_map(t, domid, ref, PROT_READ);
}

TEST(what_was_not_granted_is_not_mapped)
{
	domid_t domid = guest_new(t);

	cannot_map(t, domid, 100, PROT_READ);
	cannot_map(t, domid, UINT32_MAX, PROT_READ);
	cannot_map(t, 4711, 1, PROT_READ);
}

TEST(one_bad_reference_fails_them_all)
{
	domid_t domid = guest_new(t);
	char *page;
	uint32_t refs[] = { guest_shares(t, domid, true, &page), 100 };

	errno = 0;
	CHECK(!xengnttab_map_domain_grant_refs(gnttab_new(t), 2, domid, refs,
					       RW));
	CHECK_EQ(errno, EINVAL);
}

struct table {
	xenforeignmemory_handle *fmem;
	xenforeignmemory_resource_handle *resource;
};

static int unmap_table(struct table *table)
{
	xenforeignmemory_unmap_resource(table->fmem, table->resource);
	xenforeignmemory_close(table->fmem);
	return 0;
}

/* The guest's own view of its grant table. */
static struct sim_grant *table_of(struct test *t, domid_t domid)
{
	struct table *table = talloc(t->mem, struct table);
	void *at = NULL;

	table->fmem = xenforeignmemory_open(NULL, 0);
	table->resource = xenforeignmemory_map_resource(
		table->fmem, domid, XENMEM_resource_grant_table,
		XENMEM_resource_grant_table_id_shared, 0, SIM_GRANT_FRAMES, &at,
		RW, 0);
	CHECK(table->resource);
	talloc_set_destructor(table, unmap_table);
	return at;
}

TEST(an_entry_shows_who_has_it_mapped)
{
	domid_t domid = guest_new(t);
	char *page;
	uint32_t ref = guest_shares(t, domid, true, &page);
	xengnttab_handle *xgt = gnttab_new(t);
	const struct sim_grant *entry = &table_of(t, domid)[ref];
	void *read, *written;

	CHECK_EQ(entry->flags, SIM_GRANT_ACCESS);
	read = xengnttab_map_grant_ref(xgt, domid, ref, PROT_READ);
	CHECK_EQ(entry->flags, SIM_GRANT_ACCESS | SIM_GRANT_READING);
	written = xengnttab_map_grant_ref(xgt, domid, ref, RW);
	CHECK_EQ(entry->flags,
		 SIM_GRANT_ACCESS | SIM_GRANT_READING | SIM_GRANT_WRITING);
	CHECK_EQ(xengnttab_unmap(xgt, written, 1), 0);
	CHECK_EQ(entry->flags, SIM_GRANT_ACCESS | SIM_GRANT_READING);
	CHECK_EQ(xengnttab_unmap(xgt, read, 1), 0);
	CHECK_EQ(entry->flags, SIM_GRANT_ACCESS);
}

TEST(who_unmaps_by_himself_has_it_mapped_no_longer)
{
	domid_t domid = guest_new(t);
	char *page;
	uint32_t ref = guest_shares(t, domid, true, &page);
	xengnttab_handle *xgt = gnttab_new(t);
	const struct sim_grant *entry = &table_of(t, domid)[ref];
	void *ours = xengnttab_map_grant_ref(xgt, domid, ref, RW);

	CHECK_EQ(munmap(ours, 4096), 0);
	CHECK_EQ(entry->flags, SIM_GRANT_ACCESS);
	CHECK_EQ(xengnttab_unmap(xgt, ours, 1), -1);
}

TEST(access_ends_when_the_last_mapping_goes)
{
	domid_t domid = guest_new(t);
	xengntshr_handle *xgs = gntshr_new(t);
	xengnttab_handle *xgt = gnttab_new(t);
	const struct sim_grant *table = table_of(t, domid);
	uint32_t ref;
	char *theirs, *ours;

	xensim_act_for(domid);
	theirs = xengntshr_share_pages(xgs, 0, 1, &ref, 1);
	strcpy(theirs, "still here");
	xensim_act_for(0);
	ours = xengnttab_map_grant_ref(xgt, domid, ref, RW);

	CHECK_EQ(xengntshr_unshare(xgs, theirs, 1), 0);
	CHECK_STR(ours, "still here");
	CHECK(table[ref].flags & SIM_GRANT_WRITING);
	CHECK_EQ(xengnttab_unmap(xgt, ours, 1), 0);
	CHECK_EQ(table[ref].flags, 0);
	cannot_map(t, domid, ref, PROT_READ);
}

TEST(a_freed_page_is_used_again_and_empty)
{
	domid_t domid = guest_new(t);
	xengntshr_handle *xgs = gntshr_new(t);
	char *page;
	uint32_t ref;

	xensim_act_for(domid);
	for (int i = 0; i < 20000; i++) { /* more than the domain has */
		page = xengntshr_share_pages(xgs, 0, 1, &ref, 1);
		CHECK(page);
		CHECK_EQ(page[0], 0);
		page[0] = 1;
		CHECK_EQ(xengntshr_unshare(xgs, page, 1), 0);
	}
}

TEST(a_domain_runs_out_of_memory)
{
	int r = xensim_create(XENSIM_ANY_DOMID, 1 << 20, NULL);
	xengntshr_handle *xgs = gntshr_new(t);
	uint32_t refs[256];

	CHECK(r > 0);
	xensim_act_for((domid_t)r);
	CHECK(xengntshr_share_pages(xgs, 0, 254, refs, 1));
	errno = 0;
	CHECK(!xengntshr_share_pages(xgs, 0, 1, refs, 1));
	CHECK_EQ(errno, ENOMEM);
	xensim_act_for(0);
	CHECK_EQ(xensim_destroy((domid_t)r), 0);
}

struct mapper {
	domid_t domid;
	uint32_t ref;
};

static void map_and_stay(void *arg)
{
	const struct mapper *mapper = arg;

	CHECK(xengnttab_map_grant_ref(xengnttab_open(NULL, 0), mapper->domid,
				      mapper->ref, RW));
}

static bool is_unused(void *entry)
{
	return !(((struct sim_grant *)entry)->flags &
		 (SIM_GRANT_READING | SIM_GRANT_WRITING));
}

TEST(a_killed_process_has_nothing_mapped)
{
	domid_t domid = guest_new(t);
	char *page;
	struct mapper mapper = { domid, guest_shares(t, domid, true, &page) };
	struct sim_grant *entry = &table_of(t, domid)[mapper.ref];
	struct process *process = process_new(t, map_and_stay, &mapper);

	CHECK(!is_unused(entry));
	process_kill(process);
	CHECK(eventually(is_unused, entry));
}

static void share_and_stay(void *arg)
{
	struct mapper *mapper = arg;
	char *page;

	xensim_act_for(mapper->domid);
	page = xengntshr_share_pages(xengntshr_open(NULL, 0), 0, 1,
				     &mapper->ref, 1);
	CHECK(page);
	strcpy(page, "left behind");
}

TEST(what_a_killed_process_shared_stays_with_those_who_mapped_it)
{
	struct mapper *mapper =
		mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct process *process;
	char *page;

	mapper->domid = guest_new(t);
	process = process_new(t, share_and_stay, mapper);
	page = xengnttab_map_grant_ref(gnttab_new(t), mapper->domid,
				       mapper->ref, PROT_READ);
	process_kill(process);

	CHECK_STR(page, "left behind");
}

static bool is_gone(void *domid)
{
	struct xensim_domain domain;

	return xensim_describe(*(domid_t *)domid, &domain) == -ESRCH;
}

TEST(a_domain_dies_when_its_last_page_is_unmapped)
{
	domid_t domid = guest_new(t);
	char *theirs, *ours;
	uint32_t ref = guest_shares(t, domid, true, &theirs);
	xengnttab_handle *xgt = gnttab_new(t);

	ours = xengnttab_map_grant_ref(xgt, domid, ref, RW);
	strcpy(theirs, "a ghost");
	CHECK_EQ(xensim_destroy(domid), 0);
	CHECK(is_gone(&domid)); /* for all new business */
	cannot_map(t, domid, ref, RW);
	CHECK_STR(ours, "a ghost");

	/* its id is not free before that */
	CHECK_EQ(xensim_create(domid, 1 << 20, NULL), -EEXIST);
	CHECK_EQ(xengnttab_unmap(xgt, ours, 1), 0);
	CHECK_EQ(xensim_create(domid, 1 << 20, NULL), domid);
}

TEST(unmapping_clears_a_byte_and_notifies)
{
	domid_t domid = guest_new(t);
	struct channel channel = channel_new(t, domid);
	char *theirs;
	uint32_t ref = guest_shares(t, domid, true, &theirs);
	xengnttab_handle *xgt = gnttab_new(t);
	void *ours = xengnttab_map_grant_ref_notify(xgt, domid, ref, RW, 100,
						    channel.host_port);

	CHECK(ours);
	theirs[100] = 7;
	CHECK_EQ(next_event(channel.guest), 0);
	CHECK_EQ(xengnttab_unmap(xgt, ours, 1), 0);
	CHECK_EQ(theirs[100], 0);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
}

struct farewell {
	domid_t domid;
	uint32_t ref;
	evtchn_port_t port;
};

static void map_with_farewell(void *arg)
{
	const struct farewell *farewell = arg;
	xenevtchn_handle *xce = xenevtchn_open(NULL, 0);
	int port = xenevtchn_bind_interdomain(xce, farewell->domid,
					      farewell->port);

	CHECK(xengnttab_map_grant_ref_notify(xengnttab_open(NULL, 0),
					     farewell->domid, farewell->ref, RW,
					     0, port));
}

static bool is_zero(void *byte)
{
	return *(volatile char *)byte == 0;
}

static bool has_event(void *xce)
{
	return next_event(xce) != 0;
}

TEST(a_killed_process_says_farewell)
{
	domid_t domid = guest_new(t);
	xenevtchn_handle *guest = evtchn_new(t);
	char *page;
	struct farewell farewell = { domid,
				     guest_shares(t, domid, true, &page) };
	struct process *process;

	xensim_act_for(domid);
	farewell.port = xenevtchn_bind_unbound_port(guest, 0);
	xensim_act_for(0);
	process = process_new(t, map_with_farewell, &farewell);
	page[0] = 1;
	process_kill(process);

	CHECK(eventually(is_zero, page));
	CHECK(eventually(has_event, guest));
}

TEST(a_mapping_lasts_as_long_as_the_descriptor)
{
	domid_t domid = guest_new(t);
	char *page;
	uint32_t ref = guest_shares(t, domid, true, &page);
	struct sim_grant *entry = &table_of(t, domid)[ref];
	xengnttab_handle *xgt = xengnttab_open(NULL, 0);
	int fd = dup(xengnttab_fd(xgt));

	CHECK(xengnttab_map_grant_ref(xgt, domid, ref, RW));
	xengnttab_close(xgt);
	CHECK(entry->flags & SIM_GRANT_WRITING);
	close(fd);
	CHECK(eventually(is_unused, entry));
}

TEST(a_mapping_can_be_handed_on)
{
	domid_t domid = guest_new(t);
	char *theirs;
	uint32_t ref = guest_shares(t, domid, true, &theirs);
	char *ours = xengnttab_map_grant_ref(gnttab_new(t), domid, ref, RW);
	uint64_t offset;
	int fd = xensim_pages(ours, 1, &offset);
	char *again = mmap(NULL, 4096, RW, MAP_SHARED, fd, (off_t)offset);

	CHECK(again != MAP_FAILED);
	strcpy(again, "third view");
	CHECK_STR(theirs, "third view");
	CHECK_EQ(xensim_pages(ours, 2, &offset), -EINVAL);
}
