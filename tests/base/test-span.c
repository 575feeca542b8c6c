/* SPDX-License-Identifier: MIT */

#include "base/span.h"
#include "tests/lib/test.h"

TEST(numbers_are_little_endian)
{
	struct span s = span_of("\x01\x02\x03\x04\x05\x06\x07", 7);

	CHECK_EQ(span_u8(&s), 0x01);
	CHECK_EQ(span_le16(&s), 0x0302);
	CHECK_EQ(span_le32(&s), 0x07060504);
	CHECK(span_done(&s));
}

TEST(a_read_past_the_end_is_zero_and_remembered)
{
	struct span s = span_of("\x01\x02", 2);

	CHECK_EQ(span_le32(&s), 0);
	CHECK_EQ(span_u8(&s), 0);
	CHECK(!span_done(&s));
}

TEST(a_string_needs_its_nul)
{
	struct span s = span_of("ab\0cd", 5);

	CHECK_STR(span_cstr(&s), "ab");
	CHECK(!span_cstr(&s));
	CHECK(!span_done(&s));
}

TEST(an_empty_span_is_done)
{
	struct span s = span_of(NULL, 0);

	CHECK(span_done(&s));
	CHECK(!span_cstr(&s));
}
