/* SPDX-License-Identifier: MIT */

/*
 * Each reply as we encode it is what the protocol says, byte for byte, and
 * what our guest's side decodes.
 */

#include "protocols/9p-reply.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

#define TAG "\x34\x12"
#define QID "\x80\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01"

static const struct p9_qid qid = { P9_QID_DIR, 0x01020304, 0x0102030405060708 };

struct wire {
	uint8_t bytes[P9_PATH_MAX + 64];
	size_t len;
	struct p9_reply back;
	char text[P9_PATH_MAX + 1];
};

/* Encode @reply; it is @rest but for its size; decode it again. */
static void check_wire(struct wire *wire, struct p9_reply *reply,
		       const char *rest, size_t rest_len)
{
	struct pack out = pack_into(wire->bytes, sizeof(wire->bytes));
	struct span in = span_of(wire->bytes, 4);

	reply->tag = 0x1234;
	p9_reply_encode(reply, &out);
	CHECK(!out.full);
	CHECK_EQ(out.len, rest_len + 4);
	CHECK_EQ(span_le32(&in), rest_len + 4);
	CHECK(!memcmp(wire->bytes + 4, rest, rest_len));
	CHECK_EQ(p9_reply_decode(span_of(wire->bytes, out.len), &wire->back,
				 wire->text),
		 0);
	CHECK_EQ(wire->back.type, reply->type);
	CHECK_EQ(wire->back.tag, 0x1234);
}

#define CHECK_WIRE(wire, reply, rest)                                          \
	check_wire((wire), (reply), (rest), sizeof(rest) - 1)

static void check_qid(const struct p9_qid *got)
{
	CHECK_EQ(got->type, qid.type);
	CHECK_EQ(got->version, qid.version);
	CHECK_EQ(got->path, qid.path);
}

TEST(an_error)
{
	struct p9_reply reply = { .type = P9_RLERROR, .error = ENOENT };
	struct wire w;

	CHECK_WIRE(&w, &reply, "\x07" TAG "\x02\x00\x00\x00");
	CHECK_EQ(w.back.error, ENOENT);
}

TEST(a_version)
{
	struct p9_reply reply = { .type = P9_TVERSION + 1,
				  .version = { 8192, P9_VERSION } };
	struct wire w;

	CHECK_WIRE(&w, &reply,
		   "\x65" TAG "\x00\x20\x00\x00"
		   "\x08\x00"
		   "9P2000.L");
	CHECK_EQ(w.back.version.msize, 8192);
	CHECK_STR(w.back.version.version, P9_VERSION);
}

TEST(replies_that_are_a_qid)
{
	struct p9_reply reply = { .type = P9_TATTACH + 1, .qid = qid };
	struct wire w;

	CHECK_WIRE(&w, &reply, "\x69" TAG QID);
	check_qid(&w.back.qid);
	reply.type = P9_TSYMLINK + 1;
	CHECK_WIRE(&w, &reply, "\x11" TAG QID);
	reply.type = P9_TMKNOD + 1;
	CHECK_WIRE(&w, &reply, "\x13" TAG QID);
	reply.type = P9_TMKDIR + 1;
	CHECK_WIRE(&w, &reply, "\x49" TAG QID);
}

TEST(a_walk)
{
	struct p9_reply reply = { .type = P9_TWALK + 1,
				  .walk = { 2, { qid, qid } } };
	struct wire w;

	CHECK_WIRE(&w, &reply, "\x6f" TAG "\x02\x00" QID QID);
	CHECK_EQ(w.back.walk.n_qids, 2);
	check_qid(&w.back.walk.qids[1]);
}

TEST(an_open_and_a_create)
{
	struct p9_reply reply = { .type = P9_TLOPEN + 1,
				  .open = { qid, 0x01020304 } };
	struct wire w;

	CHECK_WIRE(&w, &reply, "\x0d" TAG QID "\x04\x03\x02\x01");
	check_qid(&w.back.open.qid);
	CHECK_EQ(w.back.open.unit, 0x01020304);
	reply.type = P9_TLCREATE + 1;
	CHECK_WIRE(&w, &reply, "\x0f" TAG QID "\x04\x03\x02\x01");
}

TEST(a_readlink)
{
	struct p9_reply reply = { .type = P9_TREADLINK + 1, .target = "a/b" };
	struct wire w;

	CHECK_WIRE(&w, &reply,
		   "\x17" TAG "\x03\x00"
		   "a/b");
	CHECK_STR(w.back.target, "a/b");
}

TEST(a_getattr)
{
	struct p9_reply reply = {
		.type = P9_TGETATTR + 1,
		.attr = { P9_ATTR_BASIC,
			  qid,
			  0100644,
			  1,
			  2,
			  3,
			  4,
			  5,
			  6,
			  7,
			  { 8, 9 },
			  { 10, 11 },
			  { 12, 13 } },
	};
	struct wire w;

	CHECK_WIRE(&w, &reply,
		   "\x19" TAG "\xff\x07\0\0\0\0\0\0" QID "\xa4\x81\0\0"
		   "\1\0\0\0\2\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0"
		   "\5\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0"
		   "\x8\0\0\0\0\0\0\0\x9\0\0\0\0\0\0\0"
		   "\xa\0\0\0\0\0\0\0\xb\0\0\0\0\0\0\0"
		   "\xc\0\0\0\0\0\0\0\xd\0\0\0\0\0\0\0"
		   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	check_qid(&w.back.attr.qid);
	CHECK_EQ(w.back.attr.mode, 0100644);
	CHECK_EQ(w.back.attr.n_blocks, 7);
	CHECK_EQ(w.back.attr.ctime.nsec, 13);
}

TEST(a_statfs)
{
	struct p9_reply reply = {
		.type = P9_TSTATFS + 1,
		.statfs = { 0x01021997, 4096, 1, 2, 3, 4, 5, 6, 255 },
	};
	struct wire w;

	CHECK_WIRE(&w, &reply,
		   "\x09" TAG "\x97\x19\x02\x01\x00\x10\0\0"
		   "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0"
		   "\4\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0"
		   "\xff\0\0\0");
	CHECK_EQ(w.back.statfs.name_max, 255);
	CHECK_EQ(w.back.statfs.id, 6);
}

TEST(numbers_in_place_of_data)
{
	struct p9_reply reply = { .type = P9_TXATTRWALK + 1, .size = 7 };
	struct wire w;

	CHECK_WIRE(&w, &reply, "\x1f" TAG "\7\0\0\0\0\0\0\0");
	CHECK_EQ(w.back.size, 7);

	reply = (struct p9_reply){ .type = P9_TWRITE + 1, .count = 7 };
	CHECK_WIRE(&w, &reply, "\x77" TAG "\7\0\0\0");
	CHECK_EQ(w.back.count, 7);

	reply = (struct p9_reply){ .type = P9_TLOCK + 1,
				   .status = P9_LOCK_BLOCKED };
	CHECK_WIRE(&w, &reply, "\x35" TAG "\1");
	CHECK_EQ(w.back.status, P9_LOCK_BLOCKED);
}

TEST(a_getlock)
{
	struct p9_reply reply = {
		.type = P9_TGETLOCK + 1,
		.lock = { P9_LOCK_WRITE, 1, 2, 3, "vm" },
	};
	struct wire w;

	CHECK_WIRE(&w, &reply,
		   "\x37" TAG "\1\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
		   "\3\0\0\0\2\0vm");
	CHECK_EQ(w.back.lock.type, P9_LOCK_WRITE);
	CHECK_EQ(w.back.lock.start, 1);
	CHECK_STR(w.back.lock.client, "vm");
}

TEST(replies_without_anything)
{
	static const uint8_t requests[] = {
		P9_TRENAME, P9_TSETATTR,  P9_TXATTRCREATE, P9_TFSYNC, P9_TLINK,
		P9_TFLUSH,  P9_TRENAMEAT, P9_TUNLINKAT,    P9_TCLUNK, P9_TREMOVE
	};
	struct wire w;

	for (size_t i = 0; i < sizeof(requests); i++) {
		struct p9_reply reply = { .type = requests[i] + 1 };
		char rest[] = { reply.type, 0x34, 0x12 };

		check_wire(&w, &reply, rest, 3);
	}
}

TEST(data_are_counted_and_follow)
{
	struct p9_reply reply = { .type = P9_TREAD + 1, .tag = 9, .count = 3 };
	uint8_t bytes[64];
	struct pack out = pack_into(bytes, sizeof(bytes));

	p9_reply_encode(&reply, &out);
	CHECK_EQ(out.len, P9_READ_HEADER);
	CHECK(!memcmp(bytes, "\x0e\0\0\0\x75\x09\0\3\0\0\0", 11));

	pack_bytes(&out, "abc", 3);
	CHECK_EQ(p9_reply_decode(span_of(bytes, 14), &reply, NULL), 0);
	CHECK_EQ(p9_reply_decode(span_of(bytes, 13), &reply, NULL), -EPROTO);
}

TEST(entries_of_a_directory)
{
	struct p9_entry entry = { qid, 0x21, DT_DIR, "name", 4 }, back;
	uint8_t bytes[40];
	struct pack out = pack_into(bytes, sizeof(bytes));
	struct span in;

	CHECK(p9_entry_encode(&entry, &out));
	CHECK_EQ(out.len, 28);
	CHECK(!memcmp(bytes, QID "\x21\0\0\0\0\0\0\0\4\4\0name", 28));

	in = span_of(bytes, out.len);
	CHECK_EQ(p9_entry_decode(&in, &back), 0);
	check_qid(&back.qid);
	CHECK_EQ(back.name_len, 4);
	CHECK(!memcmp(back.name, "name", 4));
	CHECK_EQ(p9_entry_decode(&in, &back), -EPROTO);
}

TEST(an_entry_that_does_not_fit_leaves_no_trace)
{
	struct p9_entry entry = { qid, 1, DT_REG, "name", 4 };
	uint8_t bytes[28 + 27];
	struct pack out = pack_into(bytes, sizeof(bytes));

	CHECK(p9_entry_encode(&entry, &out));
	CHECK(!p9_entry_encode(&entry, &out));
	CHECK_EQ(out.len, 28);
	CHECK(!out.full);

	entry.name_len = 3;
	CHECK(p9_entry_encode(&entry, &out));
	CHECK_EQ(out.len, 55);
}

TEST(what_is_no_reply)
{
	struct p9_reply reply;
	char text[P9_PATH_MAX + 1];

	CHECK_EQ(p9_reply_decode(span_of("\7\0\0\0\x78\0\0", 7), &reply, text),
		 -EPROTO); /* a request */
	CHECK_EQ(p9_reply_decode(span_of("\7\0\0\0\0\0\0", 7), &reply, text),
		 -EPROTO);
	CHECK_EQ(p9_reply_decode(span_of("\7\0\0\0\xff\0\0", 7), &reply, text),
		 -EPROTO);
	CHECK_EQ(p9_reply_decode(span_of("\x8\0\0\0\x79\0\0", 7), &reply, text),
		 -EPROTO); /* says more than there is */
	CHECK_EQ(p9_reply_decode(span_of("\7\0\0", 3), &reply, text), -EPROTO);
}
