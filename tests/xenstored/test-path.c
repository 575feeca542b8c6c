/* SPDX-License-Identifier: MIT */

#include "xenstored/path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tests/lib/test.h"

#define NO_LIMIT XS_PAYLOAD_MAX

static int parse(struct path *path, const char *given)
{
	return path_parse(path, 7, given, NO_LIMIT, PATH_NODES);
}

TEST(an_absolute_path_is_kept_as_it_is)
{
	struct path path;

	CHECK_EQ(parse(&path, "/a/b"), 0);
	CHECK_STR(path.text, "/a/b");
	CHECK_EQ(path.len, 4);
	CHECK_EQ(path.home_len, 0);
}

TEST(a_relative_path_begins_at_home)
{
	struct path path;

	CHECK_EQ(parse(&path, "a/b"), 0);
	CHECK_STR(path.text, "/local/domain/7/a/b");
	CHECK_STR(path.text + path.home_len, "a/b");
	CHECK_EQ(path.len, strlen(path.text));
}

TEST(every_other_byte_than_these_is_refused)
{
	static const char allowed[] = "0123456789-/_@"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	struct path path;

	for (int c = 1; c < 256; c++) {
		char text[] = { '/', 'a', c, 'b', '\0' };

		CHECK_EQ(parse(&path, text), strchr(allowed, c) ? 0 : -EINVAL);
	}
}

TEST(slashes_stand_alone_and_not_at_the_end)
{
	static const char *const bad[] = { "",     "//",    "/a/",  "//a",
					   "/a//", "/a//b", "a//b", "a/" };
	struct path path;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(parse(&path, bad[i]), -EINVAL);
	CHECK_EQ(parse(&path, "/"), 0);
}

TEST(special_names_are_paths_only_where_they_are_expected)
{
	struct path path;

	CHECK_EQ(parse(&path, "@releaseDomain"), -EINVAL);
	CHECK_EQ(path_parse(&path, 7, "@releaseDomain", NO_LIMIT,
			    PATH_NODES_AND_SPECIALS),
		 0);
	CHECK_STR(path.text, "@releaseDomain");
	CHECK(path_is_special(path.text));
	CHECK_EQ(path.home_len, 0);
	CHECK_EQ(parse(&path, "/a@b"), 0);
	CHECK_EQ(parse(&path, "a/@b"), 0);
}

/* "/aaaa...": a path of @len bytes. */
static const char *long_path(const char *start, size_t len)
{
	static char text[2 * XS_PAYLOAD_MAX];

	memset(text, 'a', len);
	memcpy(text, start, strlen(start));
	text[len] = '\0';
	return text;
}

TEST(a_path_may_be_as_long_as_the_limit)
{
	struct path path;

	CHECK_EQ(path_parse(&path, 7, long_path("/", 100), 100, PATH_NODES), 0);
	CHECK_EQ(path_parse(&path, 7, long_path("/", 101), 100, PATH_NODES),
		 -EINVAL);
}

TEST(xsa_323_a_home_does_not_count_however_it_is_written)
{
	static const char home[] = "/local/domain/7/";
	struct path path;

	CHECK_EQ(path_parse(&path, 7, long_path("a", 100), 100, PATH_NODES), 0);
	CHECK_EQ(path_parse(&path, 0, path.text, 100, PATH_NODES), 0);
	CHECK_EQ(path_parse(&path, 7, long_path("a", 101), 100, PATH_NODES),
		 -EINVAL);
	CHECK_EQ(path_parse(&path, 0, long_path(home, sizeof(home) - 1 + 101),
			    100, PATH_NODES),
		 -EINVAL);
}

TEST(only_the_home_of_a_domain_is_a_home)
{
	static const char *const starts[] = {
		"/local/domain/x/",  "/local/domain/123456/",
		"/local/domains/1/", "/local/domain/1a/",
		"/local/domain/-1/",
	};
	struct path path;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		CHECK_EQ(path_parse(&path, 0, long_path(starts[i], 101), 100,
				    PATH_NODES),
			 -EINVAL);
}

TEST(a_path_is_no_longer_than_a_message_whatever_the_limit)
{
	struct path path;

	CHECK_EQ(path_parse(&path, UINT16_MAX, long_path("a", XS_PAYLOAD_MAX),
			    SIZE_MAX, PATH_NODES),
		 0);
	CHECK_EQ(path.len, PATH_HOME_MAX + XS_PAYLOAD_MAX);
	CHECK_EQ(path_parse(&path, UINT16_MAX,
			    long_path("a", XS_PAYLOAD_MAX + 1), SIZE_MAX,
			    PATH_NODES),
		 -EINVAL);
}

TEST(xsa_481_the_beginning_of_a_home_is_a_path_like_any_other)
{
	struct path path;

	CHECK_EQ(parse(&path, "/local/domain/"), -EINVAL);
	CHECK_EQ(parse(&path, "/local/domain//"), -EINVAL);
	CHECK_EQ(parse(&path, "/local/domain/7/"), -EINVAL);
	CHECK_EQ(parse(&path, "/local/domain"), 0);
	CHECK_EQ(parse(&path, "/local/domain/99999/x"), 0);
}

TEST(a_path_is_taken_step_by_step)
{
	const char *rest = "/a/bcd";
	size_t len;

	CHECK_STR(path_step(&rest, &len), "a/bcd");
	CHECK_EQ(len, 1);
	CHECK_STR(path_step(&rest, &len), "bcd");
	CHECK_EQ(len, 3);
	CHECK(!path_step(&rest, &len));
	CHECK(!path_step(&rest, &len));
	rest = "/";
	CHECK(!path_step(&rest, &len));
}

TEST(the_parent_of_a_path_is_the_part_before_its_last_name)
{
	CHECK_EQ(path_parent_len("/a/bc/d", 7), 5);
	CHECK_EQ(path_parent_len("/a/bc", 5), 2);
	CHECK_EQ(path_parent_len("/a", 2), 1);
	CHECK_EQ(path_parent_len("/", 1), 1);
}
