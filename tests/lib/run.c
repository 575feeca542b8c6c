/* SPDX-License-Identifier: MIT */

/*
 * run - the tests of a program, each in a process of its own, as TAP.
 *
 *     test-x [PATTERN]
 */

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/lib/test.h"

#define TEST_SECONDS 30

static void run_here(struct test *t)
{
	size_t blocks;

	talloc_enable_null_tracking();
	blocks = talloc_total_blocks(NULL);
	alarm(TEST_SECONDS);
	t->mem = talloc_named_const(NULL, 0, t->name);
	t->run(t);
	talloc_free(t->mem);

	if (talloc_total_blocks(NULL) != blocks) {
		talloc_report_full(NULL, stdout);
		exit(1);
	}
	talloc_disable_null_tracking(); /* or it counts as a leak itself */
	exit(0);
}

static bool run(struct test *t)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_here(t);

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
	const char *pattern = argc > 1 ? argv[1] : "*";
	unsigned int n = 0, failed = 0;

	for (struct test *t = test_first(); t; t = t->next) {
		if (fnmatch(pattern, t->name, 0))
			continue;

		bool ok = run(t);

		printf("%sok %u - %s\n", ok ? "" : "not ", ++n, t->name);
		failed += !ok;
	}
	printf("1..%u\n", n);

	return failed ? 1 : 0;
}
