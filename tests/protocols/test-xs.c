/* SPDX-License-Identifier: MIT */

#include "protocols/xs.h"

#include <errno.h>

#include "tests/lib/test.h"

TEST(errors_have_names_and_names_errors)
{
	CHECK_STR(xs_error_name(ENOENT), "ENOENT");
	CHECK_EQ(xs_error_number("ENOENT", 7), ENOENT);
	CHECK_STR(xs_error_name(EPERM), "EPERM");
	CHECK_EQ(xs_error_number("EPERM", 6), EPERM);
}

TEST(what_the_wire_does_not_know_is_einval)
{
	CHECK_STR(xs_error_name(EBADF), "EINVAL");
	CHECK_EQ(xs_error_number("EWHAT", 6), EINVAL);
	CHECK_EQ(xs_error_number("", 0), EINVAL);
}

TEST(a_name_ends_where_its_nul_is)
{
	CHECK_EQ(xs_error_number("ENOENT", 6), EINVAL);
	CHECK_EQ(xs_error_number("ENOENTRY", 9), EINVAL);
}
