/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * watch - who wants to know about which part of the tree.
 *
 * Watches hang off the spots of a trie of path components.  A change walks
 * its own path through the trie once, so that it costs its depth and the
 * watches that see it, however many others there are.
 *
 * A watch sees a change if its client could read the node before or after
 * it, or can read the parent (XSA-115).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "xenstored/quota.h"
#include "xenstored/store.h"

struct change;
struct conn;
struct path;
struct spot;
struct watches;

#define WATCH_ANY_DEPTH -1

/* A child of its connection; free it to end it. */
struct watch {
	struct conn *conn;
	struct list of_conn;
	struct list of_spot;
	struct spot *spot;
	uint32_t home_len; /* what to leave out of the paths of events */
	int32_t depth;     /* levels below the path, or WATCH_ANY_DEPTH */
	struct charge count, memory;
	char token[];
};

struct watches *watches_new(void *mem);

/* Returns 0, -EEXIST if the client has a watch with this path and token,
 * -ENOSPC or -ENOMEM. */
int watch_add(struct watches *watches, struct conn *conn,
	      const struct path *path, const char *token, int depth,
	      struct watch **watch);

/* Returns 0 or -ENOENT. */
int watch_remove(struct conn *conn, const struct path *path, const char *token);

/* Tell all watches that see it about a change of the node at @path. */
void watches_fire(struct watches *watches, const char *path,
		  const struct change *change);

/* Tell those that watch a special name without asking which domain it is
 * about; one such event may be for many domains. */
void watches_fire_special(struct watches *watches, const char *name,
			  const struct perms *perms);

/* Tell those that want to know about @domid, or about each domain. */
void watches_fire_domain(struct watches *watches, const char *name,
			 domid_t domid, const struct perms *perms);
