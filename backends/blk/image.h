/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * image - what a disk is made of, on the host.
 *
 * An image takes any number of orders at once and does them in any order.
 * Orders are submitted one by one and begun together by image_kick(); what is
 * done is reported from the loop or from image_kick(), many at a time.
 *
 *     memory.c   a disk that is gone when the guest closes it; needs nothing
 *     raw.c      a file or a block device, by one of these two:
 *     uring.c    many orders at once, by io_uring
 *     plain.c    one after the other, by plain system calls
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct image;

enum image_op { IMAGE_READ, IMAGE_WRITE, IMAGE_FLUSH, IMAGE_DISCARD };

/* One order.  It and its data belong to the image until it is done; only the
 * result is of interest then. */
struct image_io {
	enum image_op op;
	uint64_t offset; /* in bytes, as is @len; within the image */
	size_t len;
	void *data;
	int result; /* 0 or -errno, once it is done */
};

/* Called with all that is done by now.  It may submit orders and kick, but
 * not free the image. */
typedef void image_done_fn(void *arg, struct image_io **ios, size_t n);

/* What every image begins with. */
struct image {
	const struct image_ops *ops;
	image_done_fn *done;
	void *arg;
};

struct image_ops {
	void (*submit)(struct image *image, struct image_io *io);
	void (*kick)(struct image *image);
};

static inline void image_submit(struct image *image, struct image_io *io)
{
	image->ops->submit(image, io);
}

static inline void image_kick(struct image *image)
{
	image->ops->kick(image);
}

/* An image is a talloc child of @mem.  It must have nothing to do when it is
 * freed.  At most @n_ios orders are given to it at once. */

int image_new_memory(void *mem, struct loop *loop, uint64_t size, size_t n_ios,
		     image_done_fn *done, void *arg, struct image **image);

/* On @fd, which the caller keeps open.  It has been opened by image_open_raw().
 */
int image_new_raw(void *mem, struct loop *loop, int fd, size_t n_ios,
		  image_done_fn *done, void *arg, struct image **image);
int image_new_uring(void *mem, struct loop *loop, int fd, size_t n_ios,
		    image_done_fn *done, void *arg, struct image **image);
int image_new_plain(void *mem, int fd, size_t n_ios, image_done_fn *done,
		    void *arg, struct image **image);

/* Open a file or block device, past the page cache if it can be read in units
 * of 512 bytes that way.  Returns a descriptor or -errno. */
struct image_raw_info {
	uint64_t size; /* in bytes, a multiple of 512 */
	unsigned int physical_sector_size;
	bool direct; /* past the page cache */
};
int image_open_raw(const char *path, bool read_only,
		   struct image_raw_info *info);
