/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * tree - what the operations of xenstore mean, on one root.
 *
 * The root may be the store's or a transaction's: this is written once.  It
 * knows permissions, parents that are made on the way, and limits; it does
 * not know accounts, watches and clients, but says what changed in a struct
 * change.  All errors are those of the wire.  Source: xenstore.txt.
 */

#include <stddef.h>
#include <stdint.h>

#include "xenstored/perms.h"

struct node;

/* Who writes, and how much it may. */
struct writer {
	const struct who *who;
	size_t nodes_max;     /* that it may add */
	size_t value_max;     /* bytes of a value */
	size_t perms_max;     /* entries of a permission list */
	uint64_t *generation; /* of the last change in the store */
};

enum change_kind {
	CHANGE_NONE,
	CHANGE_CREATED,
	CHANGE_VALUE,
	CHANGE_PERMS,
	CHANGE_REMOVED,
};

struct change {
	enum change_kind kind;
	const struct perms *parent; /* of the parent, or of "/" itself */
	const struct perms *before; /* NULL if the node was not there */
	const struct perms *after;  /* NULL if it no longer is */
	struct node *node;          /* that is there now; the topmost new one */
	size_t n_created;           /* nodes, each the only child of the last */
	struct node *removed;       /* the change's own: what went */
	struct perms *replaced;     /* the change's own: the old list */
	size_t old_len;             /* of the value */
	size_t new_len;
};

/* Let go of what a change held. */
void change_done(struct change *change);

/* The node at @path for somebody who needs @access to it (PERM_*). */
int tree_get(struct node *root, const struct who *who, const char *path,
	     unsigned int access, struct node **node);

int tree_write(struct node **root, const struct writer *by, const char *path,
	       const void *value, size_t len, struct change *change);
int tree_mkdir(struct node **root, const struct writer *by, const char *path,
	       struct change *change);
int tree_rm(struct node **root, const struct writer *by, const char *path,
	    struct change *change);
int tree_set_perms(struct node **root, const struct writer *by,
		   const char *path, struct perms *perms,
		   struct change *change);
