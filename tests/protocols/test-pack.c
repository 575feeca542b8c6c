/* SPDX-License-Identifier: MIT */

#include "protocols/pack.h"

#include <string.h>

#include "base/span.h"
#include "tests/lib/test.h"

TEST(numbers_are_little_endian)
{
	uint8_t bytes[15];
	struct pack p = pack_into(bytes, sizeof(bytes));

	pack_u8(&p, 0x01);
	pack_le16(&p, 0x0302);
	pack_le32(&p, 0x07060504);
	pack_le64(&p, 0x0f0e0d0c0b0a0908);

	CHECK_EQ(p.len, 15);
	CHECK(!p.full);
	for (int i = 0; i < 15; i++)
		CHECK_EQ(bytes[i], i + 1);
}

TEST(what_was_packed_is_read_as_a_span)
{
	uint8_t bytes[16];
	struct pack p = pack_into(bytes, sizeof(bytes));
	struct span s;

	pack_le32(&p, 0xdeadbeef);
	pack_bytes(&p, "abc", 4);

	s = span_of(bytes, p.len);
	CHECK_EQ(span_le32(&s), 0xdeadbeef);
	CHECK_STR(span_cstr(&s), "abc");
	CHECK(span_done(&s));
}

TEST(what_does_not_fit_is_not_written_and_remembered)
{
	uint8_t bytes[4] = { 1, 2, 3, 4 };
	struct pack p = pack_into(bytes, 3);

	pack_le16(&p, 0);
	pack_le16(&p, 0);
	CHECK(p.full);
	CHECK_EQ(p.len, 2);

	pack_u8(&p, 9);
	CHECK_EQ(p.len, 2);
	CHECK_EQ(bytes[2], 3);
}

TEST(nothing_fits_into_nothing)
{
	struct pack p = pack_into(NULL, 0);

	pack_bytes(&p, NULL, 0);
	CHECK(!p.full);
	pack_u8(&p, 1);
	CHECK(p.full);
}
