/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/backends/kbd-heard.h"
#include "tests/lib/test.h"

static struct heard *heard_in_test(struct test *t)
{
	return heard_new(t->mem, loop_new_virtual(t->mem));
}

static int script(struct heard *heard, const char *text, unsigned int *line)
{
	int fd = memfd_create("script", MFD_CLOEXEC);
	int r;

	CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
	r = source_new_script(heard, heard->loop, fd, &heard_ops, heard, line);
	close(fd);
	return r;
}

static void play(struct heard *heard, const char *text)
{
	unsigned int line;

	CHECK_EQ(script(heard, text, &line), 0);
	loop_settle(heard->loop);
}

TEST(a_script_is_played_from_its_beginning_to_its_end)
{
	struct heard *heard = heard_in_test(t);

	play(heard, "key 30 down\nsync\n# release it\nkey 30 up\nsync\n");

	CHECK_HEARD(heard, "key 30 down;sync;key 30 up;sync;sync;gone;");
}

TEST(the_last_line_needs_no_end)
{
	struct heard *heard = heard_in_test(t);

	play(heard, "key 30 down");

	CHECK_HEARD(heard, "key 30 down;sync;gone;");
}

TEST(a_script_can_wait)
{
	struct heard *heard = heard_in_test(t);

	play(heard, "key 30 down\nsync\nwait 100\nkey 30 up\nsync\nwait 5\n");
	CHECK_HEARD(heard, "key 30 down;sync;");
	loop_advance(heard->loop, 99999);
	CHECK_HEARD(heard, "");
	loop_advance(heard->loop, 1);
	CHECK_HEARD(heard, "key 30 up;sync;");

	loop_advance(heard->loop, 5000);
	CHECK_HEARD(heard, "sync;gone;");
}

TEST(a_long_script_lets_others_have_their_turn)
{
	struct heard *heard = heard_in_test(t);
	char text[100 * sizeof("sync") + 1] = "";

	for (int i = 0; i < 100; i++)
		strcat(text, "sync\n");
	play(heard, text);

	CHECK_EQ(strlen(heard->text), 101 * strlen("sync;") + strlen("gone;"));
}

TEST(a_mistake_is_found_before_anything_happens)
{
	struct heard *heard = heard_in_test(t);
	unsigned int line;

	CHECK_EQ(script(heard, "key 30 down\n\nkey 30 upp\n", &line), -EINVAL);
	CHECK_EQ(line, 3);
	loop_settle(heard->loop);
	CHECK_HEARD(heard, "");
}

TEST(a_file_that_cannot_be_read_is_no_script)
{
	struct heard *heard = heard_in_test(t);
	unsigned int line;

	CHECK_EQ(source_new_script(heard, heard->loop, -1, &heard_ops, heard,
				   &line),
		 -EBADF);
}

TEST(a_script_has_a_limit)
{
	struct heard *heard = heard_in_test(t);
	int fd = memfd_create("script", MFD_CLOEXEC);
	unsigned int line;

	CHECK_EQ(ftruncate(fd, 1 << 20), 0);
	CHECK_EQ(source_new_script(heard, heard->loop, fd, &heard_ops, heard,
				   &line),
		 -EFBIG);
	close(fd);
}
