/* SPDX-License-Identifier: MIT */

/*
 * Each request as it is on the wire, byte for byte, is what we decode and what
 * our guest's side encodes.
 */

#include "protocols/9p-request.h"

#include <errno.h>
#include <string.h>

#include "protocols/9p-reply.h"
#include "tests/lib/test.h"

#define TAG  "\x34\x12"
#define FID  "\x04\x03\x02\x01"
#define FID2 "\x14\x13\x12\x11"
#define LONG "\x08\x07\x06\x05\x04\x03\x02\x01"

#define FID_IS  0x01020304
#define FID2_IS 0x11121314
#define LONG_IS 0x0102030405060708

/* Decode @rest, which is a message but for its size, of @size bytes. */
static int decode(const char *rest, size_t rest_len, uint32_t size,
		  struct p9_request *req)
{
	uint8_t bytes[P9_HEADER_SIZE] = { size, size >> 8, size >> 16,
					  size >> 24 };
	struct p9_header header;

	memcpy(bytes + 4, rest, 3);
	header = p9_header_decode(bytes);
	CHECK_EQ(header.size, size);
	return p9_request_decode(&header,
				 span_of(rest + 3, p9_body_size(&header)), req);
}

#define DECODE(rest, req)                                                      \
	decode((rest), sizeof(rest) - 1, sizeof(rest) + 3, (req))

/* What @req is encoded to is @rest again. */
static void check_encoded(const struct p9_request *req, const char *rest,
			  size_t rest_len)
{
	uint8_t bytes[P9_BODY_MAX];
	struct pack out = pack_into(bytes, sizeof(bytes));
	struct span in = span_of(bytes, 4);

	p9_request_encode(req, &out);
	CHECK_EQ(out.len, rest_len + 4);
	CHECK_EQ(span_le32(&in), rest_len + 4);
	CHECK(!memcmp(bytes + 4, rest, rest_len));
}

#define CHECK_WIRE(rest, req)                                                  \
	do {                                                                   \
		CHECK_EQ(DECODE(rest, req), 0);                                \
		CHECK_EQ((req)->tag, 0x1234);                                  \
		check_encoded((req), (rest), sizeof(rest) - 1);                \
	} while (0)

TEST(a_version)
{
	struct p9_request req;

	CHECK_WIRE("\x64" TAG FID "\x08\x00"
		   "9P2000.L",
		   &req);

	CHECK_EQ(req.type, P9_TVERSION);
	CHECK_EQ(req.version.msize, FID_IS);
	CHECK_STR(req.version.version, "9P2000.L");
}

TEST(an_attach)
{
	struct p9_request req;

	CHECK_WIRE("\x68" TAG FID "\xff\xff\xff\xff"
		   "\x04\x00"
		   "root"
		   "\x02\x00"
		   "/x" FID2,
		   &req);

	CHECK_EQ(req.fid, FID_IS);
	CHECK_EQ(req.attach.auth_fid, P9_NO_FID);
	CHECK_STR(req.attach.user, "root");
	CHECK_STR(req.attach.export, "/x");
	CHECK_EQ(req.attach.uid, FID2_IS);
}

TEST(a_flush)
{
	struct p9_request req;

	CHECK_WIRE("\x6c" TAG "\x78\x56", &req);

	CHECK_EQ(req.flush.tag, 0x5678);
	CHECK_EQ(req.fid, P9_NO_FID);
}

TEST(a_walk)
{
	struct p9_request req;

	CHECK_WIRE("\x6e" TAG FID FID2 "\x03\x00"
		   "\x01\x00"
		   "a"
		   "\x02\x00"
		   ".."
		   "\x03\x00"
		   "b c",
		   &req);

	CHECK_EQ(req.fid, FID_IS);
	CHECK_EQ(req.walk.new_fid, FID2_IS);
	CHECK_EQ(req.walk.n_names, 3);
	CHECK_STR(req.walk.names[0], "a");
	CHECK_STR(req.walk.names[1], "..");
	CHECK_STR(req.walk.names[2], "b c");
}

TEST(an_open)
{
	struct p9_request req;

	CHECK_WIRE("\x0c" TAG FID "\x02\x82\x00\x00", &req);

	CHECK_EQ(req.fid, FID_IS);
	CHECK_EQ(req.lopen.flags, 0x8202);
}

TEST(a_create)
{
	struct p9_request req;

	CHECK_WIRE("\x0e" TAG FID "\x01\x00"
		   "n"
		   "\x01\x02\x00\x00"
		   "\xa4\x81\x00\x00" FID2,
		   &req);

	CHECK_STR(req.lcreate.name, "n");
	CHECK_EQ(req.lcreate.flags, 0x201);
	CHECK_EQ(req.lcreate.mode, 0100644);
	CHECK_EQ(req.lcreate.gid, FID2_IS);
}

TEST(a_symlink)
{
	struct p9_request req;

	CHECK_WIRE("\x10" TAG FID "\x01\x00"
		   "n"
		   "\x06\x00"
		   "../a/b" FID2,
		   &req);

	CHECK_STR(req.symlink.name, "n");
	CHECK_STR(req.symlink.target, "../a/b");
	CHECK_EQ(req.symlink.gid, FID2_IS);
}

TEST(a_mknod)
{
	struct p9_request req;

	CHECK_WIRE("\x12" TAG FID "\x01\x00"
		   "n"
		   "\xb6\x21\x00\x00"
		   "\x04\x00\x00\x00"
		   "\x40\x00\x00\x00" FID2,
		   &req);

	CHECK_EQ(req.mknod.mode, 020666);
	CHECK_EQ(req.mknod.major, 4);
	CHECK_EQ(req.mknod.minor, 64);
	CHECK_EQ(req.mknod.gid, FID2_IS);
}

TEST(a_mkdir)
{
	struct p9_request req;

	CHECK_WIRE("\x48" TAG FID "\x01\x00"
		   "n"
		   "\xed\x01\x00\x00" FID2,
		   &req);

	CHECK_STR(req.mkdir.name, "n");
	CHECK_EQ(req.mkdir.mode, 0755);
	CHECK_EQ(req.mkdir.gid, FID2_IS);
}

TEST(a_rename)
{
	struct p9_request req;

	CHECK_WIRE("\x14" TAG FID FID2 "\x01\x00"
		   "n",
		   &req);

	CHECK_EQ(req.fid, FID_IS);
	CHECK_EQ(req.rename.dir_fid, FID2_IS);
	CHECK_STR(req.rename.name, "n");
}

TEST(a_renameat)
{
	struct p9_request req;

	CHECK_WIRE("\x4a" TAG FID "\x01\x00"
		   "o" FID2 "\x01\x00"
		   "n",
		   &req);

	CHECK_STR(req.renameat.old_name, "o");
	CHECK_EQ(req.renameat.new_dir_fid, FID2_IS);
	CHECK_STR(req.renameat.new_name, "n");
}

TEST(an_unlinkat)
{
	struct p9_request req;

	CHECK_WIRE("\x4c" TAG FID "\x01\x00"
		   "n"
		   "\x00\x02\x00\x00",
		   &req);

	CHECK_STR(req.unlinkat.name, "n");
	CHECK_EQ(req.unlinkat.flags, P9_UNLINK_DIR);
}

TEST(a_link)
{
	struct p9_request req;

	CHECK_WIRE("\x46" TAG FID FID2 "\x01\x00"
		   "n",
		   &req);

	CHECK_EQ(req.fid, FID_IS);
	CHECK_EQ(req.link.target_fid, FID2_IS);
	CHECK_STR(req.link.name, "n");
}

TEST(a_getattr)
{
	struct p9_request req;

	CHECK_WIRE("\x18" TAG FID LONG, &req);

	CHECK_EQ(req.getattr.mask, LONG_IS);
}

TEST(a_setattr)
{
	struct p9_request req;

	CHECK_WIRE("\x1a" TAG FID "\xff\x01\x00\x00" FID FID2 FID LONG
		   "\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
		   "\x03\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0",
		   &req);

	CHECK_EQ(req.setattr.valid, 0x1ff);
	CHECK_EQ(req.setattr.mode, FID_IS);
	CHECK_EQ(req.setattr.uid, FID2_IS);
	CHECK_EQ(req.setattr.gid, FID_IS);
	CHECK_EQ(req.setattr.size, LONG_IS);
	CHECK_EQ(req.setattr.atime.sec, 1);
	CHECK_EQ(req.setattr.atime.nsec, 2);
	CHECK_EQ(req.setattr.mtime.sec, 3);
	CHECK_EQ(req.setattr.mtime.nsec, 4);
}

TEST(an_xattrwalk)
{
	struct p9_request req;

	CHECK_WIRE("\x1e" TAG FID FID2 "\x06\x00"
		   "user.a",
		   &req);

	CHECK_EQ(req.xattrwalk.new_fid, FID2_IS);
	CHECK_STR(req.xattrwalk.name, "user.a");
}

TEST(an_xattrcreate)
{
	struct p9_request req;

	CHECK_WIRE("\x20" TAG FID "\x06\x00"
		   "user.a" LONG "\x02\x00\x00\x00",
		   &req);

	CHECK_STR(req.xattrcreate.name, "user.a");
	CHECK_EQ(req.xattrcreate.size, LONG_IS);
	CHECK_EQ(req.xattrcreate.flags, P9_XATTR_REPLACE);
}

TEST(reads_of_files_and_directories)
{
	struct p9_request req;

	CHECK_WIRE("\x74" TAG FID LONG FID2, &req);
	CHECK_EQ(req.read.offset, LONG_IS);
	CHECK_EQ(req.read.count, FID2_IS);

	CHECK_WIRE("\x28" TAG FID "\xff\xff\xff\xff\xff\xff\xff\xff" FID2,
		   &req);
	CHECK_EQ(req.read.offset, UINT64_MAX);
}

TEST(a_write_is_decoded_without_its_data)
{
	static const char wire[] = "\x76" TAG FID LONG "\x0a\x00\x00\x00";
	struct p9_request req;

	CHECK_EQ(decode(wire, 19, P9_HEADER_SIZE + P9_WRITE_BODY + 10, &req),
		 0);

	CHECK_EQ(req.write.offset, LONG_IS);
	CHECK_EQ(req.write.count, 10);
}

TEST(an_fsync)
{
	struct p9_request req;

	CHECK_WIRE("\x32" TAG FID "\x01\x00\x00\x00", &req);

	CHECK_EQ(req.fsync.data_only, 1);
}

TEST(a_lock)
{
	struct p9_request req;

	CHECK_WIRE("\x34" TAG FID "\x01"
		   "\x01\x00\x00\x00" LONG LONG FID2 "\x02\x00"
		   "vm",
		   &req);

	CHECK_EQ(req.lock.lock.type, P9_LOCK_WRITE);
	CHECK_EQ(req.lock.flags, P9_LOCK_WAIT);
	CHECK_EQ(req.lock.lock.start, LONG_IS);
	CHECK_EQ(req.lock.lock.length, LONG_IS);
	CHECK_EQ(req.lock.lock.process, FID2_IS);
	CHECK_STR(req.lock.lock.client, "vm");
}

TEST(a_getlock)
{
	struct p9_request req;

	CHECK_WIRE("\x36" TAG FID "\x02" LONG LONG FID2 "\x02\x00"
		   "vm",
		   &req);

	CHECK_EQ(req.getlock.lock.type, P9_LOCK_UNLOCK);
	CHECK_EQ(req.getlock.lock.process, FID2_IS);
}

TEST(requests_with_nothing_but_a_fid)
{
	struct p9_request req;

	CHECK_WIRE("\x08" TAG FID, &req);
	CHECK_WIRE("\x16" TAG FID, &req);
	CHECK_WIRE("\x78" TAG FID, &req);
	CHECK_WIRE("\x7a" TAG FID, &req);
	CHECK_EQ(req.type, P9_TREMOVE);
	CHECK_EQ(req.fid, FID_IS);
}

/* What is no request */

TEST(types_that_are_no_request_of_ours)
{
	struct p9_request req;

	CHECK_EQ(DECODE("\x00" TAG FID, &req), -EOPNOTSUPP);
	CHECK_EQ(DECODE("\x07" TAG FID, &req), -EOPNOTSUPP);
	CHECK_EQ(DECODE("\x66" TAG FID, &req), -EOPNOTSUPP);
	CHECK_EQ(DECODE("\xff" TAG FID, &req), -EOPNOTSUPP);
	CHECK_EQ(req.tag, 0x1234);
}

TEST(too_little_and_too_much)
{
	struct p9_request req;

	CHECK_EQ(DECODE("\x78" TAG "\x01\x02\x03", &req), -EPROTO);
	CHECK_EQ(DECODE("\x78" TAG FID "x", &req), -EPROTO);
	CHECK_EQ(DECODE("\x78" TAG, &req), -EPROTO);
}

TEST(a_string_that_goes_past_the_end)
{
	struct p9_request req;

	CHECK_EQ(DECODE("\x1e" TAG FID FID2 "\x07\x00"
			"user.a",
			&req),
		 -EPROTO);
}

TEST(names_that_are_none)
{
	struct p9_request req;

	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\0\0", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\1\0.", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\2\0..", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\1\0/", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\3\0a/b", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\3\0a\0b", &req), -EINVAL);
	CHECK_EQ(DECODE("\x46" TAG FID FID2 "\3\0...", &req), 0);
}

/* A link with a name of @len bytes. */
static int decode_long_name(size_t len)
{
	static struct p9_request req;
	char wire[P9_BODY_MAX + 700] = "\x46" TAG FID FID2;

	wire[11] = len;
	wire[12] = len >> 8;
	memset(wire + 13, 'n', len);
	return decode(wire, 13 + len, 17 + len, &req);
}

TEST(names_that_are_too_long)
{
	CHECK_EQ(decode_long_name(255), 0);
	CHECK_EQ(decode_long_name(256), -ENAMETOOLONG);
	CHECK_EQ(decode_long_name(4096), -ENAMETOOLONG);
	CHECK_EQ(decode_long_name(5000), -ENAMETOOLONG);
}

TEST(a_walk_of_too_many_names)
{
	struct p9_request req;

	CHECK_EQ(DECODE("\x6e" TAG FID FID2 "\x11\x00", &req), -EINVAL);
	CHECK_EQ(DECODE("\x6e" TAG FID FID2 "\xff\xff", &req), -EINVAL);
	CHECK_EQ(DECODE("\x6e" TAG FID FID2 "\x10\x00", &req), -EPROTO);
}

TEST(a_write_that_says_another_number_of_data)
{
	static const char wire[] = "\x76" TAG FID LONG "\x0a\x00\x00\x00";
	struct p9_request req;
	uint32_t size = P9_HEADER_SIZE + P9_WRITE_BODY;

	CHECK_EQ(decode(wire, 19, size + 9, &req), -EPROTO);
	CHECK_EQ(decode(wire, 19, size + 11, &req), -EPROTO);
	CHECK_EQ(decode(wire, 19, size, &req), -EPROTO);
}

TEST(ranges_that_leave_the_numbers_of_files)
{
	static const char max[] =
		"\x74" TAG FID "\xfe\xff\xff\xff\xff\xff\xff\x7f\x01\0\0\0";
	struct p9_request req;

	CHECK_EQ(DECODE(max, &req), 0);
	CHECK_EQ(DECODE("\x74" TAG FID
			"\xff\xff\xff\xff\xff\xff\xff\x7f\x01\0\0\0",
			&req),
		 -EINVAL);
	CHECK_EQ(DECODE("\x74" TAG FID "\0\0\0\0\0\0\0\x80\0\0\0\0", &req),
		 -EINVAL);
}

TEST(replies_have_room_for_what_was_asked)
{
	struct p9_request req = { .type = P9_TREAD, .read.count = 1000 };

	CHECK_EQ(p9_reply_max(&req), 1011);
	req.type = P9_TREADLINK;
	CHECK_EQ(p9_reply_max(&req), 4104);
	req.type = P9_TGETATTR;
	CHECK_EQ(p9_reply_max(&req), P9_REPLY_SMALL);
}
