/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * blk - requests to a block device, as decoded and checked.
 *
 * Guests come with two layouts of the same request, see docs/protocols/blk.md.
 * decode() of the matching protocol turns each into this one.
 */

#include <stdbool.h>

#include "base/xen.h"
#include "protocols/ring.h"

/* What the protocol counts in, whatever the disk's own sectors are. */
#define BLK_SECTOR_SIZE 512

#define BLK_SEGMENTS_MAX      11 /* that fit into a slot */
#define BLK_SEGMENTS_PER_PAGE 512
#define BLK_INDIRECT_PAGES    8 /* of segments, in an indirect request */
#define BLK_INDIRECT_MAX      (BLK_INDIRECT_PAGES * BLK_SEGMENTS_PER_PAGE)
#define BLK_BYTES_MAX         (BLK_SEGMENTS_MAX * XEN_PAGE_SIZE)
#define BLK_SEGMENT_SIZE      8 /* on the wire */
#define BLK_RING_ORDER_MAX    4 /* that drivers are known to use */

/* Bits of the key "info". */
enum { BLK_INFO_CDROM = 1, BLK_INFO_REMOVABLE = 2, BLK_INFO_READ_ONLY = 4 };

enum blk_op {
	BLK_READ = 0,
	BLK_WRITE = 1,
	BLK_BARRIER = 2,
	BLK_FLUSH = 3,
	BLK_DISCARD = 5,
	BLK_INDIRECT = 6,
};

enum blk_status { BLK_OK = 0, BLK_ERROR = -1, BLK_NOT_SUPPORTED = -2 };

struct blk_segment {
	grant_ref_t ref;
	uint16_t offset; /* within the page */
	uint16_t len;    /* never 0, never past the end of the page */
};

/*
 * What decode() promises: a read or write has at least one segment, there are
 * never more than the arrays hold, and sector + n_sectors does not wrap.
 * Where it returns -EPROTO, @id and @op are those to answer with and nothing
 * else holds.
 */
struct blk_request {
	uint64_t id;         /* the guest's, echoed in the response */
	uint8_t op;          /* enum blk_op, or what no driver sends */
	bool indirect;       /* the segments are on pages of their own */
	bool secure;         /* of a discard */
	uint64_t sector;     /* where it begins */
	uint64_t n_sectors;  /* how far it goes; 0 while they are indirect */
	uint16_t n_segments; /* at most BLK_INDIRECT_MAX if indirect */
	union {
		struct blk_segment segment[BLK_SEGMENTS_MAX];
		grant_ref_t page[BLK_INDIRECT_PAGES];
	};
};

struct blk_response {
	uint64_t id;
	uint8_t op; /* of an indirect request: what it asked for within */
	enum blk_status status;
};

extern const struct ring_protocol blk_64; /* x86_64-abi, arm-abi */
extern const struct ring_protocol blk_32; /* x86_32-abi */

/* The protocol of this name in the guest's "protocol" key, where NULL is no
 * such key; or NULL if there is no such protocol. */
const struct ring_protocol *blk_protocol(const char *abi);

/* One segment of an indirect request, from a copy of its page. */
int blk_decode_segment(const void *wire, struct blk_segment *segment);

/* The guest's side: a slot of @protocol, from a request; a response, from a
 * slot. */
void blk_encode_request(const struct ring_protocol *protocol,
			const struct blk_request *req, void *slot);
void blk_encode_segment(const struct blk_segment *segment, void *wire);
void blk_decode_response(const struct ring_protocol *protocol, const void *slot,
			 struct blk_response *rsp);
