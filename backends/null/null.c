/* SPDX-License-Identifier: MIT */

/*
 * pv-null - a disk of zeros that forgets what is written to it.
 *
 * It is the smallest whole backend: start reading here.  "params" is the size
 * of the disk, in sectors of 512 bytes.
 */

#include "backends/null/null.h"

#include <errno.h>
#include <inttypes.h>

#include "protocols/blk.h"

static int null_probe(struct pv_device *dev)
{
	return pv_publish(dev, "feature-flush-cache", "1");
}

static int null_connect(struct pv_device *dev, void *setup)
{
	const struct ring_protocol *protocol =
		blk_protocol(pv_guest_key(dev, "protocol"));
	uint64_t sectors;
	int r;

	if (!protocol)
		return pv_refuse(dev, -EINVAL, "protocol: not known");
	r = pv_config_u64(dev, "params", &sectors);
	if (r < 0)
		return pv_fail(dev, r, "params: not a number of sectors");
	r = pv_ring(dev, "", protocol, 0);
	if (r < 0)
		return r;

	pv_publish(dev, "sector-size", "512");
	return pv_publish(dev, "sectors", "%" PRIu64, sectors);
}

static enum blk_status null_read(struct pv_request *req,
				 const struct blk_request *blk)
{
	static uint8_t zeros[XEN_PAGE_SIZE];
	struct hv_copy copies[BLK_SEGMENTS_MAX];

	for (unsigned int i = 0; i < blk->n_segments; i++)
		copies[i] = (struct hv_copy){
			.ref = blk->segment[i].ref,
			.offset = blk->segment[i].offset,
			.len = blk->segment[i].len,
			.to_guest = true,
			.local = zeros,
		};

	return pv_copy(pv_session_of(req), copies, blk->n_segments) < 0
		       ? BLK_ERROR
		       : BLK_OK;
}

static void null_request(struct pv_request *req, const void *request)
{
	const struct blk_request *blk = request;
	struct blk_response rsp = { .id = blk->id, .op = blk->op };

	if (blk->indirect)
		rsp.status = BLK_NOT_SUPPORTED;
	else if (blk->op == BLK_READ)
		rsp.status = null_read(req, blk);
	else if (blk->op == BLK_WRITE || blk->op == BLK_FLUSH)
		rsp.status = BLK_OK;
	else
		rsp.status = BLK_NOT_SUPPORTED;

	pv_answer(req, &rsp);
}

const struct pv_backend null_backend = {
	.name = "pv-null",
	.classes = (const char *const[]){ "vbd", NULL },
	.probe = null_probe,
	.connect = null_connect,
	.request = null_request,
};
