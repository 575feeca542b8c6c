/* SPDX-License-Identifier: MIT */

#include "protocols/xs.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"

/* The errors that the wire knows; clients know no others. */
static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EINVAL", EINVAL },       { "EACCES", EACCES },
	{ "EEXIST", EEXIST },       { "EISDIR", EISDIR },
	{ "ENOENT", ENOENT },       { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },       { "EIO", EIO },
	{ "ENOTEMPTY", ENOTEMPTY }, { "ENOSYS", ENOSYS },
	{ "EROFS", EROFS },         { "EBUSY", EBUSY },
	{ "EAGAIN", EAGAIN },       { "EISCONN", EISCONN },
	{ "E2BIG", E2BIG },         { "EPERM", EPERM },
};

const char *xs_error_name(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].number == error)
			return errors[i].name;
	}

	return "EINVAL";
}

int xs_error_number(const void *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		size_t size = strlen(errors[i].name) + 1;

		if (len == size && !memcmp(name, errors[i].name, size))
			return errors[i].number;
	}

	return EINVAL;
}
