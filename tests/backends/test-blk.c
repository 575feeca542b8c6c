/* SPDX-License-Identifier: MIT */

/*
 * pv-blk as a guest with good manners knows it.
 */

#include "backends/blk/blk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

#define SECTORS (16U << 11) /* of memory:16M */

static struct blkfront *guest_with_disk(struct test *t, const char *keys)
{
	return blkfront_connect(machine_new(t, &blk_backend), 7, keys);
}

static void fill(struct blkfront *vda, const char *text)
{
	snprintf(blkfront_data(vda), XEN_PAGE_SIZE, "%s", text);
}

TEST(what_was_written_can_be_read)
{
	struct blkfront *vda = guest_with_disk(t, "");

	fill(vda, "hello");
	CHECK_EQ(blkfront_write(vda, 8, 1), 0);
	fill(vda, "");
	CHECK_EQ(blkfront_read(vda, 8, 1), 0);

	CHECK_STR(blkfront_data(vda), "hello");
	CHECK_EQ(blkfront_read(vda, 9, 1), 0);
	CHECK_STR(blkfront_data(vda), "");
}

TEST(a_request_may_have_eleven_pages)
{
	struct blkfront *vda = guest_with_disk(t, "");
	char *last = blkfront_data(vda) + 10 * XEN_PAGE_SIZE;

	strcpy(last, "last page");
	CHECK_EQ(blkfront_write(vda, 16, 88), 0);
	memset(blkfront_data(vda), 0, 11 * XEN_PAGE_SIZE);
	CHECK_EQ(blkfront_read(vda, 16, 88), 0);

	CHECK_STR(last, "last page");
}

TEST(only_the_sectors_that_were_asked_for_are_touched)
{
	struct blkfront *vda = guest_with_disk(t, "");
	struct blk_request req = blkfront_request(vda, BLK_READ, 0, 1);

	memset(blkfront_data(vda), 'x', XEN_PAGE_SIZE);
	req.segment[0].offset = 1024;
	CHECK_EQ(blkfront_do(vda, &req), 0);

	CHECK_EQ(blkfront_data(vda)[1023], 'x');
	CHECK_EQ(blkfront_data(vda)[1024], '\0');
	CHECK_EQ(blkfront_data(vda)[1535], '\0');
	CHECK_EQ(blkfront_data(vda)[1536], 'x');
}

TEST(a_flush_with_data_writes_it)
{
	struct blkfront *vda = guest_with_disk(t, "");
	struct blk_request req = blkfront_request(vda, BLK_FLUSH, 8, 1);

	fill(vda, "flushed");
	CHECK_EQ(blkfront_flush(vda), 0);
	CHECK_EQ(blkfront_do(vda, &req), 0);
	fill(vda, "");

	CHECK_EQ(blkfront_read(vda, 8, 1), 0);
	CHECK_STR(blkfront_data(vda), "flushed");
}

TEST(what_is_discarded_is_gone)
{
	struct blkfront *vda = guest_with_disk(t, "");

	CHECK_STR(back_get(vda->m, 7, "feature-discard"), "1");
	fill(vda, "secret");
	CHECK_EQ(blkfront_write(vda, 8, 1), 0);
	CHECK_EQ(blkfront_discard(vda, 8, 8), 0);
	CHECK_EQ(blkfront_read(vda, 8, 1), 0);

	CHECK_STR(blkfront_data(vda), "");
}

TEST(discards_can_be_turned_off)
{
	struct blkfront *vda = guest_with_disk(t, "discard-enable=0");

	CHECK_STR(back_get(vda->m, 7, "feature-discard"), "0");
	CHECK_EQ(blkfront_discard(vda, 8, 8), BLK_NOT_SUPPORTED);
}

TEST(the_guest_is_told_what_the_disk_is)
{
	struct blkfront *vda = guest_with_disk(t, "mode=r removable=1");

	CHECK_STR(back_get(vda->m, 7, "sectors"), "32768");
	CHECK_STR(back_get(vda->m, 7, "sector-size"), "512");
	CHECK_STR(back_get(vda->m, 7, "info"), "6");
	CHECK_STR(back_get(vda->m, 7, "feature-flush-cache"), "1");
	CHECK_STR(back_get(vda->m, 7, "max-ring-page-order"), "4");
}

TEST(the_guest_may_read_what_it_is_told)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_connect(m, 7, "");

	CHECK_STR(guest_get(vda->guest,
			    "/local/domain/0/backend/vbd/7/51712/sectors"),
		  "32768");
}

TEST(a_32_bit_guest_is_served_too)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "");

	vda->protocol = &blk_32;
	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");
	fill(vda, "thirty-two");

	CHECK_EQ(blkfront_write(vda, 0, 1), 0);
	fill(vda, "");
	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
	CHECK_STR(blkfront_data(vda), "thirty-two");
}

TEST(a_ring_may_have_many_pages)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "");
	struct blk_response rsp;

	blkfront_offer(vda, 4);
	blkfront_go(vda, "3");
	for (int i = 0; i < 512; i++) {
		struct blk_request req = blkfront_request(vda, BLK_READ, i, 1);

		blkfront_put(vda, &req);
	}
	blkfront_kick(vda);

	for (int i = 0; i < 512; i++)
		CHECK(blkfront_take(vda, &rsp) && rsp.status == 0);
}

TEST(a_full_ring_costs_a_notification_or_two)
{
	struct blkfront *vda = guest_with_disk(t, "");
	struct blk_response rsp;

	for (int i = 0; i < 32; i++) {
		struct blk_request req = blkfront_request(vda, BLK_WRITE, i, 1);

		blkfront_put(vda, &req);
	}
	vda->n_events = 0;
	blkfront_kick(vda);

	for (int i = 0; i < 32; i++)
		CHECK(blkfront_take(vda, &rsp));
	CHECK_EQ(vda->n_events, 1);
}

/* A file of @size bytes that is gone when @mem is. */
static int remove_file(char *path)
{
	unlink(path);
	return 0;
}

static char *file_new(void *mem, off_t size)
{
	char *path = talloc_strdup(mem, "/tmp/test-blk.XXXXXX");
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	talloc_set_destructor(path, remove_file);
	CHECK_EQ(ftruncate(fd, size), 0);
	close(fd);
	return path;
}

TEST(a_file_holds_what_the_guest_wrote)
{
	char *path = file_new(t->mem, 1 << 20);
	struct blkfront *vda = guest_with_disk(
		t, talloc_asprintf(t->mem, "params=aio:%s", path));
	char sector[512];
	int fd;

	fill(vda, "on disk");
	CHECK_EQ(blkfront_write(vda, 3, 1), 0);
	CHECK_EQ(blkfront_flush(vda), 0);
	fd = open(path, O_RDONLY);
	CHECK_EQ(pread(fd, sector, 512, 3 * 512), 512);
	close(fd);

	CHECK_STR(sector, "on disk");
	CHECK_STR(back_get(vda->m, 7, "sectors"), "2048");
}

TEST(a_disk_that_is_to_be_read_only_is)
{
	char *path = file_new(t->mem, 1 << 20);
	struct blkfront *vda = guest_with_disk(
		t, talloc_asprintf(t->mem, "mode=r params=%s", path));
	struct blk_request flush = blkfront_request(vda, BLK_FLUSH, 0, 1);

	CHECK_EQ(blkfront_read(vda, 0, 1), 0);
	CHECK_EQ(blkfront_write(vda, 0, 1), BLK_ERROR);
	CHECK_EQ(blkfront_do(vda, &flush), BLK_ERROR);
	CHECK_EQ(blkfront_flush(vda), 0);
	CHECK_EQ(blkfront_discard(vda, 0, 8), BLK_NOT_SUPPORTED);
}

TEST(a_file_that_shrinks_under_the_guest_is_an_error_to_it)
{
	char *path = file_new(t->mem, 1 << 20);
	struct blkfront *vda =
		guest_with_disk(t, talloc_asprintf(t->mem, "params=%s", path));

	CHECK_EQ(truncate(path, 4096), 0);

	CHECK_EQ(blkfront_read(vda, 8, 1), BLK_ERROR);
	CHECK_EQ(blkfront_read(vda, 7, 1), 0);
}

TEST(the_device_that_a_script_made_wins)
{
	char *path = file_new(t->mem, 1 << 20);
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(
		m, 7, "script=/etc/xen/scripts/block params=iqn.2001:disk");

	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");
	CHECK_STR(blkfront_back(vda), "2"); /* it has not run yet */

	back_set(m, 7, "physical-device-path", path);
	CHECK_STR(blkfront_back(vda), "2");
	back_set(m, 7, "hotplug-status", "connected");
	CHECK_STR(blkfront_back(vda), "4");
	CHECK_STR(back_get(m, 7, "sectors"), "2048");
}

TEST(a_disk_that_is_not_there_is_reported)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "params=aio:/nonexistent");

	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");

	CHECK_STR(blkfront_back(vda), "6");
	CHECK(machine_logged(m, "pv-blk 7/51712: cannot open /nonexistent: "
				"No such file or directory"));
	CHECK_EQ(machine_mapped_pages(m), 0);
}

TEST(several_queues_share_a_disk)
{
	struct machine *m = machine_new(t, &blk_backend);
	struct blkfront *vda = blkfront_new(m, 7, "");

	CHECK_STR(back_get(m, 7, "multi-queue-max-queues"), "4");
	front_set(vda->guest, "multi-queue-num-queues", "2");
	blkfront_offer_queue(vda, "queue-1/");
	blkfront_offer_queue(vda, "queue-0/");
	blkfront_go(vda, "3");

	CHECK_STR(blkfront_back(vda), "4");
	CHECK_EQ(machine_mapped_pages(m), 2);
	CHECK_EQ(blkfront_write(vda, 0, 1), 0);
}

TEST(the_class_of_newer_toolstacks_is_served_too)
{
	struct machine *m = machine_new(t, &blk_backend);

	xl_create(m, 7);
	xl_attach(m, 7, "class=vbd3");

	CHECK_STR(xs_get(m, "/local/domain/0/backend/vbd3/7/51712/state"), "2");
}
