/* SPDX-License-Identifier: MIT */

#include "xenstored/children.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xenstored/node.h"

#define BLOCK_MAX 32
#define BLOCK_MIN 8 /* below that, a block looks for a neighbour to join */

union item {
	struct node *node;      /* of a leaf */
	struct children *block; /* of an inner block */
};

/* A block.  What is said of a whole list is in its topmost one. */
struct children {
	uint32_t refs;
	uint8_t level; /* 0 is a leaf */
	uint8_t n;
	uint8_t room;
	uint64_t generation;
	union item item[];
};

struct children *children_ref(struct children *children)
{
	if (children)
		children->refs++;

	return children;
}

static void drop_item(const struct children *block, unsigned int i,
		      struct node **doomed)
{
	if (block->level)
		children_drop(block->item[i].block, doomed);
	else
		node_drop(block->item[i].node, doomed);
}

void children_drop(struct children *children, struct node **doomed)
{
	if (!children || --children->refs)
		return;

	for (unsigned int i = 0; i < children->n; i++)
		drop_item(children, i, doomed);
	free(children);
}

uint64_t children_generation(const struct children *children)
{
	return children ? children->generation : 0;
}

/* Looking for a name */

static const struct node *first_node(const struct children *block)
{
	while (block->level)
		block = block->item[0].block;

	return block->item[0].node;
}

static int compare(const char *name, size_t len, const struct node *node)
{
	size_t common = len < node->name_len ? len : node->name_len;
	int order = memcmp(name, node->bytes, common);

	return order ?: (len > node->name_len) - (len < node->name_len);
}

/* The place of the name in a block: of the last item that does not come after
 * it, or 0 if all do.  *order is 0 if a leaf's item has this very name, < 0 if
 * the name comes before it, > 0 after. */
static unsigned int place_of(const struct children *block, const char *name,
			     size_t len, int *order)
{
	unsigned int low = 0, high = block->n;

	*order = -1;
	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct node *node =
			block->level ? first_node(block->item[mid].block)
				     : block->item[mid].node;
		int o = compare(name, len, node);

		if (o < 0) {
			high = mid;
			continue;
		}
		*order = o;
		low = mid + 1;
		if (o == 0)
			break;
	}

	return low ? low - 1 : 0;
}

struct node *children_find(const struct children *children, const char *name,
			   size_t len)
{
	unsigned int i;
	int order;

	if (!children)
		return NULL;

	while (children->level)
		children = children->item[place_of(children, name, len, &order)]
				   .block;

	i = place_of(children, name, len, &order);
	return order == 0 ? children->item[i].node : NULL;
}

struct node *children_after(const struct children *children, const char *name,
			    size_t len)
{
	const struct children *right = NULL; /* begins after the name */
	unsigned int i;
	int order;

	if (!children)
		return NULL;

	for (;; children = children->item[i].block) {
		i = place_of(children, name, len, &order);
		if (!children->level)
			break;
		if (i + 1 < children->n)
			right = children->item[i + 1].block;
	}

	i += order >= 0;
	if (i < children->n)
		return children->item[i].node;

	return right ? (struct node *)(uintptr_t)first_node(right) : NULL;
}

/* Making blocks */

static struct children *new_block(unsigned int level, unsigned int room,
				  uint64_t generation)
{
	struct children *block =
		malloc(sizeof(*block) + room * sizeof(block->item[0]));

	if (!block)
		return NULL;

	*block = (struct children){ .refs = 1,
				    .level = level,
				    .room = room,
				    .generation = generation };
	return block;
}

static void ref_items(const struct children *block)
{
	for (unsigned int i = 0; i < block->n; i++) {
		if (block->level)
			children_ref(block->item[i].block);
		else
			node_ref(block->item[i].node);
	}
}

/* Room for @n items, and some more where lists are likely to grow. */
static unsigned int room_for(unsigned int n)
{
	if (n <= 2)
		return n;
	if (n <= 8)
		return (n + 1) & ~1u;

	return n <= 16 ? (n + 3) & ~3u : BLOCK_MAX;
}

/* Make a block its holder's alone, with room for @n items. */
static int own_block(struct children **slot, unsigned int n)
{
	struct children *block = *slot;
	struct children *copy;

	if (block->refs == 1 && n <= block->room)
		return 0;

	copy = new_block(block->level, room_for(n), block->generation);
	if (!copy)
		return -ENOMEM;

	copy->n = block->n;
	memcpy(copy->item, block->item, block->n * sizeof(block->item[0]));
	if (block->refs > 1) {
		ref_items(copy);
		block->refs--;
	} else {
		free(block);
	}

	*slot = copy;
	return 0;
}

static void open_gap(struct children *block, unsigned int i)
{
	memmove(&block->item[i + 1], &block->item[i],
		(block->n - i) * sizeof(block->item[0]));
	block->n++;
}

static void close_gap(struct children *block, unsigned int i)
{
	block->n--;
	memmove(&block->item[i], &block->item[i + 1],
		(block->n - i) * sizeof(block->item[0]));
}

/* The same, with room for one more unless it is full. */
static int own_with_room(struct children **slot)
{
	unsigned int n = (*slot)->n;

	return own_block(slot, n < BLOCK_MAX ? n + 1 : n);
}

int children_own(struct children **children, const char *name, size_t len,
		 struct node ***slot)
{
	if (!children_find(*children, name, len))
		return -ENOENT;

	for (;;) {
		struct children *block;
		unsigned int i;
		int order, r;

		r = own_block(children, (*children)->n);
		if (r < 0)
			return r;

		block = *children;
		i = place_of(block, name, len, &order);
		if (!block->level) {
			*slot = &block->item[i].node;
			return 0;
		}
		children = &block->item[i].block;
	}
}

/* Adding: full blocks are split on the way down, so that there is always room
 * for what comes up, and each step leaves a tree behind that is whole. */

static int split(struct children *parent, unsigned int i)
{
	struct children *left = parent->item[i].block;
	unsigned int n = left->n / 2;
	struct children *right =
		new_block(left->level, BLOCK_MAX, left->generation);

	if (!right)
		return -ENOMEM;

	right->n = left->n - n;
	memcpy(right->item, &left->item[n], right->n * sizeof(right->item[0]));
	left->n = n;
	open_gap(parent, i + 1);
	parent->item[i + 1].block = right;
	return 0;
}

/* Give a full topmost block a parent, so that it can be split. */
static int add_level(struct children **children)
{
	struct children *top = new_block((*children)->level + 1, BLOCK_MAX,
					 (*children)->generation);

	if (!top)
		return -ENOMEM;

	top->n = 1;
	top->item[0].block = *children;
	*children = top;
	return 0;
}

/* The block below @block in which the name belongs, with room for one more. */
static int step_down(struct children *block, const struct node *node,
		     struct children ***next)
{
	int order, r;
	unsigned int i = place_of(block, node->bytes, node->name_len, &order);
	struct children **below = &block->item[i].block;

	r = own_with_room(below);
	if (r < 0)
		return r;

	if ((*below)->n == BLOCK_MAX) {
		r = split(block, i);
		if (r < 0)
			return r;
		below = &block->item[place_of(block, node->bytes,
					      node->name_len, &order)]
				 .block;
	}

	*next = below;
	return 0;
}

static void insert_into_leaf(struct children *leaf, struct node *node)
{
	unsigned int i;
	int order;

	i = place_of(leaf, node->bytes, node->name_len, &order);
	assert(order != 0);
	if (order > 0)
		i++;
	open_gap(leaf, i);
	leaf->item[i].node = node;
}

int children_insert(struct children **children, struct node *node,
		    uint64_t generation)
{
	struct children **at = children;
	int r;

	if (!*children) {
		*children = new_block(0, 1, 0);
		if (!*children)
			return -ENOMEM;
	}

	r = own_with_room(at);
	if (r == 0 && (*at)->n == BLOCK_MAX)
		r = add_level(at);
	while (r == 0 && (*at)->level)
		r = step_down(*at, node, &at);
	if (r < 0)
		return r;

	insert_into_leaf(*at, node);
	(*children)->generation = generation;
	return 0;
}

/* Removing: a block that becomes small joins a neighbour if both fit in one,
 * one that becomes empty goes. */

static bool join(struct children *parent, unsigned int left)
{
	struct children **a = &parent->item[left].block;
	struct children **b = &parent->item[left + 1].block;
	unsigned int n = (*a)->n + (*b)->n;

	if (n > BLOCK_MAX * 3 / 4 || own_block(b, (*b)->n) < 0 ||
	    own_block(a, n) < 0)
		return false;

	memcpy(&(*a)->item[(*a)->n], (*b)->item,
	       (*b)->n * sizeof((*b)->item[0]));
	(*a)->n = n;
	free(*b);
	close_gap(parent, left + 1);
	return true;
}

static void tidy(struct children *parent, unsigned int i)
{
	struct children *block = parent->item[i].block;

	if (block->n == 0) {
		free(block);
		close_gap(parent, i);
	} else if (block->n < BLOCK_MIN) {
		if (i > 0 && join(parent, i - 1))
			return;
		if (i + 1 < parent->n)
			join(parent, i);
	}
}

static int remove_from(struct children **slot, const char *name, size_t len,
		       struct node **node)
{
	struct children *block;
	unsigned int i;
	int order, r;

	r = own_block(slot, (*slot)->n);
	if (r < 0)
		return r;

	block = *slot;
	i = place_of(block, name, len, &order);
	if (!block->level) {
		*node = block->item[i].node;
		close_gap(block, i);
		return 0;
	}

	r = remove_from(&block->item[i].block, name, len, node);
	if (r == 0)
		tidy(block, i);
	return r;
}

/* A topmost block with nothing, or with one block, below it is not needed. */
static void lower(struct children **children)
{
	struct children *top;

	while ((top = *children)->level && top->n == 1) {
		top->item[0].block->generation = top->generation;
		*children = top->item[0].block;
		free(top);
	}
	if (!top->n) {
		free(top);
		*children = NULL;
	}
}

int children_remove(struct children **children, const char *name, size_t len,
		    uint64_t generation, struct node **node)
{
	int r;

	if (!children_find(*children, name, len))
		return -ENOENT;

	r = remove_from(children, name, len, node);
	if (r < 0)
		return r;

	(*children)->generation = generation;
	lower(children);
	return 0;
}

/* Going through a list */

void children_walk(struct children_walk *walk, const struct children *children)
{
	walk->depth = 0;
	if (!children)
		return;

	assert(children->level < CHILDREN_LEVELS_MAX);
	walk->block[0] = children;
	walk->index[0] = 0;
	walk->depth = 1;
}

struct node *children_next(struct children_walk *walk)
{
	while (walk->depth) {
		unsigned int d = walk->depth - 1;
		const struct children *block = walk->block[d];

		if (walk->index[d] == block->n) {
			walk->depth--;
			continue;
		}
		if (!block->level)
			return block->item[walk->index[d]++].node;

		walk->block[d + 1] = block->item[walk->index[d]++].block;
		walk->index[d + 1] = 0;
		walk->depth++;
	}

	return NULL;
}

/* The block that a way enters next, or NULL if it is within a leaf. */
static const struct children *entered(const struct children_walk *walk,
				      unsigned int *depth)
{
	*depth = walk->depth;
	while (*depth) {
		unsigned int d = *depth - 1;
		const struct children *block = walk->block[d];

		if (walk->index[d] == block->n) {
			--*depth;
			continue;
		}
		if (walk->index[d] == 0)
			return block;

		return block->level ? block->item[walk->index[d]].block : NULL;
	}

	return NULL;
}

/* Leave out the block that entered() gave. */
static void leave_out(struct children_walk *walk, unsigned int depth)
{
	unsigned int d = depth - 1;

	walk->depth = depth;
	if (walk->index[d] == 0)
		walk->index[d] = walk->block[d]->n;
	else
		walk->index[d]++;
}

void children_skip_common(struct children_walk *a, struct children_walk *b)
{
	unsigned int depth_a, depth_b;
	const struct children *block;

	while ((block = entered(a, &depth_a)) &&
	       block == entered(b, &depth_b)) {
		leave_out(a, depth_a);
		leave_out(b, depth_b);
	}
}
