/* SPDX-License-Identifier: MIT */

#include "xenstored/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/hash.h"
#include "xenstored/children.h"
#include "xenstored/conn.h"
#include "xenstored/node.h"
#include "xenstored/path.h"
#include "xenstored/tree.h"
#include "xenstored/walk.h"

/* A place in the trie, there as long as a watch is at it or below. */
struct spot {
	struct watches *all;
	struct spot *parent; /* NULL for the root */
	struct hash_link of_all;
	struct list of_parent;
	struct list spots; /* below */
	struct list watches;
	uint16_t name_len;
	char name[];
};

struct watches {
	struct hash spots; /* by parent and name */
	struct spot *root;
};

/* Spots */

static struct spot *find_spot(struct watches *all, struct spot *parent,
			      const char *name, size_t len)
{
	uint32_t value = hash_value(&all->spots, (uintptr_t)parent, name, len);
	struct spot *spot;

	hash_for_each(&all->spots, value, spot, of_all) {
		if (spot->parent == parent && spot->name_len == len &&
		    !memcmp(spot->name, name, len))
			return spot;
	}

	return NULL;
}

static struct spot *new_spot(struct watches *all, struct spot *parent,
			     const char *name, size_t len)
{
	struct spot *spot = malloc(sizeof(*spot) + len);

	if (!spot)
		return NULL;

	spot->all = all;
	spot->parent = parent;
	spot->name_len = len;
	memcpy(spot->name, name, len);
	list_init(&spot->spots);
	list_init(&spot->watches);
	list_init(&spot->of_parent);
	if (parent)
		list_add(&parent->spots, &spot->of_parent);
	hash_add(&all->spots, &spot->of_all,
		 hash_value(&all->spots, (uintptr_t)parent, name, len));
	return spot;
}

/* Free spots that nobody is at or below any more. */
static void free_unused(struct spot *spot)
{
	while (spot->parent && list_empty(&spot->spots) &&
	       list_empty(&spot->watches)) {
		struct spot *parent = spot->parent;

		list_remove(&spot->of_parent);
		hash_remove(&spot->all->spots, &spot->of_all);
		free(spot);
		spot = parent;
	}
}

/* The spot of a path; "@releaseDomain" is below the root like any node. */
static struct spot *make_spot(struct watches *all, const char *path)
{
	struct spot *spot = all->root;
	const char *name;
	size_t len;

	while ((name = path_step(&path, &len))) {
		struct spot *next = find_spot(all, spot, name, len);

		if (!next)
			next = new_spot(all, spot, name, len);
		if (!next) {
			free_unused(spot);
			return NULL;
		}
		spot = next;
	}

	return spot;
}

static int free_root(struct watches *all)
{
	hash_remove(&all->spots, &all->root->of_all);
	free(all->root);
	return 0;
}

struct watches *watches_new(void *mem)
{
	struct watches *all = talloc_zero(mem, struct watches);

	if (!all)
		return NULL;

	if (hash_init(&all->spots, all, NULL) == 0)
		all->root = new_spot(all, NULL, "", 0);
	if (!all->root) {
		talloc_free(all);
		return NULL;
	}

	talloc_set_destructor(all, free_root);
	return all;
}

/* Watches */

static int end_watch(struct watch *watch)
{
	list_remove(&watch->of_conn);
	list_remove(&watch->of_spot);
	free_unused(watch->spot);
	charge_drop(&watch->count);
	charge_drop(&watch->memory);
	return 0;
}

static struct watch *find_watch(struct spot *spot, struct conn *conn,
				const char *token)
{
	struct watch *watch;

	list_for_each(&spot->watches, watch, of_spot) {
		if (watch->conn == conn && !strcmp(watch->token, token))
			return watch;
	}

	return NULL;
}

static int charge(struct watch *watch, struct account *account, size_t path_len)
{
	size_t bytes = sizeof(*watch) + sizeof(*watch->spot) + path_len +
		       strlen(watch->token);
	int r;

	r = charge_make(&watch->count, account, QUOTA_WATCHES, 1);
	if (r < 0)
		return r;

	r = charge_make(&watch->memory, account, QUOTA_MEMORY, bytes);
	if (r < 0)
		charge_drop(&watch->count);
	return r < 0 ? -ENOMEM : 0;
}

int watch_add(struct watches *watches, struct conn *conn,
	      const struct path *path, const char *token, int depth,
	      struct watch **result)
{
	struct spot *spot = make_spot(watches, path->text);
	size_t token_size = strlen(token) + 1;
	struct watch *watch;
	int r = -ENOMEM;

	if (!spot)
		return -ENOMEM;
	if (find_watch(spot, conn, token))
		return -EEXIST;

	watch = talloc_zero_size(conn, sizeof(*watch) + token_size);
	if (watch) {
		memcpy(watch->token, token, token_size);
		r = charge(watch, conn->account, path->len);
	}
	if (r < 0) {
		talloc_free(watch);
		free_unused(spot);
		return r;
	}

	watch->conn = conn;
	watch->spot = spot;
	watch->depth = depth;
	watch->home_len = path->home_len;
	list_add(&conn->watches, &watch->of_conn);
	list_add(&spot->watches, &watch->of_spot);
	talloc_set_destructor(watch, end_watch);
	*result = watch;
	return 0;
}

int watch_remove(struct conn *conn, const struct path *path, const char *token)
{
	struct watches *watches = conn->server->watches;
	struct spot *spot = watches->root;
	const char *rest = path->text;
	struct watch *watch = NULL;
	const char *name;
	size_t len;

	while (spot && (name = path_step(&rest, &len)))
		spot = find_spot(watches, spot, name, len);
	if (spot)
		watch = find_watch(spot, conn, token);
	if (!watch)
		return -ENOENT;

	talloc_free(watch);
	return 0;
}

/* Firing */

static bool may_read(const struct perms *perms, const struct who *who)
{
	return perms && (perms_of(perms, who) & PERM_READ);
}

static bool may_see(const struct change *change, const struct who *who)
{
	return who->privileged || may_read(change->before, who) ||
	       may_read(change->after, who) || may_read(change->parent, who);
}

static void fire(struct watch *watch, const char *path)
{
	conn_event(watch->conn, path + watch->home_len, watch->token);
}

/* The watches at @spot, @levels above the node that changed. */
static void fire_spot(struct spot *spot, const char *path, int levels,
		      const struct change *change)
{
	struct watch *watch;

	list_for_each(&spot->watches, watch, of_spot) {
		if (watch->depth != WATCH_ANY_DEPTH && levels > watch->depth)
			continue;
		if (may_see(change, &watch->conn->who))
			fire(watch, path);
	}
}

/* The spot at the end of a path, or the last one on the way to it; *levels is
 * how many components are left. */
static struct spot *follow(struct watches *watches, const char *path,
			   int *levels)
{
	struct spot *spot = watches->root;
	const char *name;
	size_t len;

	*levels = 0;
	while ((name = path_step(&path, &len))) {
		struct spot *next =
			*levels ? NULL : find_spot(watches, spot, name, len);

		if (next)
			spot = next;
		else
			++*levels;
	}

	return spot;
}

/* A way through the spots below the one of a removed node: the spots whose
 * nodes went with it, the deepest first.  @path is that of the spot the way is
 * at; it grows and shrinks. */
struct descent {
	struct spot *top;
	struct node *removed;
	size_t top_len;
	size_t len;
	char path[PATH_HOME_MAX + 2 * XS_PAYLOAD_MAX];
};

static struct node *node_at(const struct descent *d)
{
	return walk_find(d->removed, d->path + d->top_len);
}

/* Step from @spot's parent to @spot, if its node went. */
static bool enter(struct descent *d, const struct spot *spot)
{
	size_t len = d->len;

	if (len + 1 + spot->name_len >= sizeof(d->path))
		return false;

	d->path[len] = '/';
	memcpy(d->path + len + 1, spot->name, spot->name_len);
	d->len += 1 + spot->name_len;
	d->path[d->len] = '\0';
	if (node_at(d))
		return true;

	d->len = len;
	d->path[len] = '\0';
	return false;
}

static void leave(struct descent *d, const struct spot *spot)
{
	d->len -= 1 + spot->name_len;
	d->path[d->len] = '\0';
}

/* The first of @spot's parent's spots, from @spot on, whose node went. */
static struct spot *enter_one_of(struct descent *d, struct spot *parent,
				 struct list *link)
{
	for (; link != &parent->spots; link = link->next) {
		struct spot *spot = container_of(link, struct spot, of_parent);

		if (enter(d, spot))
			return spot;
	}

	return NULL;
}

static struct spot *deepest(struct descent *d, struct spot *spot)
{
	struct spot *below;

	while ((below = enter_one_of(d, spot, spot->spots.next)))
		spot = below;

	return spot;
}

static void fire_gone(struct descent *d, struct spot *spot)
{
	const struct node *node = node_at(d);
	size_t parent_len = path_parent_len(d->path, d->len);
	struct change change = { .kind = CHANGE_REMOVED,
				 .before = node->perms };
	char *end = d->path + parent_len;
	char cut = *end;

	if (list_empty(&spot->watches))
		return;

	*end = '\0';
	change.parent = node_at(d)->perms;
	*end = cut;
	fire_spot(spot, d->path, 0, &change);
}

/* All spots below that of a removed node. */
static void fire_below(struct spot *top, const char *path, struct node *removed)
{
	struct descent d = { .top = top, .removed = removed };
	struct spot *spot;

	d.len = d.top_len = strlen(path);
	memcpy(d.path, path, d.len + 1);

	spot = deepest(&d, top);
	while (spot != top) {
		struct spot *parent = spot->parent;
		struct list *next = spot->of_parent.next;

		fire_gone(&d, spot);
		leave(&d, spot);
		spot = enter_one_of(&d, parent, next);
		spot = spot ? deepest(&d, spot) : parent;
	}
}

void watches_fire(struct watches *watches, const char *path,
		  const struct change *change)
{
	int levels;
	struct spot *spot = follow(watches, path, &levels);

	if (change->removed && !levels)
		fire_below(spot, path, change->removed);

	for (; spot; spot = spot->parent, levels++)
		fire_spot(spot, path, levels, change);
}

/* Watches of a special name: those without a depth get its plain event,
 * those with one that reaches that far the events of domains. */
static void fire_name(struct watches *watches, const char *name,
		      const struct perms *perms, const char *path)
{
	struct change change = { .kind = CHANGE_VALUE, .before = perms };
	struct spot *spot =
		find_spot(watches, watches->root, name, strlen(name));
	bool plain = !strcmp(name, path);
	struct watch *watch;

	if (!spot)
		return;

	list_for_each(&spot->watches, watch, of_spot) {
		bool wants_plain = watch->depth == WATCH_ANY_DEPTH;

		if (watch->depth != 0 && plain == wants_plain &&
		    may_see(&change, &watch->conn->who))
			fire(watch, path);
	}
}

void watches_fire_special(struct watches *watches, const char *name,
			  const struct perms *perms)
{
	fire_name(watches, name, perms, name);
}

void watches_fire_domain(struct watches *watches, const char *name,
			 domid_t domid, const struct perms *perms)
{
	struct change change = { .kind = CHANGE_VALUE, .before = perms };
	char path[64];
	struct spot *spot;
	int levels;

	snprintf(path, sizeof(path), "%s/%u", name, domid);
	spot = follow(watches, path, &levels);
	if (levels == 0)
		fire_spot(spot, path, 0, &change);

	fire_name(watches, name, perms, path);
}
