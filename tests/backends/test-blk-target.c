/* SPDX-License-Identifier: MIT */

#include "backends/blk/target.h"

#include <errno.h>
#include <stddef.h>

#include "tests/lib/test.h"

static struct target target;

TEST(a_path_may_have_the_prefixes_of_raw)
{
	CHECK_EQ(target_parse("/dev/loop6", NULL, &target), 0);
	CHECK_STR(target.path, "/dev/loop6");
	CHECK_EQ(target_parse("aio:/a:b", NULL, &target), 0);
	CHECK_STR(target.path, "/a:b");
	CHECK_EQ(target_parse("raw:/x", "", &target), 0);
	CHECK_STR(target.path, "/x");
	CHECK_EQ(target.kind, TARGET_FILE);
}

TEST(the_device_of_a_script_wins)
{
	CHECK_EQ(target_parse("iqn.2001", "/dev/sda", &target), 0);
	CHECK_STR(target.path, "/dev/sda");
	CHECK_EQ(target_parse(NULL, "/dev/sda", &target), 0);
	CHECK_EQ(target_parse("/dev/sdb", "sda", &target), -EINVAL);
}

TEST(what_is_not_served_is_refused)
{
	CHECK_EQ(target_parse(NULL, NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("aio:", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("relative", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("vhd:/x", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("qcow2:/x", NULL, &target), -EINVAL);
}

TEST(memory_is_counted_in_bytes_or_larger_units)
{
	CHECK_EQ(target_parse("memory:4096", NULL, &target), 0);
	CHECK_EQ(target.size, 4096);
	CHECK_EQ(target_parse("memory:4K", NULL, &target), 0);
	CHECK_EQ(target.size, 4096);
	CHECK_EQ(target_parse("memory:16M", NULL, &target), 0);
	CHECK_EQ(target.size, 16 << 20);
	CHECK_EQ(target_parse("memory:3G", NULL, &target), 0);
	CHECK_EQ(target.size, (int64_t)3 << 30);
	CHECK_EQ(target.kind, TARGET_MEMORY);
}

TEST(memory_of_no_size_is_refused)
{
	CHECK_EQ(target_parse("memory:", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:0", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:M", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:1000", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:-4K", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:4KK", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:99999999999G", NULL, &target), -EINVAL);
	CHECK_EQ(target_parse("memory:1111111111111111111111111111K", NULL,
			      &target),
		 -EINVAL);
}
