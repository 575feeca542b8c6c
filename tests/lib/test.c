/* SPDX-License-Identifier: MIT */

#include "tests/lib/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct test *tests;
static struct test **last = &tests;

void test_register(struct test *t)
{
	*last = t;
	last = &t->next;
}

struct test *test_first(void)
{
	return tests;
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
