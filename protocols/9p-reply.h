/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * 9p-reply - replies of 9P2000.L, as what is in them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "protocols/9p.h"
#include "protocols/pack.h"

#define P9_READ_HEADER 11 /* what stands before the data of a read */

/* The longest reply that brings no text and no data. */
#define P9_REPLY_SMALL 288

struct p9_attr {
	uint64_t valid; /* P9_ATTR_* */
	struct p9_qid qid;
	uint32_t mode, uid, gid;
	uint64_t n_links, device, size, block_size, n_blocks;
	struct p9_time atime, mtime, ctime;
};

struct p9_statfs {
	uint32_t type, block_size;
	uint64_t n_blocks, n_free, n_available;
	uint64_t n_files, n_files_free, id;
	uint32_t name_max;
};

struct p9_reply {
	uint8_t type; /* of the request plus 1, or P9_RLERROR */
	uint16_t tag;
	union {
		uint32_t error; /* a positive errno */
		struct p9_rversion {
			uint32_t msize;
			const char *version;
		} version;
		struct p9_rwalk {
			uint16_t n_qids;
			struct p9_qid qids[P9_WALK_MAX];
		} walk;
		struct p9_ropen {
			struct p9_qid qid;
			uint32_t unit; /* of I/O; 0 leaves it to msize */
		} open;                /* Rlopen, Rlcreate */
		struct p9_qid qid;     /* Rattach, Rsymlink, Rmknod, Rmkdir */
		const char *target;    /* Rreadlink */
		struct p9_attr attr;
		struct p9_statfs statfs;
		uint64_t size;       /* Rxattrwalk */
		uint32_t count;      /* Rread, Rreaddir, Rwrite */
		uint8_t status;      /* Rlock: enum p9_lock_status */
		struct p9_lock lock; /* Rgetlock */
	};
};

/* The whole message; of Rread and Rreaddir what stands before the data, which
 * are counted, but are for the caller to add. */
void p9_reply_encode(const struct p9_reply *reply, struct pack *out);

/* An entry of a directory, one of those that are the data of Rreaddir.
 * @offset is that of the next one, @type a DT_* of readdir(3). */
struct p9_entry {
	struct p9_qid qid;
	uint64_t offset;
	uint8_t type;
	const char *name;
	size_t name_len;
};

/* Whether it fitted; if not, @out is as it was. */
bool p9_entry_encode(const struct p9_entry *entry, struct pack *out);

/*
 * The guest's side.  A reply in @message is decoded; text is copied to @text,
 * of P9_PATH_MAX + 1 bytes, and data begin at P9_READ_HEADER.  Returns 0, or
 * -EPROTO if it is none.  It is not checked whether it answers a certain
 * request.
 */
int p9_reply_decode(struct span message, struct p9_reply *reply, char *text);

/* The next entry of the data of Rreaddir: 0, or -EPROTO.  Its name is not
 * terminated. */
int p9_entry_decode(struct span *data, struct p9_entry *entry);
