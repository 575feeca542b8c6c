/* SPDX-License-Identifier: MIT */

#include "backends/null/null.h"

#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

static struct blkfront *guest_with_disk(struct test *t)
{
	struct machine *m = machine_new(t, &null_backend);

	return blkfront_connect(m, 7, "params=2048");
}

TEST(a_disk_is_as_large_as_its_params_say)
{
	struct blkfront *vda = guest_with_disk(t);

	CHECK_STR(back_get(vda->m, 7, "sectors"), "2048");
	CHECK_STR(back_get(vda->m, 7, "sector-size"), "512");
}

TEST(a_disk_of_zeros_reads_as_zeros)
{
	struct blkfront *vda = guest_with_disk(t);

	blkfront_data(vda)[0] = 'x';
	blkfront_data(vda)[511] = 'x';
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);

	CHECK_EQ(blkfront_data(vda)[0], '\0');
	CHECK_EQ(blkfront_data(vda)[511], '\0');
}

TEST(what_is_written_is_taken_and_forgotten)
{
	struct blkfront *vda = guest_with_disk(t);

	CHECK_EQ(blkfront_write(vda, 0, 8), 0);
	CHECK_EQ(blkfront_flush(vda), 0);
}

TEST(what_it_cannot_do_it_says_so)
{
	struct blkfront *vda = guest_with_disk(t);
	struct blk_request indirect = { .op = BLK_READ,
					.indirect = true,
					.n_segments = 1 };

	CHECK_EQ(blkfront_discard(vda, 0, 8), BLK_NOT_SUPPORTED);
	CHECK_EQ(blkfront_do(vda, &indirect), BLK_NOT_SUPPORTED);
}

TEST(a_disk_without_size_is_not_served)
{
	struct machine *m = machine_new(t, &null_backend);
	struct blkfront *vda = blkfront_new(m, 7, "params=/dev/zero");

	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(machine_logged(m, "pv-null 7/51712: params: *number*"));
	CHECK_STR(xs_get(m, "/local/domain/0/error/backend/vbd/7/51712/error"),
		  "22 params: not a number of sectors");
}
