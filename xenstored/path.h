/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * path - how clients name nodes, and the one form that we keep.
 *
 * A client writes an absolute path, or one relative to its domain's home
 * (/local/domain/N).  We keep the absolute form; how much of it the client
 * left out is remembered, because events have to be in the client's words.
 * Source: xenstore.txt, "Path syntax".
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/xen.h"
#include "protocols/xs.h"

/* The longest "/local/domain/N/", the longest path with that before it, and
 * how many names it may have. */
#define PATH_HOME_MAX  (sizeof("/local/domain/65535/") - 1)
#define PATH_TEXT_MAX  (PATH_HOME_MAX + XS_PAYLOAD_MAX)
#define PATH_STEPS_MAX (PATH_TEXT_MAX / 2)

struct path {
	size_t len;
	size_t home_len; /* of the prefix that the client did not write */
	char text[PATH_TEXT_MAX + 1];
};

/* Where special watches and their permissions are allowed: "@releaseDomain". */
enum path_rule { PATH_NODES, PATH_NODES_AND_SPECIALS };

/* Make @path of what a client of domain @home wrote; it may be at most
 * @len_max bytes long, not counting the home of a domain.
 * Returns 0 or -EINVAL. */
int path_parse(struct path *path, domid_t home, const char *given,
	       size_t len_max, enum path_rule rule);

bool path_is_special(const char *path);

/* The next component of an absolute path: its start and *len, or NULL at the
 * end.  *rest starts at the path and is moved on. */
const char *path_step(const char **rest, size_t *len);

/* The length of the path of @path's parent; 1 for "/a", whose parent is "/". */
size_t path_parent_len(const char *path, size_t len);
