/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * 9p-request - requests of 9P2000.L, as decoded and checked.
 */

#include <stddef.h>

#include "base/span.h"
#include "protocols/9p.h"
#include "protocols/pack.h"

/* No request has a longer body if its names are of lawful length, but for a
 * write, of which the data are not looked at. */
#define P9_BODY_MAX   4400
#define P9_WRITE_BODY 16

struct p9_header {
	uint32_t size; /* of the whole message */
	uint8_t type;
	uint16_t tag;
};

struct p9_request {
	uint8_t type; /* enum p9_type */
	uint16_t tag;
	uint32_t fid; /* what it is about, a directory if there is a name */
	union {
		struct p9_tversion {
			uint32_t msize;
			const char *version;
		} version;
		struct p9_tattach {
			uint32_t auth_fid;
			const char *user, *export;
			uint32_t uid;
		} attach;
		struct p9_tflush {
			uint16_t tag;
		} flush;
		struct p9_twalk {
			uint32_t new_fid;
			uint16_t n_names;
			const char *names[P9_WALK_MAX]; /* may be ".." */
		} walk;
		struct p9_tlopen {
			uint32_t flags;
		} lopen;
		struct p9_tlcreate {
			const char *name;
			uint32_t flags, mode, gid;
		} lcreate;
		struct p9_tsymlink {
			const char *name, *target;
			uint32_t gid;
		} symlink;
		struct p9_tmknod {
			const char *name;
			uint32_t mode, major, minor, gid;
		} mknod;
		struct p9_tmkdir {
			const char *name;
			uint32_t mode, gid;
		} mkdir;
		struct p9_trename {
			uint32_t dir_fid;
			const char *name;
		} rename;
		struct p9_trenameat {
			const char *old_name;
			uint32_t new_dir_fid;
			const char *new_name;
		} renameat;
		struct p9_tunlinkat {
			const char *name;
			uint32_t flags;
		} unlinkat;
		struct p9_tlink {
			uint32_t target_fid;
			const char *name;
		} link;
		struct p9_tgetattr {
			uint64_t mask;
		} getattr;
		struct p9_tsetattr {
			uint32_t valid, mode, uid, gid;
			uint64_t size;
			struct p9_time atime, mtime;
		} setattr;
		struct p9_txattrwalk {
			uint32_t new_fid;
			const char *name; /* "": a list of the names */
		} xattrwalk;
		struct p9_txattrcreate {
			const char *name;
			uint64_t size;
			uint32_t flags;
		} xattrcreate;
		struct p9_tread {
			uint64_t offset;
			uint32_t count;
		} read; /* Treaddir, too */
		struct p9_twrite {
			uint64_t offset;
			uint32_t count;
		} write; /* the data follow the body */
		struct p9_tfsync {
			uint32_t data_only;
		} fsync;
		struct p9_tlock {
			struct p9_lock lock;
			uint32_t flags;
		} lock;
		struct p9_tgetlock {
			struct p9_lock lock;
		} getlock;
	};
	char text[P9_BODY_MAX]; /* where all its strings are */
};

/* The first P9_HEADER_SIZE bytes of a message. */
struct p9_header p9_header_decode(const void *bytes);

/* How much of a message that @header begins must be copied for decoding it,
 * behind the header: at most P9_BODY_MAX. */
uint32_t p9_body_size(const struct p9_header *header);

/*
 * Decode the @body that belongs to @header.  Returns 0, or what to answer with
 * in Rlerror; type and tag are right even then.
 *
 * What it promises: strings have a NUL and none within; each that names a file
 * in a directory is 1 to P9_NAME_MAX bytes long, has no slash and is not "."
 * (nor "..", but in a walk); the target of a symlink has 1 to P9_PATH_MAX
 * bytes; there are at most P9_WALK_MAX names; the data of a write are as many
 * as it says; offset + count and start + length do not wrap, even as signed
 * numbers.
 */
int p9_request_decode(const struct p9_header *header, struct span body,
		      struct p9_request *req);

/* How long a reply to it can be. */
uint32_t p9_reply_max(const struct p9_request *req);

/* The guest's side: a message that is decoded to @req.  The data of a write
 * are counted, but are for the caller to add. */
void p9_request_encode(const struct p9_request *req, struct pack *out);
