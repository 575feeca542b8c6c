/* SPDX-License-Identifier: MIT */

/*
 * uring - a file or block device by io_uring, which no other file names.
 *
 * One system call begins all orders of a kick, and one look at the completion
 * queue finds all that are done.  An eventfd wakes the loop: polling the ring
 * itself misses completions that the kernel defers.
 */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <sys/eventfd.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/blk/image.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/loop.h"

#define BATCH 64

struct uring {
	struct image base;
	struct io_uring ring;
	struct loop *loop;
	struct loop_fd *waker;
	int eventfd;
	unsigned int in_flight;
	bool reaping;
};

static struct uring *uring_of(struct image *image)
{
	return container_of(image, struct uring, base);
}

static void prepare(struct io_uring_sqe *sqe, const struct image_io *io)
{
	const int fd = 0; /* the index of the one registered file */

	switch (io->op) {
	case IMAGE_READ:
		io_uring_prep_read(sqe, fd, io->data, io->len, io->offset);
		break;
	case IMAGE_WRITE:
		io_uring_prep_write(sqe, fd, io->data, io->len, io->offset);
		break;
	case IMAGE_FLUSH:
		io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
		break;
	case IMAGE_DISCARD:
		io_uring_prep_fallocate(
			sqe, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			io->offset, io->len);
		break;
	}
	io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE);
}

static void queue(struct uring *uring, struct image_io *io)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);

	assert(sqe); /* there is one for each order */
	prepare(sqe, io);
	io_uring_sqe_set_data(sqe, io);
}

static void uring_submit(struct image *image, struct image_io *io)
{
	struct uring *uring = uring_of(image);

	if (uring->in_flight++ == 0)
		loop_hold(uring->loop);
	queue(uring, io);
}

/* Whether @io is done; if not, what is left of it is queued again. */
static bool settle(struct uring *uring, struct image_io *io, int res)
{
	bool transfers = io->op == IMAGE_READ || io->op == IMAGE_WRITE;

	io->result = res < 0 ? res : 0;
	if (!transfers || res < 0 || (size_t)res == io->len)
		return true;

	if (res == 0) { /* the file ends here */
		io->result = -EIO;
		return true;
	}

	io->offset += res;
	io->len -= res;
	io->data = (uint8_t *)io->data + res;
	queue(uring, io);
	return false;
}

/* Take what is done, up to a batch; whether there was anything. */
static bool reap_batch(struct uring *uring)
{
	struct io_uring_cqe *cqes[BATCH];
	struct image_io *ios[BATCH];
	unsigned int n = io_uring_peek_batch_cqe(&uring->ring, cqes, BATCH);
	size_t n_done = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct image_io *io = io_uring_cqe_get_data(cqes[i]);

		if (settle(uring, io, cqes[i]->res))
			ios[n_done++] = io;
	}
	io_uring_cq_advance(&uring->ring, n);

	uring->in_flight -= n_done;
	if (n_done && uring->in_flight == 0)
		loop_release(uring->loop);
	if (n_done)
		uring->base.done(uring->base.arg, ios, n_done);

	return n > 0;
}

static void reap(struct uring *uring)
{
	uring->reaping = true;
	while (reap_batch(uring))
		io_uring_submit(&uring->ring);
	uring->reaping = false;
}

static void uring_kick(struct image *image)
{
	struct uring *uring = uring_of(image);

	io_uring_submit(&uring->ring);
	if (!uring->reaping) /* what the page cache had is done by now */
		reap(uring);
}

static void wake(void *arg, unsigned int ready)
{
	struct uring *uring = arg;
	eventfd_t n;

	eventfd_read(uring->eventfd, &n);
	io_uring_get_events(&uring->ring);
	reap(uring);
}

static int uring_free(struct uring *uring)
{
	assert(!uring->in_flight);
	TALLOC_FREE(uring->waker);
	close(uring->eventfd);
	io_uring_queue_exit(&uring->ring);
	return 0;
}

static const struct image_ops uring_ops = {
	.submit = uring_submit,
	.kick = uring_kick,
};

/* A ring that does its work when we look, and not by interrupting us; kernels
 * before 6.1 have none. */
static int ring_init(struct io_uring *ring, unsigned int n_ios)
{
	int r = io_uring_queue_init(n_ios, ring,
				    IORING_SETUP_SINGLE_ISSUER |
					    IORING_SETUP_DEFER_TASKRUN);

	return r == -EINVAL ? io_uring_queue_init(n_ios, ring, 0) : r;
}

static int ring_register(struct io_uring *ring, int fd, int eventfd)
{
	int r = io_uring_register_files(ring, &fd, 1);

	return r < 0 ? r : io_uring_register_eventfd(ring, eventfd);
}

/* The descriptors of @uring: its ring and what wakes us. */
static int uring_init(struct uring *uring, int fd, size_t n_ios)
{
	CLEANUP(cleanup_fd) int waker = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int r;

	if (waker < 0)
		return -errno;
	r = ring_init(&uring->ring, n_ios);
	if (r < 0)
		return r;
	r = ring_register(&uring->ring, fd, waker);
	if (r < 0) {
		io_uring_queue_exit(&uring->ring);
		return r;
	}

	uring->eventfd = take_fd(waker);
	talloc_set_destructor(uring, uring_free);
	return 0;
}

int image_new_uring(void *mem, struct loop *loop, int fd, size_t n_ios,
		    image_done_fn *done, void *arg, struct image **image)
{
	CLEANUP(cleanup_talloc)
	struct uring *uring = talloc_zero(mem, struct uring);
	int r;

	if (!uring)
		return -ENOMEM;

	uring->base = (struct image){ &uring_ops, done, arg };
	uring->loop = loop;
	r = uring_init(uring, fd, n_ios);
	if (r < 0)
		return r;
	r = loop_fd_new(uring, loop, uring->eventfd, LOOP_READ, wake, uring,
			&uring->waker);
	if (r < 0)
		return r;

	*image = &take_ptr(uring)->base;
	return 0;
}
