/* SPDX-License-Identifier: MIT */

/*
 * pv-blk - disks for guests, from files and block devices.
 *
 * This is the side that serves: requests of the guest become orders for an
 * image.  A wake-up copies and orders all that it can at once.
 */

#include "backends/blk/blk.h"

#include <errno.h>
#include <talloc.h>

#include "backends/blk/image.h"
#include "backends/blk/setup.h"
#include "base/array.h"
#include "protocols/blk.h"

/* How many pages are copied in one go, to guests and from them. */
#define COPIES_MAX 704U

struct disk {
	struct pv_session *session;
	const struct setup *setup;
	struct image *image;
	uint8_t *buffers; /* BLK_BYTES_MAX for each request */

	/* Copies to be made, and the orders that they are part of. */
	struct hv_copy copies[COPIES_MAX];
	size_t n_copies;
	struct order *copying[COPIES_MAX];
	size_t n_copying;
};

/* What becomes of a request. */
struct order {
	struct image_io io;
	struct pv_request *req;
	const struct blk_request *blk;
	uint8_t *data;
	size_t first_copy;
};

static void answer(struct order *order, enum blk_status status)
{
	struct blk_response rsp = {
		.id = order->blk->id,
		.op = order->blk->op,
		.status = status,
	};

	pv_answer(order->req, &rsp);
}

static enum blk_status status_of(int error)
{
	switch (error) {
	case 0:
		return BLK_OK;
	case -EOPNOTSUPP:
		return BLK_NOT_SUPPORTED;
	default:
		return BLK_ERROR;
	}
}

static void submit(struct disk *disk, struct order *order, enum image_op op)
{
	const struct blk_request *blk = order->blk;

	order->io = (struct image_io){
		.op = op,
		.offset = blk->sector * BLK_SECTOR_SIZE,
		.len = blk->n_sectors * BLK_SECTOR_SIZE,
		.data = order->data,
	};
	image_submit(disk->image, &order->io);
}

/* Copies: what a write brings, what a read has found. */

static bool is_copied(const struct disk *disk, const struct order *order)
{
	for (unsigned int i = 0; i < order->blk->n_segments; i++) {
		if (disk->copies[order->first_copy + i].error)
			return false;
	}

	return true;
}

static void copied(struct disk *disk, struct order *order)
{
	if (!is_copied(disk, order))
		answer(order, BLK_ERROR);
	else if (order->blk->op == BLK_READ)
		answer(order, BLK_OK);
	else
		submit(disk, order, IMAGE_WRITE);
}

static void copy_all(struct disk *disk)
{
	if (!disk->n_copying)
		return;

	pv_copy(disk->session, disk->copies, disk->n_copies);
	for (size_t i = 0; i < disk->n_copying; i++)
		copied(disk, disk->copying[i]);
	disk->n_copies = 0;
	disk->n_copying = 0;
}

static void add_copies(struct disk *disk, struct order *order)
{
	const struct blk_request *blk = order->blk;
	uint8_t *at = order->data;

	if (disk->n_copies > COPIES_MAX - blk->n_segments)
		copy_all(disk);

	order->first_copy = disk->n_copies;
	for (unsigned int i = 0; i < blk->n_segments; i++) {
		disk->copies[disk->n_copies++] = (struct hv_copy){
			.ref = blk->segment[i].ref,
			.offset = blk->segment[i].offset,
			.len = blk->segment[i].len,
			.to_guest = blk->op == BLK_READ,
			.local = at,
		};
		at += blk->segment[i].len;
	}
	disk->copying[disk->n_copying++] = order;
}

/* Requests */

/* Reasons to refuse a request that is well-formed, or 0. */
static int check(const struct disk *disk, const struct blk_request *blk)
{
	const struct setup *setup = disk->setup;
	bool changes = blk->op != BLK_READ && blk->n_sectors;

	if (blk->indirect)
		return -EOPNOTSUPP;

	switch (blk->op) {
	case BLK_DISCARD:
		if (!setup->discards)
			return -EOPNOTSUPP;
		break;
	case BLK_READ:
	case BLK_WRITE:
	case BLK_FLUSH:
		break;
	default:
		return -EOPNOTSUPP;
	}

	if (changes && setup->read_only)
		return -EROFS;

	return blk->sector + blk->n_sectors > setup->n_sectors ? -EIO : 0;
}

static void blk_request(struct pv_request *req, const void *request)
{
	struct disk *disk = pv_data(pv_session_of(req));
	struct order *order = pv_request_data(req);
	int r = check(disk, request);

	*order = (struct order){
		.req = req,
		.blk = request,
		.data = disk->buffers +
			(size_t)pv_request_number(req) * BLK_BYTES_MAX,
	};
	if (r < 0)
		answer(order, status_of(r));
	else if (order->blk->op == BLK_READ)
		submit(disk, order, IMAGE_READ);
	else if (order->blk->op == BLK_WRITE)
		add_copies(disk, order);
	else
		submit(disk, order,
		       order->blk->op == BLK_FLUSH ? IMAGE_FLUSH
						   : IMAGE_DISCARD);
}

static void blk_batch(struct pv_session *session)
{
	struct disk *disk = pv_data(session);

	copy_all(disk);
	image_kick(disk->image);
}

/* A flush may carry data, which is written once all before it is safe. */
static bool goes_on(const struct order *order)
{
	return order->blk->op == BLK_READ ||
	       (order->io.op == IMAGE_FLUSH && order->blk->n_segments);
}

static void done(void *arg, struct image_io **ios, size_t n)
{
	struct disk *disk = arg;

	for (size_t i = 0; i < n; i++) {
		struct order *order = container_of(ios[i], struct order, io);

		if (order->io.result == 0 && goes_on(order))
			add_copies(disk, order);
		else
			answer(order, status_of(order->io.result));
	}
	blk_batch(disk->session);
}

static int blk_start(struct pv_session *session)
{
	struct disk *disk = pv_data(session);
	unsigned int n = pv_n_requests(session);
	struct loop *loop = pv_loop(session);

	disk->session = session;
	disk->setup = pv_setup(session);
	disk->buffers = pv_memory(session, (size_t)n * BLK_BYTES_MAX);
	if (!disk->buffers)
		return -ENOMEM;

	return disk->setup->in_memory
		       ? image_new_memory(session, loop,
					  disk->setup->n_sectors *
						  BLK_SECTOR_SIZE,
					  n, done, disk, &disk->image)
		       : image_new_raw(session, loop, pv_fd(session, 0), n,
				       done, disk, &disk->image);
}

const struct pv_backend blk_backend = {
	.name = "pv-blk",
	.classes = (const char *const[]){ "vbd", "vbd3", NULL },
	.setup_size = sizeof(struct setup),
	.session_size = sizeof(struct disk),
	.request_size = sizeof(struct order),
	.probe = setup_probe,
	.connect = setup_connect,
	.start = blk_start,
	.request = blk_request,
	.batch = blk_batch,
};
