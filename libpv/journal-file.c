/* SPDX-License-Identifier: MIT */

#include "libpv/journal-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"

struct mapping {
	void *at;
	size_t len;
};

static int unmap(struct mapping *mapping)
{
	munmap(mapping->at, mapping->len);
	return 0;
}

/* A file of @len bytes that are there: a hole could be a SIGBUS later. */
static int create(const char *path, size_t len)
{
	CLEANUP(cleanup_fd) int fd = -1;
	int r;

	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = -posix_fallocate(fd, 0, len);
	return r < 0 ? r : take_fd(fd);
}

static int open_existing(const char *path, size_t len)
{
	CLEANUP(cleanup_fd) int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;

	return (size_t)st.st_size == len ? take_fd(fd) : -EINVAL;
}

int journal_open(void *mem, const char *path, unsigned int n, bool take_over,
		 struct journal_record **records)
{
	size_t len = n * sizeof(struct journal_record);
	CLEANUP(cleanup_fd)
	int fd = take_over ? open_existing(path, len) : create(path, len);
	struct mapping *mapping;
	void *at;

	if (fd < 0)
		return fd;
	mapping = talloc(mem, struct mapping);
	if (!mapping)
		return -ENOMEM;
	at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		talloc_free(mapping);
		return -errno;
	}

	*mapping = (struct mapping){ at, len };
	talloc_set_destructor(mapping, unmap);
	*records = at;
	return 0;
}
