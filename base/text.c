/* SPDX-License-Identifier: MIT */

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <talloc.h>

#define PRINTABLE_MAX 256

int text_u64(const char *text, uint64_t *value)
{
	uint64_t v = 0;

	if (!*text)
		return -EINVAL;

	for (; *text; text++) {
		unsigned int digit = (unsigned char)*text - '0';

		if (digit > 9)
			return -EINVAL;
		if (v > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		v = v * 10 + digit;
	}

	*value = v;
	return 0;
}

int text_u32(const char *text, uint32_t *value)
{
	uint64_t v;
	int r;

	r = text_u64(text, &v);
	if (r < 0)
		return r;
	if (v > UINT32_MAX)
		return -ERANGE;

	*value = v;
	return 0;
}

const char *text_printable(void *mem, const void *bytes, size_t len)
{
	size_t shown = len < PRINTABLE_MAX ? len : PRINTABLE_MAX;
	const unsigned char *in = bytes;
	char *line = talloc_array(mem, char, shown * 4 + sizeof("..."));
	char *out = line;

	if (!line)
		return NULL;

	for (size_t i = 0; i < shown; i++) {
		if (in[i] >= ' ' && in[i] <= '~' && in[i] != '\\')
			*out++ = in[i];
		else
			out += sprintf(out, "\\x%02x", in[i]);
	}

	sprintf(out, "%s", shown < len ? "..." : "");
	return line;
}
