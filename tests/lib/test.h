/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * test - a test is a name, a few lines and some CHECKs.
 *
 *     TEST(a_span_stops_at_the_end)
 *     {
 *             struct span s = span_of("x", 1);
 *
 *             CHECK_EQ(span_u8(&s), 'x');
 *             CHECK_EQ(span_u8(&s), 0);
 *             CHECK(s.bad);
 *     }
 *
 * Each test runs in a process of its own, so that a crash fails one test, and
 * under an alarm.  What it hangs off t->mem is freed, and anything else that
 * talloc still holds afterwards is a leak and a failure.
 */

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(struct test *t);
	struct test *next;
	void *mem;
};

void test_register(struct test *t);
struct test *test_first(void);
void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));
void test_check_str(const char *file, int line, const char *expr,
		    const char *got, const char *want);

#define TEST(fn)                                                               \
	static void fn(struct test *t);                                        \
	static struct test test_##fn = { .name = #fn, .run = fn };             \
	__attribute__((constructor)) static void register_##fn(void)           \
	{                                                                      \
		test_register(&test_##fn);                                     \
	}                                                                      \
	static void fn(struct test *t __attribute__((unused)))

#define CHECK(expr)                                                            \
	do {                                                                   \
		if (!(expr))                                                   \
			test_fail(__FILE__, __LINE__, "%s", #expr);            \
	} while (0)

#define CHECK_EQ(got, want)                                                    \
	do {                                                                   \
		intmax_t _got = (got), _want = (want);                         \
		if (_got != _want)                                             \
			test_fail(__FILE__, __LINE__, "%s is %jd, not %jd",    \
				  #got, _got, _want);                          \
	} while (0)

#define CHECK_STR(got, want) test_check_str(__FILE__, __LINE__, #got, got, want)
