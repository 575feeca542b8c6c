/* SPDX-License-Identifier: MIT */

#include "xenstored/tree.h"

#include <errno.h>
#include <string.h>

#include "xenstored/children.h"
#include "xenstored/node.h"
#include "xenstored/path.h"
#include "xenstored/walk.h"

void change_done(struct change *change)
{
	if (change->removed)
		node_unref(change->removed);
	if (change->replaced)
		perms_unref(change->replaced);
	change->removed = NULL;
	change->replaced = NULL;
}

static bool may(const struct node *node, const struct who *who,
		unsigned int access)
{
	return (perms_of(node->perms, who) & access) == access;
}

/* Who may not look at a node is not told whether it exists, unless it could
 * look at the nearest node above it. */
static int check(const struct place *place, const struct who *who,
		 unsigned int access)
{
	if (place->node)
		return may(place->node, who, access) ? 0 : -EACCES;

	return may(place->nearest, who, access) ? -ENOENT : -EACCES;
}

int tree_get(struct node *root, const struct who *who, const char *path,
	     unsigned int access, struct node **node)
{
	struct place place;

	walk_to(root, path, &place);
	*node = place.node;
	return check(&place, who, access);
}

static void note(struct change *change, enum change_kind kind,
		 const struct place *place)
{
	*change = (struct change){ .kind = kind,
				   .parent = place->nearest->perms };
}

/* The missing nodes of @path, from the last to the first, each with the next
 * one as its only child. */
static struct node *build(const char *path, const struct place *place,
			  const void *value, size_t len, struct perms *perms,
			  uint64_t generation)
{
	const char *end = path + strlen(path);
	struct node *node = NULL;

	for (size_t i = 0; i < place->n_missing; i++) {
		const char *slash = memrchr(path, '/', end - path);
		const char *name = slash + 1;
		struct node *parent =
			node_new(name, end - name, value, len, perms);
		int r = parent ? 0 : -ENOMEM;

		if (r == 0 && node)
			r = children_insert(&parent->children, node,
					    generation);
		if (r < 0) {
			if (parent)
				node_unref(parent);
			if (node)
				node_unref(node);
			return NULL;
		}
		node = parent;
		end = slash;
		len = 0;
	}

	return node;
}

static int create(struct node **root, const struct writer *by, const char *path,
		  struct place *place, const void *value, size_t len,
		  struct change *change)
{
	struct perms *perms;
	struct node **slot;
	struct node *fresh;
	int r;

	if (place->n_missing > by->nodes_max || len > by->value_max)
		return -ENOSPC;

	perms = perms_inherit(place->nearest->perms, by->who);
	if (!perms)
		return -ENOMEM;
	fresh = build(path, place, value, len, perms, ++*by->generation);
	perms_unref(perms);
	if (!fresh)
		return -ENOMEM;

	r = walk_own(root, path, place->missing, &slot);
	if (r == 0)
		r = children_insert(&(*slot)->children, fresh, *by->generation);
	if (r < 0) {
		node_unref(fresh);
		return r;
	}

	change->kind = CHANGE_CREATED;
	change->after = fresh->perms;
	change->parent = place->n_missing > 1 ? change->after : (*slot)->perms;
	change->node = fresh;
	change->n_created = place->n_missing;
	change->new_len = len;
	return 0;
}

int tree_write(struct node **root, const struct writer *by, const char *path,
	       const void *value, size_t len, struct change *change)
{
	struct place place;
	struct node **slot;
	int r;

	walk_to(*root, path, &place);
	note(change, CHANGE_NONE, &place);
	r = check(&place, by->who, PERM_WRITE);
	if (r == -ENOENT)
		return create(root, by, path, &place, value, len, change);
	if (r < 0)
		return r;
	if (len > by->value_max)
		return -ENOSPC;

	r = walk_own(root, path, NULL, &slot);
	if (r < 0)
		return r;
	change->old_len = (*slot)->value_len;
	r = node_set_value(slot, value, len);
	if (r < 0)
		return r;

	change->kind = CHANGE_VALUE;
	change->node = *slot;
	change->before = change->after = (*slot)->perms;
	change->new_len = len;
	return 0;
}

int tree_mkdir(struct node **root, const struct writer *by, const char *path,
	       struct change *change)
{
	struct place place;
	int r;

	walk_to(*root, path, &place);
	note(change, CHANGE_NONE, &place);
	r = check(&place, by->who, PERM_WRITE);
	if (r == -ENOENT)
		return create(root, by, path, &place, "", 0, change);

	return r;
}

/* Take the node at the end of @path out of its parent. */
static int detach(struct node **root, const struct writer *by, const char *path,
		  struct node **node, const struct perms **parent)
{
	const char *name = strrchr(path, '/') + 1;
	struct node **slot;
	int r;

	r = walk_own(root, path, name, &slot);
	if (r < 0)
		return r;

	*parent = (*slot)->perms;
	return children_remove(&(*slot)->children, name, strlen(name),
			       ++*by->generation, node);
}

int tree_rm(struct node **root, const struct writer *by, const char *path,
	    struct change *change)
{
	struct place place;
	int r;

	walk_to(*root, path, &place);
	note(change, CHANGE_NONE, &place);
	r = check(&place, by->who, PERM_WRITE);
	if (r == -ENOENT && place.n_missing == 1)
		return 0; /* it is gone, as was asked for */
	if (r < 0)
		return r;
	if (place.node == *root)
		return -EINVAL;

	r = detach(root, by, path, &change->removed, &change->parent);
	if (r < 0)
		return r;

	change->kind = CHANGE_REMOVED;
	change->before = change->removed->perms;
	return 0;
}

int tree_set_perms(struct node **root, const struct writer *by,
		   const char *path, struct perms *perms, struct change *change)
{
	struct place place;
	struct node **slot;
	int r;

	walk_to(*root, path, &place);
	note(change, CHANGE_NONE, &place);
	r = check(&place, by->who, PERM_WRITE | PERM_OWNER);
	if (r < 0)
		return r;
	if (perms_count(perms) > by->perms_max)
		return -ENOSPC;
	if (!by->who->privileged &&
	    perms_owner(perms) != perms_owner(place.node->perms))
		return -EPERM;

	r = walk_own(root, path, NULL, &slot);
	if (r < 0)
		return r;

	change->replaced = perms_ref((*slot)->perms);
	node_set_perms(*slot, perms);
	change->kind = CHANGE_PERMS;
	change->node = *slot;
	change->before = change->replaced;
	change->after = perms;
	return 0;
}
