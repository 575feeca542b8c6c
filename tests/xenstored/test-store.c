/* SPDX-License-Identifier: MIT */

/*
 * The nodes: reading, writing, listing, removing, permissions.
 */

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

TEST(what_is_written_is_read)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WRITE, 0, "/x|value"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "value");
	CHECK_STR(ask(a, XS_WRITE, 0, "/x|a|b|"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "a|b|");
	CHECK_STR(ask(a, XS_WRITE, 0, "/x|"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/x|"), "");
}

TEST(the_store_starts_with_its_own_nodes)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/|"), "tool|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/tool|"), "xenstored|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/|"), "n0|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "@releaseDomain|"), "n0|r32757|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "@introduceDomain|"), "n0|");
}

TEST(missing_parents_are_made_on_the_way)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WRITE, 0, "/a/b/c|1"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/a/b|"), "");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/a|"), "b|");
	CHECK_STR(ask(a, XS_MKDIR, 0, "/d/e|"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/d/e|"), "");
	CHECK_STR(check(a), "OK|");
}

TEST(a_path_without_a_slash_starts_at_home)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WRITE, 0, "x/y|1"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/local/domain/0/x/y|"), "1");
}

TEST(bad_paths_are_invalid)
{
	static const char *const bad[] = {
		"|",
		"/a/|",
		"//a|",
		"/a//b|",
		"/a+b|",
		"/a b|",
		"/\xc3\xa4|",
		"@x|",
		"/a",
		"",
		"/local/domain/|",
		"/a|b|",
	};
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_STR(ask(a, XS_READ, 0, bad[i]), "!EINVAL|");
}

TEST(a_removed_node_is_gone_with_what_was_below)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	ask(a, XS_WRITE, 0, "/a/b/c|1");
	CHECK_STR(ask(a, XS_RM, 0, "/a|"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/a/b/c|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/|"), "tool|");
	CHECK_STR(check(a), "OK|");
}

TEST(removing_what_is_not_there_needs_its_parent)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_RM, 0, "/none|"), "OK|");
	CHECK_STR(ask(a, XS_RM, 0, "/none/none|"), "!ENOENT|");
	CHECK_STR(ask(a, XS_RM, 0, "/|"), "!EINVAL|");
}

/* 600 children of one node, in a strange order. */
static void write_many(struct raw *a)
{
	char payload[64];

	for (unsigned int i = 0; i < 600; i++) {
		snprintf(payload, sizeof(payload), "/many/%03u|v", i * 7 % 600);
		CHECK_STR(ask(a, XS_WRITE, 0, payload), "OK|");
	}
}

TEST(many_children_are_listed_in_order)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	const char *list;

	write_many(a);
	list = ask(a, XS_DIRECTORY, 0, "/many|");
	CHECK_EQ(strlen(list), 2400);
	CHECK(!strncmp(list, "000|001|002|", 12));
	CHECK_STR(list + 2392, "598|599|");
	CHECK_STR(check(a), "OK|");
}

TEST(many_children_come_and_go)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[64];

	write_many(a);
	for (unsigned int i = 0; i < 600; i++) {
		snprintf(payload, sizeof(payload), "/many/%03u|", i * 11 % 600);
		CHECK_STR(ask(a, XS_RM, 0, payload), "OK|");
		if (i % 100 == 0)
			CHECK_STR(check(a), "OK|");
	}
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/many|"), "");
}

TEST(a_list_that_is_too_long_comes_in_parts)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[64], generation[32];
	size_t offset = 0, n = 0;
	const char *part;

	for (unsigned int i = 0; i < 2000; i++) {
		snprintf(payload, sizeof(payload), "/d/%04u|", i);
		ask(a, XS_MKDIR, 0, payload);
	}
	CHECK_STR(ask(a, XS_DIRECTORY, 0, "/d|"), "!E2BIG|");

	do {
		snprintf(payload, sizeof(payload), "/d|%zu|", offset);
		part = ask(a, XS_DIRECTORY_PART, 0, payload);
		sscanf(part, "%31[0-9]", generation);
		part += strlen(generation) + 1;
		offset += strlen(part);
		n++;
	} while (part[0] && strcmp(part + strlen(part) - 2, "||"));

	CHECK_EQ(offset, 2000 * 5 + 1);
	CHECK_EQ(n, 3);
}

TEST(the_generation_of_a_list_changes_with_it)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char first[64];

	ask(a, XS_MKDIR, 0, "/d/a|");
	strcpy(first, ask(a, XS_DIRECTORY_PART, 0, "/d|0|"));
	CHECK_STR(ask(a, XS_DIRECTORY_PART, 0, "/d|0|"), first);
	ask(a, XS_WRITE, 0, "/d/a|x");
	CHECK_STR(ask(a, XS_DIRECTORY_PART, 0, "/d|0|"), first);
	ask(a, XS_MKDIR, 0, "/d/b|");
	ask(a, XS_RM, 0, "/d/b|");
	CHECK(strcmp(ask(a, XS_DIRECTORY_PART, 0, "/d|0|"), first));
}

TEST(the_root_has_a_value_and_no_end)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	CHECK_STR(ask(a, XS_WRITE, 0, "/|top"), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, "/|"), "top");
	CHECK_STR(ask(a, XS_MKDIR, 0, "/|"), "OK|");
	CHECK_STR(ask(a, XS_SET_PERMS, 0, "/|r0|"), "OK|");
	CHECK_STR(ask(a, XS_GET_PERMS, 0, "/|"), "r0|");
}

TEST(a_thousand_levels_are_no_matter)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char *path = talloc_zero_array(t->mem, char, 4096);

	for (int i = 0; i < 2000; i++)
		strcat(path, "/a");
	strcat(path, "|");
	CHECK_STR(ask(a, XS_MKDIR, 0, path), "OK|");
	CHECK_STR(ask(a, XS_READ, 0, path), "");
	CHECK_STR(check(a), "OK|");
	CHECK_STR(ask(a, XS_RM, 0, "/a|"), "OK|");
	CHECK_STR(check(a), "OK|");
}

TEST(unknown_messages_are_no_matter_either)
{
	static const uint32_t types[] = { 15, 16, 20, 27, 65535, UINT32_MAX };
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		CHECK_STR(ask(a, types[i], 0, "/|"), "!ENOSYS|");
	CHECK_STR(ask(a, XS_READ, 0, "/|"), "");
}

TEST(a_message_that_is_too_long_ends_the_client)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct raw *b = raw_socket(w);
	struct xs_header header = { XS_READ, 1, 0, XS_PAYLOAD_MAX + 1 };

	raw_bytes(a, &header, sizeof(header));
	CHECK(raw_is_cut_off(a));
	CHECK_STR(ask(b, XS_READ, 0, "/|"), "");
}

TEST(a_message_may_come_in_bytes)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	struct xs_header header = { XS_READ, 1, 0, 2 };
	uint8_t message[18] = { 0 };

	memcpy(message, &header, sizeof(header));
	message[16] = '/';
	for (size_t i = 0; i < sizeof(message); i++) {
		CHECK(!raw_reply(a));
		raw_bytes(a, message + i, 1);
	}
	CHECK_STR(raw_reply(a), "");
}

TEST(a_thousand_requests_at_once_are_answered_in_order)
{
	struct store_world *w = store_world_new(t);
	struct raw *a = raw_socket(w);
	char payload[64];

	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(payload, sizeof(payload), "/x|%u", i);
		raw_send(a, XS_WRITE, 0, payload);
		raw_send(a, XS_READ, 0, "/x|");
	}
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(payload, sizeof(payload), "%u", i);
		CHECK_STR(raw_reply(a), "OK|");
		CHECK_STR(raw_reply(a), payload);
	}
}

TEST(what_our_own_kernel_asked_before_we_came_is_answered)
{
	struct store_world *w = store_world_empty(t);
	struct raw *kernel = raw_kernel(w);
	struct server_options options;

	server_defaults(&options);
	raw_send(kernel, XS_READ, 0, "/|");
	store_world_serve(w, &options);

	CHECK_STR(raw_reply(kernel), "");
}
