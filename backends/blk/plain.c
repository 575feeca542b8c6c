/* SPDX-License-Identifier: MIT */

/*
 * plain - a file or block device by plain system calls, one at a time.
 *
 * For kernels that have no io_uring for us: the device waits for each of them.
 */

#include <errno.h>
#include <fcntl.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/blk/prompt.h"
#include "base/array.h"
#include "base/cleanup.h"

struct plain {
	struct prompt prompt;
	int fd;
};

static ssize_t transfer_some(int fd, const struct image_io *io, size_t done)
{
	uint8_t *data = (uint8_t *)io->data + done;
	size_t len = io->len - done;
	off_t at = io->offset + done;

	return io->op == IMAGE_READ ? pread(fd, data, len, at)
				    : pwrite(fd, data, len, at);
}

/* All of it; less is an error. */
static int transfer(int fd, const struct image_io *io)
{
	size_t done = 0;

	while (done < io->len) {
		ssize_t n = transfer_some(fd, io, done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += n;
	}

	return 0;
}

static int plain_obey(struct prompt *prompt, const struct image_io *io)
{
	int fd = container_of(prompt, struct plain, prompt)->fd;
	int r;

	switch (io->op) {
	case IMAGE_FLUSH:
		r = fdatasync(fd);
		break;
	case IMAGE_DISCARD:
		r = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      io->offset, io->len);
		break;
	default:
		return transfer(fd, io);
	}

	return r < 0 ? -errno : 0;
}

int image_new_plain(void *mem, int fd, size_t n_ios, image_done_fn *done,
		    void *arg, struct image **image)
{
	CLEANUP(cleanup_talloc)
	struct plain *plain = talloc_zero(mem, struct plain);
	int r;

	if (!plain)
		return -ENOMEM;
	r = prompt_init(&plain->prompt, NULL, n_ios, plain_obey, done, arg);
	if (r < 0)
		return r;

	plain->fd = fd;
	*image = &take_ptr(plain)->prompt.base;
	return 0;
}
