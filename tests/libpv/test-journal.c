/* SPDX-License-Identifier: MIT */

#include "libpv/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "libpv/journal-file.h"
#include "tests/lib/test.h"

#define N 4

TEST(what_was_not_answered_is_found)
{
	struct journal_record records[N] = { 0 };

	journal_take(&records[1]);
	journal_take(&records[2]);
	journal_answer(&records[2], 100);
	journal_forget(&records[2]);

	CHECK_EQ(journal_recover(records, N, 101), 1);
	CHECK_EQ(records[0].state, JOURNAL_FREE);
	CHECK_EQ(records[1].state, JOURNAL_TAKEN);
	CHECK_EQ(records[2].state, JOURNAL_FREE);
}

TEST(an_answer_that_nobody_was_shown_does_not_count)
{
	struct journal_record records[N] = { 0 };

	for (unsigned int i = 0; i < N; i++) {
		journal_take(&records[i]);
		journal_answer(&records[i], 7 + i);
	}

	CHECK_EQ(journal_recover(records, N, 9), 2);
	CHECK_EQ(records[1].state, JOURNAL_FREE);
	CHECK_EQ(records[2].state, JOURNAL_TAKEN);
	CHECK_EQ(records[3].state, JOURNAL_TAKEN);
}

TEST(responses_are_counted_around_the_end_of_numbers)
{
	struct journal_record records[N] = { 0 };

	journal_take(&records[0]);
	journal_answer(&records[0], UINT32_MAX);
	journal_take(&records[1]);
	journal_answer(&records[1], 0);

	CHECK_EQ(journal_recover(records, N, 0), 1);
	CHECK_EQ(records[0].state, JOURNAL_FREE);
	CHECK_EQ(records[1].state, JOURNAL_TAKEN);
}

/* A path that is free, and is free again when @mem is. */
static int remove_file(char *path)
{
	unlink(path);
	return 0;
}

static char *new_path(void *mem)
{
	char *path = talloc_strdup(mem, "/tmp/test-journal.XXXXXX");

	close(mkstemp(path));
	unlink(path);
	talloc_set_destructor(path, remove_file);
	return path;
}

TEST(a_journal_is_there_for_a_successor)
{
	char *path = new_path(t->mem);
	struct journal_record *records;
	void *life = talloc_new(t->mem);

	CHECK_EQ(journal_open(life, path, N, false, &records), 0);
	strcpy((char *)records[3].slot, "request");
	journal_take(&records[3]);
	talloc_free(life);

	CHECK_EQ(journal_open(t->mem, path, N, true, &records), 0);
	CHECK_EQ(journal_recover(records, N, 0), 1);
	CHECK_STR((char *)records[3].slot, "request");
}

TEST(a_new_journal_is_empty_whatever_was_there)
{
	char *path = new_path(t->mem);
	struct journal_record *records, *others;

	CHECK_EQ(journal_open(t->mem, path, N, false, &records), 0);
	journal_take(&records[0]);
	CHECK_EQ(journal_open(t->mem, path, N, false, &others), 0);

	CHECK_EQ(journal_recover(others, N, 0), 0);
	CHECK_EQ(records[0].state, JOURNAL_TAKEN);
}

TEST(a_journal_that_does_not_fit_is_not_taken_over)
{
	char *path = new_path(t->mem);
	struct journal_record *records;

	CHECK_EQ(journal_open(t->mem, path, N, true, &records), -ENOENT);
	CHECK_EQ(journal_open(t->mem, path, N, false, &records), 0);
	CHECK_EQ(journal_open(t->mem, path, 2 * N, true, &records), -EINVAL);
}
