/* SPDX-License-Identifier: MIT */

/* Each sentence that begins with "every image" is tried on all of them. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/blk/image.h"
#include "base/array.h"
#include "base/loop.h"
#include "tests/lib/test.h"

#define SIZE  (1 << 20)
#define N_IOS 200

struct disk {
	struct loop *loop;
	struct image *image;
	int fd;
	unsigned int n_done;
	unsigned int n_reports;
};

static void count(void *arg, struct image_io **ios, size_t n)
{
	struct disk *disk = arg;

	disk->n_done += n;
	disk->n_reports++;
}

enum kind { MEMORY, PLAIN, URING, N_KINDS };

static int open_image(struct disk *disk, void *mem, enum kind kind, int fd)
{
	switch (kind) {
	case MEMORY:
		return image_new_memory(mem, disk->loop, SIZE, N_IOS, count,
					disk, &disk->image);
	case PLAIN:
		return image_new_plain(mem, fd, N_IOS, count, disk,
				       &disk->image);
	default:
		return image_new_uring(mem, disk->loop, fd, N_IOS, count, disk,
				       &disk->image);
	}
}

static struct disk *disk_new(struct test *t, enum kind kind)
{
	struct disk *disk = talloc_zero(t->mem, struct disk);

	disk->loop = loop_new_virtual(disk);
	disk->fd = memfd_create("disk", MFD_CLOEXEC);
	CHECK_EQ(ftruncate(disk->fd, SIZE), 0);
	CHECK_EQ(open_image(disk, disk, kind, disk->fd), 0);
	return disk;
}

static void disk_free(struct disk *disk)
{
	close(disk->fd);
	talloc_free(disk);
}

static int order(struct disk *disk, enum image_op op, uint64_t offset,
		 void *data, size_t len)
{
	struct image_io io = { op, offset, len, data, 1 };

	image_submit(disk->image, &io);
	image_kick(disk->image);
	loop_settle(disk->loop);
	return io.result;
}

static int read_at(struct disk *disk, uint64_t offset, void *to, size_t len)
{
	return order(disk, IMAGE_READ, offset, to, len);
}

static int write_at(struct disk *disk, uint64_t offset, const char *text)
{
	char bytes[512] = "";

	strncpy(bytes, text, sizeof(bytes) - 1);
	return order(disk, IMAGE_WRITE, offset, bytes, sizeof(bytes));
}

TEST(every_image_gives_back_what_was_written)
{
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);
		char back[512];

		CHECK_EQ(write_at(disk, SIZE - 512, "last"), 0);
		CHECK_EQ(read_at(disk, SIZE - 512, back, sizeof(back)), 0);
		CHECK_STR(back, "last");
		CHECK_EQ(read_at(disk, SIZE - 1024, back, sizeof(back)), 0);
		CHECK_STR(back, "");
		disk_free(disk);
	}
}

TEST(every_image_flushes)
{
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);

		CHECK_EQ(order(disk, IMAGE_FLUSH, 0, NULL, 0), 0);
		disk_free(disk);
	}
}

TEST(every_image_forgets_what_is_discarded)
{
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);
		char back[512];

		CHECK_EQ(write_at(disk, 4096, "gone"), 0);
		CHECK_EQ(write_at(disk, 8192, "kept"), 0);
		CHECK_EQ(order(disk, IMAGE_DISCARD, 4096, NULL, 4096), 0);

		CHECK_EQ(read_at(disk, 4096, back, sizeof(back)), 0);
		CHECK_STR(back, "");
		CHECK_EQ(read_at(disk, 8192, back, sizeof(back)), 0);
		CHECK_STR(back, "kept");
		disk_free(disk);
	}
}

TEST(every_image_takes_many_orders_at_once)
{
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);
		static struct image_io ios[N_IOS];
		static char data[N_IOS][512];

		for (int i = 0; i < N_IOS; i++) {
			ios[i] = (struct image_io){ IMAGE_WRITE, i * 512, 512,
						    data[i], 1 };
			image_submit(disk->image, &ios[i]);
		}
		image_kick(disk->image);
		loop_settle(disk->loop);

		CHECK_EQ(disk->n_done, N_IOS);
		CHECK(disk->n_reports < N_IOS / 10);
		disk_free(disk);
	}
}

TEST(an_image_on_a_file_that_shrank_says_so)
{
	for (enum kind kind = PLAIN; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);
		char back[1024];

		CHECK_EQ(ftruncate(disk->fd, 512), 0);

		CHECK_EQ(read_at(disk, 4096, back, sizeof(back)), -EIO);
		CHECK_EQ(read_at(disk, 0, back, sizeof(back)), -EIO);
		CHECK_EQ(read_at(disk, 0, back, 512), 0);
		disk_free(disk);
	}
}

TEST(an_image_that_may_not_be_written_says_so)
{
	for (enum kind kind = PLAIN; kind < N_KINDS; kind++) {
		struct disk *disk = disk_new(t, kind);

		talloc_free(disk->image);
		close(disk->fd);
		disk->fd = open("/proc/self/exe", O_RDONLY);
		CHECK_EQ(open_image(disk, disk, kind, disk->fd), 0);

		CHECK_EQ(write_at(disk, 0, "x"), -EBADF);
		disk_free(disk);
	}
}

/* A file of @size bytes that is gone when @mem is. */
static int remove_file(char *path)
{
	unlink(path);
	return 0;
}

static char *file_new(void *mem, off_t size)
{
	char *path = talloc_strdup(mem, "/tmp/test-blk-image.XXXXXX");
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	talloc_set_destructor(path, remove_file);
	CHECK_EQ(ftruncate(fd, size), 0);
	close(fd);
	return path;
}

TEST(a_file_is_as_large_as_its_whole_sectors)
{
	char *path = file_new(t->mem, 10 * 512 + 100);
	struct image_raw_info info;
	int fd = image_open_raw(path, false, &info);

	CHECK(fd >= 0);
	CHECK_EQ(info.size, 10 * 512);
	CHECK_EQ(info.physical_sector_size, 512);
	close(fd);
}

TEST(a_file_opened_read_only_is_not_written)
{
	char *path = file_new(t->mem, 4096);
	struct image_raw_info info;
	int fd = image_open_raw(path, true, &info);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, "x", 1), -1);
	CHECK_EQ(errno, EBADF);
	close(fd);
}

TEST(only_files_and_block_devices_are_opened)
{
	struct image_raw_info info;
	char *path = file_new(t->mem, 0);

	CHECK_EQ(image_open_raw("/dev/null", false, &info), -ENOTBLK);
	CHECK_EQ(image_open_raw("/tmp", true, &info), -ENOTBLK);
	CHECK_EQ(image_open_raw("/nonexistent", false, &info), -ENOENT);
	unlink(path);
	CHECK_EQ(mkfifo(path, 0600), 0);
	CHECK_EQ(image_open_raw(path, false, &info), -ENOTBLK);
}

TEST(a_file_that_goes_past_the_page_cache_can_be_read_by_the_sector)
{
	struct disk *disk = disk_new(t, MEMORY);
	char *path = file_new(disk, SIZE);
	_Alignas(4096) char back[512];
	struct image_raw_info info;

	close(disk->fd);
	disk->fd = image_open_raw(path, false, &info);
	CHECK_EQ(image_new_raw(disk, disk->loop, disk->fd, N_IOS, count, disk,
			       &disk->image),
		 0);

	CHECK_EQ(read_at(disk, 512, back, 512), 0);
	disk_free(disk);
}
