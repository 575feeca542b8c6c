/* SPDX-License-Identifier: MIT */

#include "xenstored/op.h"

#include <string.h>
#include <talloc.h>

#include "protocols/xs.h"
#include "xenstored/children.h"
#include "xenstored/node.h"

static int free_op(struct op *op)
{
	if (op->perms)
		perms_unref(op->perms);
	if (op->seen)
		node_unref(op->seen);
	return 0;
}

struct op *op_new(void *mem, enum op_type type, const char *path,
		  const void *value, size_t len, struct perms *perms)
{
	struct op *op = talloc_zero_size(mem, sizeof(*op) + len);

	if (!op)
		return NULL;

	list_init(&op->of_txn);
	op->type = type;
	op->path = path;
	op->perms = perms ? perms_ref(perms) : NULL;
	op->len = len;
	if (len)
		memcpy(op->value, value, len);
	talloc_set_destructor(op, free_op);
	return op;
}

/* Permissions are compared as they are shown: those of the dead are not. */
static size_t shown_perms(const struct node *node, char *text)
{
	int len = perms_print(node->perms, text, XS_PAYLOAD_MAX);

	return len > 0 ? len : 0;
}

static struct op *look_at_perms(void *mem, const char *path,
				const struct node *node)
{
	char text[XS_PAYLOAD_MAX];
	size_t len = shown_perms(node, text);

	return op_new(mem, OP_GET_PERMS, path, text, len, NULL);
}

struct op *op_look(void *mem, enum op_type type, const char *path, int result,
		   struct node *node)
{
	struct op *op = result == 0 && type == OP_GET_PERMS
				? look_at_perms(mem, path, node)
				: op_new(mem, type, path, NULL, 0, NULL);

	if (!op)
		return NULL;

	op->result = result;
	op->seen = result == 0 ? node_ref(node) : NULL;
	return op;
}

bool op_is_change(const struct op *op)
{
	return op->type >= OP_WRITE;
}

size_t op_size(const struct op *op)
{
	return sizeof(*op) + op->len;
}

int op_change(const struct op *op, struct node **root, const struct writer *by,
	      struct change *change)
{
	switch (op->type) {
	case OP_WRITE:
		return tree_write(root, by, op->path, op->value, op->len,
				  change);
	case OP_MKDIR:
		return tree_mkdir(root, by, op->path, change);
	case OP_RM:
		return tree_rm(root, by, op->path, change);
	default:
		return tree_set_perms(root, by, op->path, op->perms, change);
	}
}

static bool same_value(const struct node *a, const struct node *b)
{
	return a->value_len == b->value_len &&
	       !memcmp(node_value(a), node_value(b), a->value_len);
}

static bool same_name(const struct node *a, const struct node *b)
{
	return a == b || (a && b && a->name_len == b->name_len &&
			  !memcmp(a->bytes, b->bytes, a->name_len));
}

static bool same_names(const struct children *a, const struct children *b)
{
	struct children_walk walk_a, walk_b;
	const struct node *x, *y;

	if (children_generation(a) == children_generation(b))
		return true;

	children_walk(&walk_a, a);
	children_walk(&walk_b, b);
	do {
		x = children_next(&walk_a);
		y = children_next(&walk_b);
	} while (x && same_name(x, y));

	return !x && !y;
}

static bool same_look(const struct op *op, const struct node *now)
{
	char text[XS_PAYLOAD_MAX];

	switch (op->type) {
	case OP_READ:
		return same_value(op->seen, now);
	case OP_LIST:
		return same_names(op->seen->children, now->children);
	default:
		return shown_perms(now, text) == op->len &&
		       !memcmp(text, op->value, op->len);
	}
}

bool op_looks_the_same(const struct op *op, struct node *root,
		       const struct who *who)
{
	struct node *now;
	int r = tree_get(root, who, op->path, PERM_READ, &now);

	return r == op->result && (r < 0 || same_look(op, now));
}
