/* SPDX-License-Identifier: MIT */

/*
 * What hv.h promises of pages that are shared, mapped and copied.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/hv/two.h"
#include "tests/lib/test.h"

struct shared {
	struct two *two;
	grant_ref_t refs[3];
	struct hv_pages *guest, *host;
};

static struct shared *shared_new(struct test *t, enum hv_access access)
{
	struct shared *shared = talloc_zero(t->mem, struct shared);

	shared->two = two_new(shared);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, access,
			  shared->refs, &shared->guest),
		 0);
	return shared;
}

static int map(struct shared *shared, enum hv_access access)
{
	return hv_map(shared->two, shared->two->host, GUEST, shared->refs, 3,
		      access, &shared->host);
}

static char *guest_page(struct shared *shared, size_t n)
{
	return (char *)hv_pages_at(shared->guest) + n * XEN_PAGE_SIZE;
}

static char *host_page(struct shared *shared, size_t n)
{
	return (char *)hv_pages_at(shared->host) + n * XEN_PAGE_SIZE;
}

TEST(what_one_writes_the_other_reads)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	CHECK_EQ(map(shared, HV_READ_WRITE), 0);
	CHECK_EQ(hv_pages_len(shared->host), 3 * XEN_PAGE_SIZE);
	CHECK_STR(host_page(shared, 2), "");
	strcpy(guest_page(shared, 2), "from the guest");
	strcpy(host_page(shared, 0), "from the host");
	CHECK_STR(host_page(shared, 2), "from the guest");
	CHECK_STR(guest_page(shared, 0), "from the host");
}

TEST(pages_are_mapped_in_the_order_asked_for)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	grant_ref_t first = shared->refs[0];

	shared->refs[0] = shared->refs[2];
	shared->refs[2] = first;
	CHECK_EQ(map(shared, HV_READ), 0);
	strcpy(guest_page(shared, 0), "first");
	strcpy(guest_page(shared, 1), "second");
	CHECK_STR(host_page(shared, 2), "first");
	CHECK_STR(host_page(shared, 1), "second");
}

TEST(what_is_granted_for_reading_cannot_be_mapped_for_writing)
{
	struct shared *shared = shared_new(t, HV_READ);

	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
	CHECK_EQ(map(shared, HV_READ), 0);
}

TEST(what_is_granted_to_another_domain_cannot_be_mapped)
{
	struct two *two = two_new(t->mem);
	struct hv_pages *pages;
	grant_ref_t ref;

	CHECK_EQ(hv_share(two, two->guest, NOBODY, 1, HV_READ, &ref, &pages),
		 0);
	CHECK_EQ(hv_map(two, two->host, GUEST, &ref, 1, HV_READ, &pages),
		 -EINVAL);
}

TEST(one_bad_reference_spoils_the_whole_mapping)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	shared->refs[2] = 1u << 20;
	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
	shared->refs[2] = UINT32_MAX;
	CHECK_EQ(map(shared, HV_READ_WRITE), -EINVAL);
}

TEST(no_pages_cannot_be_mapped_or_shared)
{
	struct two *two = two_new(t->mem);
	struct hv_pages *pages;

	CHECK_EQ(hv_map(two, two->host, GUEST, NULL, 0, HV_READ, &pages),
		 -EINVAL);
	CHECK_EQ(hv_share(two, two->guest, 0, 0, HV_READ, NULL, &pages),
		 -EINVAL);
}

TEST(what_was_revoked_cannot_be_mapped)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	talloc_free(shared->guest);
	CHECK_EQ(map(shared, HV_READ), -EINVAL);
}

TEST(what_was_revoked_while_mapped_stays_with_the_mapper_alone)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct hv_pages *other;
	grant_ref_t refs[3];

	CHECK_EQ(map(shared, HV_READ_WRITE), 0);
	strcpy(guest_page(shared, 0), "mine");
	talloc_free(shared->guest);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, HV_READ_WRITE,
			  refs, &other),
		 0);
	memset(hv_pages_at(other), 'x', hv_pages_len(other));
	CHECK_STR(host_page(shared, 0), "mine");
}

TEST(pages_shared_anew_are_zero)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);

	memset(guest_page(shared, 0), 'x', 3 * XEN_PAGE_SIZE);
	talloc_free(shared->guest);
	CHECK_EQ(hv_share(shared->two, shared->two->guest, 0, 3, HV_READ_WRITE,
			  shared->refs, &shared->guest),
		 0);
	for (size_t i = 0; i < 3 * XEN_PAGE_SIZE; i++)
		CHECK_EQ(guest_page(shared, 0)[i], 0);
}

/* Copies */

TEST(copies_go_both_ways)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[6] = "", out[6] = "host!";
	struct hv_copy copies[] = {
		{ .ref = shared->refs[1],
		  .offset = 4090,
		  .len = 6,
		  .local = in },
		{ .ref = shared->refs[2],
		  .offset = 1,
		  .len = 6,
		  .local = out,
		  .to_guest = true },
	};

	strcpy(guest_page(shared, 1) + 4090, "guest");
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 2), 0);
	CHECK_STR(in, "guest");
	CHECK_STR(guest_page(shared, 2) + 1, "host!");
}

TEST(each_copy_has_its_own_result)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[3][8] = { "", "", "" };
	struct hv_copy copies[] = {
		{ .ref = shared->refs[0], .len = 8, .local = in[0] },
		{ .ref = 1u << 20, .len = 8, .local = in[1] },
		{ .ref = shared->refs[2], .len = 8, .local = in[2] },
	};

	strcpy(guest_page(shared, 0), "first");
	strcpy(guest_page(shared, 2), "third");
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 3), -EINVAL);
	CHECK_EQ(copies[0].error, 0);
	CHECK_EQ(copies[1].error, -EINVAL);
	CHECK_EQ(copies[2].error, 0);
	CHECK_STR(in[0], "first");
	CHECK_STR(in[2], "third");
}

TEST(hundreds_of_copies_have_their_results)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	struct hv_copy copies[300] = { 0 };
	uint16_t sums[300];

	for (int i = 0; i < 300; i++) {
		memcpy(guest_page(shared, i % 3) + 2 * i, &(uint16_t){ i }, 2);
		copies[i].ref = i % 7 ? shared->refs[i % 3] : 1u << 20;
		copies[i].offset = i % 11 ? 2 * i : 4095;
		copies[i].len = 2;
		copies[i].local = &sums[i];
	}
	CHECK_EQ(hv_copy(shared->two->host, GUEST, copies, 300), -EINVAL);
	for (int i = 0; i < 300; i++) {
		CHECK_EQ(copies[i].error, i % 7 && i % 11 ? 0 : -EINVAL);
		CHECK(copies[i].error || sums[i] == i);
	}
}

TEST(a_copy_does_not_leave_its_page)
{
	struct shared *shared = shared_new(t, HV_READ_WRITE);
	char in[2] = "ok";
	struct hv_copy copy = { .ref = shared->refs[0], .local = in, .len = 2 };

	copy.offset = 4095;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	copy.offset = UINT16_MAX;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	CHECK_EQ(in[0], 'o');
	copy.offset = 4094;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), 0);
	CHECK_EQ(in[0], 0);
}

TEST(nothing_is_copied_to_what_is_granted_for_reading)
{
	struct shared *shared = shared_new(t, HV_READ);
	char bytes[4] = "bad";
	struct hv_copy copy = { .ref = shared->refs[0],
				.local = bytes,
				.len = 4 };

	copy.to_guest = true;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), -EINVAL);
	CHECK_STR(guest_page(shared, 0), "");
	copy.to_guest = false;
	CHECK_EQ(hv_copy(shared->two->host, GUEST, &copy, 1), 0);
	CHECK_STR(bytes, "");
}
