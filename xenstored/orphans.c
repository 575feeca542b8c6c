/* SPDX-License-Identifier: MIT */

#include "xenstored/orphans.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/node.h"
#include "xenstored/path.h"
#include "xenstored/walk.h"

struct search {
	void *mem;
	domid_t owner;
	bool all;
	size_t left; /* nodes still to be found */
	const char **paths;
	size_t n;
};

static bool is_owned(const struct search *s, const struct node *node)
{
	return perms_owner(node->perms) == s->owner &&
	       !perms_owner_is_gone(node->perms);
}

static int keep(struct search *s, const char *path)
{
	size_t room = s->paths ? talloc_array_length(s->paths) : 0;

	if (s->n == room) {
		const char **paths = talloc_realloc(
			s->mem, s->paths, const char *, room ? room * 2 : 16);

		if (!paths)
			return -ENOMEM;
		s->paths = paths;
	}

	s->paths[s->n] = talloc_strdup(s->paths, path);
	if (!s->paths[s->n])
		return -ENOMEM;

	s->n++;
	return 0;
}

/* How many nodes at or below one are owned. */
static size_t count_owned(const struct search *s, struct node *top)
{
	struct walk_all walk;
	struct node *node;
	size_t n = 0;

	walk_all(&walk, top, "/");
	while ((node = walk_all_next(&walk)))
		n += is_owned(s, node);

	return n;
}

static int found(struct search *s, struct walk_all *walk, struct node *node)
{
	if (s->all) {
		s->left--;
	} else {
		s->left -= count_owned(s, node);
		walk_all_skip(walk);
	}

	return keep(s, walk->path);
}

/* Look at and below @start, but not at @done, which was looked at before. */
static int search(struct search *s, struct node *start, const char *path,
		  const struct node *done)
{
	struct walk_all walk;
	struct node *node;
	int r = 0;

	walk_all(&walk, start, path);
	while (r == 0 && s->left && (node = walk_all_next(&walk))) {
		if (node == done)
			walk_all_skip(&walk);
		else if (is_owned(s, node))
			r = found(s, &walk, node);
	}

	return r;
}

int orphans_find(void *mem, struct node *root, domid_t domid, size_t n_owned,
		 bool all, const char ***paths, size_t *n)
{
	struct search s = {
		.mem = mem, .owner = domid, .all = all, .left = n_owned
	};
	char path[PATH_HOME_MAX + 1];
	struct node *home;
	int r = 0;

	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	home = walk_find(root, path);
	if (home)
		r = search(&s, home, path, NULL);
	if (r == 0)
		r = search(&s, root, "/", home);

	*paths = s.paths;
	*n = s.n;
	return r;
}
