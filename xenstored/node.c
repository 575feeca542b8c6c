/* SPDX-License-Identifier: MIT */

#include "xenstored/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xenstored/children.h"

struct node *node_new(const char *name, size_t name_len, const void *value,
		      size_t value_len, struct perms *perms)
{
	struct node *node = malloc(sizeof(*node) + name_len + value_len);

	if (!node)
		return NULL;

	node->refs = 1;
	node->name_len = name_len;
	node->value_len = value_len;
	node->perms = perms_ref(perms);
	node->children = NULL;
	memcpy(node->bytes, name, name_len);
	memcpy(node->bytes + name_len, value, value_len);
	return node;
}

struct node *node_ref(struct node *node)
{
	node->refs++;
	return node;
}

void node_drop(struct node *node, struct node **doomed)
{
	if (--node->refs)
		return;

	perms_unref(node->perms);
	node->next_doomed = *doomed;
	*doomed = node;
}

/* Without recursion: a tree may be thousands of levels deep. */
bool node_reap(struct node **doomed, size_t max)
{
	while (*doomed && max--) {
		struct node *node = *doomed;

		*doomed = node->next_doomed;
		children_drop(node->children, doomed);
		free(node);
	}

	return *doomed != NULL;
}

void node_unref(struct node *node)
{
	struct node *doomed = NULL;

	node_drop(node, &doomed);
	node_reap(&doomed, SIZE_MAX);
}

int node_own(struct node **slot)
{
	struct node *node = *slot;
	struct node *copy;

	if (node->refs == 1)
		return 0;

	copy = node_new(node->bytes, node->name_len, node_value(node),
			node->value_len, node->perms);
	if (!copy)
		return -ENOMEM;

	copy->children = children_ref(node->children);
	node->refs--; /* somebody else's too, or we would not be here */
	*slot = copy;
	return 0;
}

int node_set_value(struct node **slot, const void *value, size_t len)
{
	struct node *node = *slot;

	if (len != node->value_len) {
		node = realloc(node, sizeof(*node) + node->name_len + len);
		if (!node)
			return -ENOMEM;
		*slot = node;
		node->value_len = len;
	}

	memcpy(node->bytes + node->name_len, value, len);
	return 0;
}

void node_set_perms(struct node *node, struct perms *perms)
{
	struct perms *old = node->perms;

	node->perms = perms_ref(perms);
	perms_unref(old);
}
