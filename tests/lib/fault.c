/* SPDX-License-Identifier: MIT */

#include "tests/lib/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

static unsigned int left;
static bool on;

void fault_plan(unsigned int n)
{
	left = n;
	on = false;
}

void fault_on(void)
{
	on = true;
}

void fault_off(void)
{
	on = false;
}

bool fault_came(void)
{
	return left == 0;
}

static bool fails(void)
{
	return on && left && --left == 0;
}

/* What the linker puts in the place of the function after __real_. */

#define STAND_IN(type, name, parameters, arguments)                            \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return fails() ? NULL : __real_##name arguments;               \
	}

STAND_IN(void *, malloc, (size_t size), (size))
STAND_IN(void *, realloc, (void *at, size_t size), (at, size))
STAND_IN(FILE *, open_memstream, (char **text, size_t *len), (text, len))
STAND_IN(void *, _talloc_zero, (const void *mem, size_t size, const char *name),
	 (mem, size, name))
STAND_IN(void *, _talloc_array,
	 (const void *mem, size_t size, unsigned int n, const char *name),
	 (mem, size, n, name))
STAND_IN(void *, _talloc_zero_array,
	 (const void *mem, size_t size, unsigned int n, const char *name),
	 (mem, size, n, name))
STAND_IN(void *, _talloc_memdup,
	 (const void *mem, const void *at, size_t size, const char *name),
	 (mem, at, size, name))
STAND_IN(void *, _talloc_realloc,
	 (const void *mem, void *at, size_t size, const char *name),
	 (mem, at, size, name))
STAND_IN(void *, _talloc_realloc_array,
	 (const void *mem, void *at, size_t size, unsigned int n,
	  const char *name),
	 (mem, at, size, n, name))
STAND_IN(void *, talloc_named_const,
	 (const void *mem, size_t size, const char *name), (mem, size, name))
STAND_IN(char *, talloc_strdup, (const void *mem, const char *text),
	 (mem, text))
STAND_IN(char *, talloc_strndup, (const void *mem, const char *text, size_t n),
	 (mem, text, n))
STAND_IN(char *, talloc_vasprintf_append,
	 (char *text, const char *fmt, va_list args), (text, fmt, args))

char *__wrap_talloc_asprintf(const void *mem, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

char *__wrap_talloc_asprintf(const void *mem, const char *fmt, ...)
{
	va_list args;
	char *text;

	if (fails())
		return NULL;

	va_start(args, fmt);
	text = talloc_vasprintf(mem, fmt, args);
	va_end(args);
	return text;
}
