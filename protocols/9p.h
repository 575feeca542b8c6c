/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * 9p - what requests and replies of 9P2000.L have in common.
 *
 * See docs/protocols/9pfs.md.  Numbers on the wire are little-endian, strings
 * have a length of two bytes before them and no NUL.
 */

#include <stdint.h>

#define P9_HEADER_SIZE 7 /* size[4] type[1] tag[2] */
#define P9_NAME_MAX    255
#define P9_PATH_MAX    4095
#define P9_WALK_MAX    16 /* names in one walk */
#define P9_MSIZE_MIN   4096
#define P9_VERSION     "9P2000.L"

#define P9_NO_TAG UINT16_C(0xffff)
#define P9_NO_FID UINT32_C(0xffffffff)
#define P9_NO_ID  UINT32_C(0xffffffff) /* neither a user nor a group */

/* The type of a reply is that of its request plus one, or P9_RLERROR. */
enum p9_type {
	P9_RLERROR = 7,
	P9_TSTATFS = 8,
	P9_TLOPEN = 12,
	P9_TLCREATE = 14,
	P9_TSYMLINK = 16,
	P9_TMKNOD = 18,
	P9_TRENAME = 20,
	P9_TREADLINK = 22,
	P9_TGETATTR = 24,
	P9_TSETATTR = 26,
	P9_TXATTRWALK = 30,
	P9_TXATTRCREATE = 32,
	P9_TREADDIR = 40,
	P9_TFSYNC = 50,
	P9_TLOCK = 52,
	P9_TGETLOCK = 54,
	P9_TLINK = 70,
	P9_TMKDIR = 72,
	P9_TRENAMEAT = 74,
	P9_TUNLINKAT = 76,
	P9_TVERSION = 100,
	P9_TATTACH = 104,
	P9_TFLUSH = 108,
	P9_TWALK = 110,
	P9_TREAD = 116,
	P9_TWRITE = 118,
	P9_TCLUNK = 120,
	P9_TREMOVE = 122,
	P9_N_TYPES = 128,
};

/* Flags of Tlopen and Tlcreate, whatever the processor: those of Linux on
 * x86.  The two lowest bits are a number. */
enum p9_open {
	P9_OPEN_READ = 0,
	P9_OPEN_WRITE = 1,
	P9_OPEN_READ_WRITE = 2,
	P9_OPEN_ACCESS = 3, /* the mask */
	P9_OPEN_EXCL = 0200,
	P9_OPEN_TRUNC = 01000,
	P9_OPEN_APPEND = 02000,
	P9_OPEN_DSYNC = 010000,
	P9_OPEN_DIRECTORY = 0200000,
	P9_OPEN_SYNC = 04000000,
};

/* Which fields of Rgetattr hold. */
enum { P9_ATTR_BASIC = 0x7ff };

/* Which fields of Tsetattr are to be set; times to what is in the message only
 * if the _SET bit is there too, else to the time of now. */
enum {
	P9_SET_MODE = 0x1,
	P9_SET_UID = 0x2,
	P9_SET_GID = 0x4,
	P9_SET_SIZE = 0x8,
	P9_SET_ATIME = 0x10,
	P9_SET_MTIME = 0x20,
	P9_SET_CTIME = 0x40,
	P9_SET_ATIME_SET = 0x80,
	P9_SET_MTIME_SET = 0x100,
};

enum { P9_UNLINK_DIR = 0x200 };
enum { P9_XATTR_CREATE = 1, P9_XATTR_REPLACE = 2 };

enum p9_lock_type { P9_LOCK_READ, P9_LOCK_WRITE, P9_LOCK_UNLOCK };
enum p9_lock_status { P9_LOCK_SUCCESS, P9_LOCK_BLOCKED, P9_LOCK_ERROR };
enum { P9_LOCK_WAIT = 1 }; /* a flag */

enum { P9_QID_FILE = 0, P9_QID_SYMLINK = 0x02, P9_QID_DIR = 0x80 };

/* What tells one file from another, and one state of it from another. */
struct p9_qid {
	uint8_t type;
	uint32_t version;
	uint64_t path;
};

struct p9_time {
	uint64_t sec;
	uint64_t nsec;
};

/* A lock that somebody wants, or has.  A length of 0 goes on for ever. */
struct p9_lock {
	uint8_t type; /* enum p9_lock_type */
	uint64_t start;
	uint64_t length;
	uint32_t process;
	const char *client;
};
