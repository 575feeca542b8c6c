/* SPDX-License-Identifier: MIT */

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/test.h"

TEST(a_number_is_decimal_digits_and_nothing_else)
{
	static const char *const bad[] = { "",   "-1",  "+1",  " 1",
					   "1 ", "0x1", "1\n", "1a" };
	uint64_t value;

	CHECK_EQ(text_u64("0012", &value), 0);
	CHECK_EQ(value, 12);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(text_u64(bad[i], &value), -EINVAL);
}

TEST(a_number_that_is_too_large_says_so)
{
	uint64_t big;
	uint32_t small;

	CHECK_EQ(text_u64("18446744073709551615", &big), 0);
	CHECK(big == UINT64_MAX);
	CHECK_EQ(text_u64("18446744073709551616", &big), -ERANGE);
	CHECK_EQ(text_u32("4294967295", &small), 0);
	CHECK_EQ(text_u32("4294967296", &small), -ERANGE);
}

TEST(what_is_not_printable_becomes_hex)
{
	CHECK_STR(text_printable(t->mem, "a\n\\\x1b", 4), "a\\x0a\\x5c\\x1b");
}

TEST(a_long_text_is_cut)
{
	char *long_one = calloc(1, 5000);
	const char *shown;

	memset(long_one, 'x', 5000);
	shown = text_printable(t->mem, long_one, 5000);
	free(long_one);

	CHECK_EQ(strlen(shown), 256 + 3);
	CHECK_STR(shown + 255, "x...");
}
