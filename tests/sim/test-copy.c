/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <xen/grant_table.h>

#include "sim/core/core.h"
#include "tests/sim/guests.h"

typedef xengnttab_grant_copy_segment_t segment;

static segment from_guest(domid_t domid, uint32_t ref, uint16_t offset,
			  void *to, uint16_t len)
{
	return (segment){
		.source.foreign = { ref, offset, domid },
		.dest.virt = to,
		.len = len,
		.flags = GNTCOPY_source_gref,
		.status = 77,
	};
}

static segment to_guest(domid_t domid, uint32_t ref, uint16_t offset,
			void *from, uint16_t len)
{
	return (segment){
		.source.virt = from,
		.dest.foreign = { ref, offset, domid },
		.len = len,
		.flags = GNTCOPY_dest_gref,
		.status = 77,
	};
}

/* The status that the copy ends with. */
static int copy(struct test *t, segment seg)
{
	CHECK_EQ(xengnttab_grant_copy(gnttab_new(t), 1, &seg), 0);
	return seg.status;
}

TEST(copies_go_both_ways)
{
	domid_t domid = guest_new(t);
	char *page, text[16] = "";
	uint32_t ref = guest_shares(t, domid, true, &page);

	strcpy(page + 100, "from the guest");
	CHECK_EQ(copy(t, from_guest(domid, ref, 100, text, 15)), GNTST_okay);
	CHECK_STR(text, "from the guest");
	CHECK_EQ(copy(t, to_guest(domid, ref, 4090, text, 6)), GNTST_okay);
	CHECK(!memcmp(page + 4090, "from t", 6));
}

TEST(a_copy_goes_from_one_guest_to_another)
{
	domid_t one = guest_new(t), two = guest_new(t);
	char *from, *to;
	segment seg = {
		.source.foreign = { guest_shares(t, one, false, &from), 8,
				    one },
		.dest.foreign = { guest_shares(t, two, true, &to), 16, two },
		.len = 6,
		.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
	};

	strcpy(from + 8, "hello");
	CHECK_EQ(copy(t, seg), GNTST_okay);
	CHECK_STR(to + 16, "hello");
}

TEST(a_readonly_grant_is_read_only)
{
	domid_t domid = guest_new(t);
	char *page, text[4] = "abc";
	uint32_t ref = guest_shares(t, domid, false, &page);

	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)), GNTST_okay);
	CHECK_EQ(copy(t, to_guest(domid, ref, 0, text, 4)),
		 GNTST_general_error);
	CHECK_EQ(page[0], 0);
}

TEST(what_was_not_granted_is_not_copied)
{
	domid_t domid = guest_new(t), other = guest_new(t);
	char *page, text[4];
	uint32_t ref = guest_shares(t, domid, true, &page);

	CHECK_EQ(copy(t, from_guest(domid, ref + 1, 0, text, 4)),
		 GNTST_general_error);
	CHECK_EQ(copy(t, from_guest(domid, UINT32_MAX, 0, text, 4)),
		 GNTST_bad_gntref);
	CHECK_EQ(copy(t, from_guest(4711, ref, 0, text, 4)), GNTST_bad_domain);
	xensim_act_for(other);
	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)),
		 GNTST_general_error);
}

TEST(after_access_has_ended_there_is_nothing_to_copy)
{
	domid_t domid = guest_new(t);
	xengntshr_handle *xgs = gntshr_new(t);
	char *page, text[4];
	uint32_t ref;

	xensim_act_for(domid);
	page = xengntshr_share_pages(xgs, 0, 1, &ref, 1);
	CHECK_EQ(xengntshr_unshare(xgs, page, 1), 0);
	xensim_act_for(0);
	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)),
		 GNTST_general_error);
}

TEST(a_dead_domain_has_nothing_to_copy)
{
	domid_t domid = guest_new(t);
	char *page, text[4];
	uint32_t ref = guest_shares(t, domid, true, &page);

	CHECK_EQ(xensim_destroy(domid), 0);
	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)), GNTST_bad_domain);
}

TEST(each_of_many_has_its_own_status)
{
	domid_t domid = guest_new(t);
	char *page, text[4];
	uint32_t ref = guest_shares(t, domid, true, &page);
	segment segs[] = {
		from_guest(domid, ref, 0, text, 4),
		from_guest(domid, ref + 1, 0, text, 4),
		from_guest(domid, ref, 8, text, 4),
	};

	CHECK_EQ(xengnttab_grant_copy(gnttab_new(t), 3, segs), 0);
	CHECK_EQ(segs[0].status, GNTST_okay);
	CHECK_EQ(segs[1].status, GNTST_general_error);
	CHECK_EQ(segs[2].status, GNTST_okay);
}

/* As gntdev does: nothing is copied at all. */
static void is_refused(struct test *t, segment seg)
{
	errno = 0;
	CHECK_EQ(xengnttab_grant_copy(gnttab_new(t), 1, &seg), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(seg.status, 77);
}

TEST(a_piece_lies_within_its_page)
{
	domid_t domid = guest_new(t);
	char *page, text[8] = "";
	uint32_t ref = guest_shares(t, domid, true, &page);
	segment local = from_guest(domid, ref, 0, text, 4);

	is_refused(t, from_guest(domid, ref, 4093, text, 4));
	is_refused(t, to_guest(domid, ref, 4093, text, 4));
	is_refused(t, from_guest(domid, ref, 65535, text, 1));
	local.flags = 0;
	is_refused(t, local);
}

/* The page that an entry names has to be its domain's. */
TEST(a_forged_frame_is_not_copied)
{
	domid_t domid = guest_new(t);
	char *page, text[4];
	uint32_t ref = guest_shares(t, domid, true, &page);
	const struct sim_domain *row = &sim_tables()->domain[domid];
	struct grant_entry_v1 *entry =
		(void *)sim_grant_at(sim_memory(), row->grant_frame, ref);

	entry->frame = 0;
	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)),
		 GNTST_general_error);
	entry->frame = row->first_frame + row->n_frames;
	CHECK_EQ(copy(t, from_guest(domid, ref, 0, text, 4)),
		 GNTST_general_error);
	errno = 0;
	CHECK(!xengnttab_map_grant_ref(gnttab_new(t), domid, ref, 1));
	CHECK_EQ(errno, EINVAL);
}
