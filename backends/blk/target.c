/* SPDX-License-Identifier: MIT */

#include "backends/blk/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define SECTOR 512

/* What follows @prefix, or NULL. */
static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static int parse_file(const char *path, struct target *target)
{
	if (*path != '/')
		return -EINVAL;

	target->kind = TARGET_FILE;
	target->path = path;
	return 0;
}

/* What the letter at the end multiplies with, as a power of two. */
static unsigned int unit_shift(char unit)
{
	static const char units[] = "KMG";
	const char *at = unit ? strchr(units, unit) : NULL;

	return at ? 10 * (at - units + 1) : 0;
}

static int parse_memory(const char *text, struct target *target)
{
	char digits[24];
	size_t len = strlen(text);
	unsigned int shift = len ? unit_shift(text[len - 1]) : 0;
	uint64_t number;

	snprintf(digits, sizeof(digits), "%s", text);
	if (shift && len < sizeof(digits))
		digits[len - 1] = '\0';
	if (text_u64(digits, &number) < 0 || number > UINT64_MAX >> shift)
		return -EINVAL;

	target->kind = TARGET_MEMORY;
	target->size = number << shift;
	return target->size && target->size % SECTOR == 0 ? 0 : -EINVAL;
}

int target_parse(const char *params, const char *device, struct target *target)
{
	static const char *const files[] = { "aio:", "raw:", "" };
	const char *rest;

	*target = (struct target){ 0 };
	if (device && *device)
		return parse_file(device, target);
	if (!params)
		return -EINVAL;

	rest = after(params, "memory:");
	if (rest)
		return parse_memory(rest, target);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		rest = after(params, files[i]);
		if (rest)
			return parse_file(rest, target);
	}

	return -EINVAL;
}
