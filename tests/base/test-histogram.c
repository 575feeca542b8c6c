/* SPDX-License-Identifier: MIT */

#include "base/histogram.h"

#include "tests/lib/test.h"

TEST(nothing_has_no_quantiles)
{
	struct histogram h = { 0 };

	CHECK_EQ(histogram_quantile(&h, 500), 0);
	CHECK_EQ(histogram_mean(&h), 0);
}

TEST(small_values_are_exact)
{
	struct histogram h = { 0 };

	for (uint64_t i = 1; i <= 5; i++)
		histogram_add(&h, i);

	CHECK_EQ(histogram_quantile(&h, 0), 1);
	CHECK_EQ(histogram_quantile(&h, 500), 3);
	CHECK_EQ(histogram_quantile(&h, 800), 4);
	CHECK_EQ(histogram_quantile(&h, 1000), 5);
	CHECK_EQ(histogram_mean(&h), 3);
}

TEST(a_quantile_is_right_within_an_eighth)
{
	struct histogram h = { 0 };

	for (uint64_t i = 1; i <= 100000; i++)
		histogram_add(&h, i);

	for (unsigned int p = 10; p <= 1000; p += 10) {
		uint64_t q = histogram_quantile(&h, p);

		CHECK(q >= p * 100);
		CHECK(q <= p * 100 + p * 100 / 8);
	}
}

TEST(no_value_is_too_large)
{
	struct histogram h = { 0 };

	histogram_add(&h, UINT64_MAX);
	histogram_add(&h, (uint64_t)1 << 63);

	CHECK(histogram_quantile(&h, 1000) == UINT64_MAX);
	CHECK(histogram_quantile(&h, 500) >= (uint64_t)1 << 63);
}

TEST(no_quantile_exceeds_the_largest_value)
{
	struct histogram h = { 0 };

	histogram_add(&h, 1000);

	CHECK_EQ(histogram_quantile(&h, 999), 1000);
}
