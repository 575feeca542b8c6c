/* SPDX-License-Identifier: MIT */

#include "protocols/blk.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "protocols/put.h"

#define SECTORS_PER_PAGE (XEN_PAGE_SIZE / BLK_SECTOR_SIZE)

/* Numbers are aligned to 8 bytes in one layout, and to 4 in the other. */
#define PADDING_64 4
#define PADDING_32 0

static bool is_transfer(uint8_t op)
{
	return op == BLK_READ || op == BLK_WRITE;
}

static int decode_segment(struct span *in, struct blk_segment *seg)
{
	unsigned int first, last;

	seg->ref = span_le32(in);
	first = span_u8(in);
	last = span_u8(in);
	span_bytes(in, 2);

	if (first > last || last >= SECTORS_PER_PAGE)
		return -EPROTO;

	seg->offset = first * BLK_SECTOR_SIZE;
	seg->len = (last - first + 1) * BLK_SECTOR_SIZE;
	return 0;
}

static int decode_segments(struct span *in, struct blk_request *req)
{
	if (req->n_segments > BLK_SEGMENTS_MAX)
		return -EPROTO;
	if (req->n_segments == 0 && is_transfer(req->op))
		return -EPROTO;

	for (unsigned int i = 0; i < req->n_segments; i++) {
		int r = decode_segment(in, &req->segment[i]);

		if (r < 0)
			return r;
		req->n_sectors += req->segment[i].len / BLK_SECTOR_SIZE;
	}

	return 0;
}

static int decode_indirect(struct span *in, struct blk_request *req)
{
	span_bytes(in, 4); /* the device, again, and padding */
	for (unsigned int i = 0; i < BLK_INDIRECT_PAGES; i++)
		req->page[i] = span_le32(in);

	if (!is_transfer(req->op))
		return -EPROTO;
	if (req->n_segments == 0 || req->n_segments > BLK_INDIRECT_MAX)
		return -EPROTO;

	return 0;
}

/* What follows the sector. */
static int decode_rest(struct span *in, struct blk_request *req)
{
	if (req->indirect)
		return decode_indirect(in, req);

	switch (req->op) {
	case BLK_READ:
	case BLK_WRITE:
	case BLK_BARRIER:
	case BLK_FLUSH:
		return decode_segments(in, req);
	case BLK_DISCARD:
		req->secure = req->n_segments & 1;
		req->n_segments = 0;
		req->n_sectors = span_le64(in);
		return 0;
	default:
		req->n_segments = 0;
		return 0;
	}
}

static int decode(struct span in, size_t padding, struct blk_request *req)
{
	uint8_t second;
	uint16_t third;
	int r;

	memset(req, 0, sizeof(*req));
	req->op = span_u8(&in);
	second = span_u8(&in);
	third = span_le16(&in);
	if (req->op == BLK_INDIRECT) {
		req->indirect = true;
		req->op = second;
		req->n_segments = third;
	} else {
		req->n_segments = second; /* or the flags of a discard */
	}

	span_bytes(&in, padding);
	req->id = span_le64(&in);
	req->sector = span_le64(&in);
	r = decode_rest(&in, req);
	if (r < 0 || in.bad || req->sector > UINT64_MAX - req->n_sectors)
		return -EPROTO;

	return 0;
}

static void encode(const struct blk_response *rsp, size_t padding,
		   uint8_t *slot)
{
	put_le(&slot, 8, rsp->id);
	put_le(&slot, 2, rsp->op);
	put_le(&slot, 2, rsp->status);
	put_le(&slot, padding, 0);
}

static int decode_64(const void *slot, void *req)
{
	return decode(span_of(slot, blk_64.slot_size), PADDING_64, req);
}

static int decode_32(const void *slot, void *req)
{
	return decode(span_of(slot, blk_32.slot_size), PADDING_32, req);
}

static void encode_64(const void *rsp, void *slot)
{
	encode(rsp, PADDING_64, slot);
}

static void encode_32(const void *rsp, void *slot)
{
	encode(rsp, PADDING_32, slot);
}

static void refuse(const struct blk_request *req, size_t padding, uint8_t *slot)
{
	encode(&(struct blk_response){ req->id, req->op, BLK_ERROR }, padding,
	       slot);
}

static void refuse_64(const void *req, void *slot)
{
	refuse(req, PADDING_64, slot);
}

static void refuse_32(const void *req, void *slot)
{
	refuse(req, PADDING_32, slot);
}

const struct ring_protocol blk_64 = {
	.slot_size = 112,
	.request_size = sizeof(struct blk_request),
	.response_size = 16,
	.decode = decode_64,
	.encode = encode_64,
	.refuse = refuse_64,
};

const struct ring_protocol blk_32 = {
	.slot_size = 108,
	.request_size = sizeof(struct blk_request),
	.response_size = 12,
	.decode = decode_32,
	.encode = encode_32,
	.refuse = refuse_32,
};

const struct ring_protocol *blk_protocol(const char *abi)
{
	static const struct {
		const char *abi;
		const struct ring_protocol *protocol;
	} abis[] = {
#if defined(__x86_64__) || defined(__i386__)
		{ "x86_32-abi", &blk_32 }, /* the first is the default */
		{ "x86_64-abi", &blk_64 },
#else
		{ "arm-abi", &blk_64 },
#endif
	};

	for (size_t i = 0; i < ARRAY_SIZE(abis); i++) {
		if (!abi || !strcmp(abi, abis[i].abi))
			return abis[i].protocol;
	}

	return NULL;
}

int blk_decode_segment(const void *wire, struct blk_segment *segment)
{
	struct span in = span_of(wire, BLK_SEGMENT_SIZE);

	return decode_segment(&in, segment);
}

/* The guest's side */

static size_t padding_of(const struct ring_protocol *protocol)
{
	return protocol == &blk_64 ? PADDING_64 : PADDING_32;
}

static void put_segment(uint8_t **at, const struct blk_segment *seg)
{
	uint8_t first = seg->offset / BLK_SECTOR_SIZE;

	put_le(at, 4, seg->ref);
	put_le(at, 1, first);
	put_le(at, 1, first + seg->len / BLK_SECTOR_SIZE - 1);
	put_le(at, 2, 0);
}

void blk_encode_segment(const struct blk_segment *segment, void *wire)
{
	uint8_t *at = wire;

	put_segment(&at, segment);
}

/* What follows the sector. */
static void put_rest(uint8_t **at, const struct blk_request *req)
{
	if (req->op == BLK_DISCARD) {
		put_le(at, 8, req->n_sectors);
	} else if (req->indirect) {
		put_le(at, 4, 0);
		for (unsigned int i = 0; i < BLK_INDIRECT_PAGES; i++)
			put_le(at, 4, req->page[i]);
	} else {
		for (unsigned int i = 0; i < req->n_segments; i++)
			put_segment(at, &req->segment[i]);
	}
}

void blk_encode_request(const struct ring_protocol *protocol,
			const struct blk_request *req, void *slot)
{
	uint8_t *at = slot;

	memset(slot, 0, protocol->slot_size);
	if (req->indirect) {
		put_le(&at, 1, BLK_INDIRECT);
		put_le(&at, 1, req->op);
		put_le(&at, 2, req->n_segments);
	} else {
		put_le(&at, 1, req->op);
		put_le(&at, 1, req->n_segments);
		put_le(&at, 2, 0);
	}
	put_le(&at, padding_of(protocol), 0);
	put_le(&at, 8, req->id);
	put_le(&at, 8, req->sector);
	put_rest(&at, req);
}

void blk_decode_response(const struct ring_protocol *protocol, const void *slot,
			 struct blk_response *rsp)
{
	struct span in = span_of(slot, protocol->response_size);

	rsp->id = span_le64(&in);
	rsp->op = span_le16(&in);
	rsp->status = (int16_t)span_le16(&in);
}
