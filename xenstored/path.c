/* SPDX-License-Identifier: MIT */

#include "xenstored/path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HOMES "/local/domain/"

static bool is_allowed(unsigned char c)
{
	static const bool allowed[256] = {
		['-'] = true,         ['/'] = true,
		['_'] = true,         ['@'] = true,
		['0' ... '9'] = true, ['A' ... 'Z'] = true,
		['a' ... 'z'] = true,
	};

	return allowed[c];
}

/* Bytes of "/local/domain/N/" that @text starts with, for a short N. */
static size_t home_prefix(const char *text)
{
	size_t len = sizeof(HOMES) - 1;
	size_t digits;

	if (strncmp(text, HOMES, len))
		return 0;

	digits = strspn(text + len, "0123456789");
	if (digits < 1 || digits > 5 || text[len + digits] != '/')
		return 0;

	return len + digits + 1;
}

static int check(const char *text, size_t len)
{
	char last = '\0';

	for (size_t i = 0; i < len; i++) {
		if (!is_allowed(text[i]) || (text[i] == '/' && last == '/'))
			return -EINVAL;
		last = text[i];
	}

	return last == '/' && len > 1 ? -EINVAL : 0;
}

int path_parse(struct path *path, domid_t home, const char *given,
	       size_t len_max, enum path_rule rule)
{
	size_t len = strlen(given);

	if (!len || len > XS_PAYLOAD_MAX || len - home_prefix(given) > len_max)
		return -EINVAL;
	if (*given == '@' && rule != PATH_NODES_AND_SPECIALS)
		return -EINVAL;

	path->home_len = 0;
	if (*given != '/' && *given != '@')
		path->home_len = snprintf(path->text, sizeof(path->text),
					  HOMES "%u/", home);
	memcpy(path->text + path->home_len, given, len + 1);
	path->len = path->home_len + len;
	return check(path->text, path->len);
}

bool path_is_special(const char *path)
{
	return *path == '@';
}

const char *path_step(const char **rest, size_t *len)
{
	const char *start = *rest;

	while (*start == '/')
		start++;
	if (!*start)
		return NULL;

	*rest = strchrnul(start, '/');
	*len = *rest - start;
	return start;
}

size_t path_parent_len(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);

	return slash && slash > path ? (size_t)(slash - path) : 1;
}
