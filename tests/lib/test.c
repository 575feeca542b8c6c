/* SPDX-License-Identifier: MIT */

#include "tests/lib/test.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#define TEST_SECONDS 30

static struct test *tests;
static struct test **last = &tests;

void test_register(struct test *t)
{
	*last = t;
	last = &t->next;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# %s:%d: ", file, line);
	vprintf(fmt, args);
	printf("\n");
	va_end(args);

	fflush(stdout);
	_exit(1); /* without the leak report that a failure brings along */
}

void test_check_str(const char *file, int line, const char *expr,
		    const char *got, const char *want)
{
	if (!got || strcmp(got, want))
		test_fail(file, line, "%s is \"%s\", not \"%s\"", expr,
			  got ?: "(null)", want);
}

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

	for (struct test *t = tests; t; t = t->next) {
		if (fnmatch(pattern, t->name, 0))
			continue;

		bool ok = run(t);

		printf("%sok %u - %s\n", ok ? "" : "not ", ++n, t->name);
		failed += !ok;
	}
	printf("1..%u\n", n);

	return failed ? 1 : 0;
}
