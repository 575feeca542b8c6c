/* SPDX-License-Identifier: MIT */

#include "xenstored/diff.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "xenstored/children.h"
#include "xenstored/node.h"

enum { BEFORE, AFTER };

/* Two lists of children that are gone through side by side. */
struct level {
	struct children_walk walk[2];
	struct node *next[2];
};

struct diff {
	struct level *level;
	size_t depth;
	struct node *root[2];
	bool is_fresh; /* the roots are the next that differ */
};

void diff_restart(struct diff *diff)
{
	diff->depth = 0;
	diff->is_fresh = diff->root[BEFORE] != diff->root[AFTER];
}

struct diff *diff_new(void *mem, struct node *before, struct node *after)
{
	struct diff *diff = talloc_zero(mem, struct diff);

	if (!diff)
		return NULL;

	diff->root[BEFORE] = before;
	diff->root[AFTER] = after;
	diff_restart(diff);
	return diff;
}

static const struct children *children_of(const struct node *node)
{
	return node ? node->children : NULL;
}

static int descend(struct diff *diff, const struct node *before,
		   const struct node *after)
{
	const struct children *old = children_of(before);
	const struct children *new = children_of(after);
	size_t room = diff->level ? talloc_array_length(diff->level) : 0;
	struct level *level;

	if (old == new)
		return 0;

	if (diff->depth == room) {
		level = talloc_realloc(diff, diff->level, struct level,
				       room ? room * 2 : 16);
		if (!level)
			return -ENOMEM;
		diff->level = level;
	}

	level = &diff->level[diff->depth++];
	*level = (struct level){ 0 };
	children_walk(&level->walk[BEFORE], old);
	children_walk(&level->walk[AFTER], new);
	children_skip_common(&level->walk[BEFORE], &level->walk[AFTER]);
	return 0;
}

static int order_of(const struct level *level)
{
	const struct node *old = level->next[BEFORE];
	const struct node *new = level->next[AFTER];
	size_t common;
	int order;

	if (!old || !new)
		return old ? -1 : 1;

	common = old->name_len < new->name_len ? old->name_len : new->name_len;
	order = memcmp(old->bytes, new->bytes, common);
	return order ?: old->name_len - new->name_len;
}

/* Take the next pair of a level: one of them, or both if the names agree. */
static void take(struct level *level, struct node *pair[2])
{
	int order;

	for (int side = BEFORE; side <= AFTER; side++) {
		if (!level->next[side])
			level->next[side] = children_next(&level->walk[side]);
		pair[side] = NULL;
	}
	if (!level->next[BEFORE] && !level->next[AFTER])
		return;

	order = order_of(level);
	if (order <= 0) {
		pair[BEFORE] = level->next[BEFORE];
		level->next[BEFORE] = NULL;
	}
	if (order >= 0) {
		pair[AFTER] = level->next[AFTER];
		level->next[AFTER] = NULL;
	}
	if (!level->next[BEFORE] && !level->next[AFTER])
		children_skip_common(&level->walk[BEFORE], &level->walk[AFTER]);
}

int diff_next(struct diff *diff, struct node **before, struct node **after)
{
	struct node *pair[2] = { NULL, NULL };

	if (diff->is_fresh)
		memcpy(pair, diff->root, sizeof(pair));
	diff->is_fresh = false;
	while (pair[BEFORE] == pair[AFTER] && diff->depth) {
		take(&diff->level[diff->depth - 1], pair);
		if (!pair[BEFORE] && !pair[AFTER])
			diff->depth--;
	}

	*before = pair[BEFORE];
	*after = pair[AFTER];
	return descend(diff, pair[BEFORE], pair[AFTER]);
}
