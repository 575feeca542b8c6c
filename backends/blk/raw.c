/* SPDX-License-Identifier: MIT */

/*
 * raw - a file or block device as it is: how it is opened, and what serves it.
 *
 * The page cache is avoided where it can be: a guest has one of its own, and
 * Domain 0 is small.  Our buffers outlive the I/O on them, so that this is
 * safe everywhere, whatever "direct-io-safe" says.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "backends/blk/image.h"
#include "base/cleanup.h"

#define SECTOR 512

/* Whether @fd can be read in units of a sector; with O_DIRECT not all can. */
static bool reads_sectors(int fd)
{
	_Alignas(4096) uint8_t sector[SECTOR];

	return pread(fd, sector, SECTOR, SECTOR) >= 0;
}

/* Anything else may block, or worse, when it is opened. */
static int check_kind(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;

	return S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? 0 : -ENOTBLK;
}

static int open_somehow(const char *path, int flags, bool *direct)
{
	int fd = open(path, flags | O_DIRECT);

	*direct = fd >= 0 && reads_sectors(fd);
	if (*direct)
		return fd;
	if (fd >= 0)
		close(fd);

	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

static int block_device_info(int fd, struct image_raw_info *info)
{
	unsigned int physical;

	if (ioctl(fd, BLKGETSIZE64, &info->size) < 0 ||
	    ioctl(fd, BLKPBSZGET, &physical) < 0)
		return -errno;

	info->physical_sector_size = physical;
	return 0;
}

static int read_info(int fd, struct image_raw_info *info)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;

	if (S_ISBLK(st.st_mode)) {
		r = block_device_info(fd, info);
		if (r < 0)
			return r;
	} else {
		info->size = st.st_size;
		info->physical_sector_size = SECTOR;
	}

	info->size -= info->size % SECTOR;
	return 0;
}

int image_open_raw(const char *path, bool read_only,
		   struct image_raw_info *info)
{
	int flags = (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC;
	CLEANUP(cleanup_fd) int fd = -1;
	int r = check_kind(path);

	if (r < 0)
		return r;
	fd = open_somehow(path, flags, &info->direct);
	if (fd < 0)
		return fd;

	r = read_info(fd, info);
	return r < 0 ? r : take_fd(fd);
}

/* A file that is memory never waits for a disk, and io_uring would have it
 * read by another thread. */
static bool is_memory(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

int image_new_raw(void *mem, struct loop *loop, int fd, size_t n_ios,
		  image_done_fn *done, void *arg, struct image **image)
{
	if (!is_memory(fd) &&
	    image_new_uring(mem, loop, fd, n_ios, done, arg, image) == 0)
		return 0;

	return image_new_plain(mem, fd, n_ios, done, arg, image);
}
