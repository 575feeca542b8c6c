/* SPDX-License-Identifier: MIT */

#include "sim/preload/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const struct {
	const char *there;
	const char *here; /* in the folder of the domain */
} places[] = {
	{ "/proc/xen", "" },
	{ "/dev/xen", "" },
	{ "/run/xenstored", "/xenstored" },
	{ "/var/run/xenstored", "/xenstored" },
	{ "/run/xen", "/run" },
	{ "/var/run/xen", "/run" },
	{ "/var/log/xen", "/log" },
};

/* What follows @folder in @path, or NULL if it is not in there. */
static const char *inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strncmp(path, folder, len) != 0)
		return NULL;

	return path[len] == '/' || !path[len] ? path + len : NULL;
}

const char *path_here(const char *path, char space[PATH_MAX])
{
	const char *dir = getenv("XENSIM_DIR");
	const char *domid = getenv("XENSIM_DOMID");

	if (!dir || !domid || !path || path[0] != '/')
		return path;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *rest = inside(path, places[i].there);

		if (!rest)
			continue;
		snprintf(space, PATH_MAX, "%s/%s%s%s", dir, domid,
			 places[i].here, rest);
		return space;
	}

	return path;
}
