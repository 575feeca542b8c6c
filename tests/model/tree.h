/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * tree - the nodes of a store, as simple as can be: a sorted list of paths.
 *
 * Everything is found by looking at all of it, and a snapshot is a copy, so
 * that it is easily seen to be right.  It shares no code with xenstored.
 * Results are 0 or -errno, and mean what they mean on the wire.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_SIZE  64
#define VALUE_SIZE 16
#define PERMS_SIZE 5
#define ANYBODY    32757

struct m_perm {
	uint16_t domid;
	char letter;
	bool unknown; /* there was no such domain when it was set */
	bool gone;    /* the domain died */
};

struct m_perms {
	struct m_perm perm[PERMS_SIZE];
	unsigned int n;
};

struct m_node {
	char path[PATH_SIZE];
	char value[VALUE_SIZE];
	size_t len;
	struct m_perms perms;
};

struct m_tree {
	struct m_node *node; /* by ascending path */
	size_t n;
};

/* Who asks, and how much it may write. */
struct m_who {
	uint16_t domid;
	uint16_t target;
	bool privileged;
	long nodes_max; /* that it may add */
	size_t value_max;
	size_t perms_max;
};

enum m_access { MAY_READ = 1, MAY_WRITE = 2, MAY_OWN = 4 };

unsigned int m_may(const struct m_perms *perms, const struct m_who *who);

/* A tree with a root of domain 0. */
struct m_tree *m_tree_new(void *mem);
struct m_tree *m_tree_copy(void *mem, const struct m_tree *tree);

/* NULL if there is none. */
const struct m_node *m_node(const struct m_tree *tree, const char *path);

/* The parent of @path, or the nearest node above it that exists. */
const struct m_node *m_above(const struct m_tree *tree, const char *path);

bool m_is_below(const char *path, const char *top);

/* Whether @path is @top or below it; *levels is how many names. */
bool m_is_within(const char *path, const char *top, int *levels);

long m_count_owned(const struct m_tree *tree, uint16_t domid);

int m_get(const struct m_tree *tree, const struct m_who *who, const char *path,
	  unsigned int access, const struct m_node **node);

/* "a|b|": the names of all children, as a child of @mem. */
char *m_list(void *mem, const struct m_tree *tree, const char *path);

/* Changes.  *changed says whether there was any. */
int m_write(struct m_tree *tree, const struct m_who *who, const char *path,
	    const char *value, bool *changed);
int m_mkdir(struct m_tree *tree, const struct m_who *who, const char *path,
	    bool *changed);
int m_rm(struct m_tree *tree, const struct m_who *who, const char *path,
	 bool *changed);
int m_set_perms(struct m_tree *tree, const struct m_who *who, const char *path,
		const struct m_perms *perms, bool *changed);

/* Remove a node and all below it, whoever asks. */
void m_cut(struct m_tree *tree, const char *path);

/* The domain died: mark its entries. */
void m_forget_in(struct m_perms *perms, uint16_t domid);
void m_forget(struct m_tree *tree, uint16_t domid);

bool m_owner_is_gone(const struct m_perms *perms);

/* "n0|r5|", as a child of @mem. */
char *m_perms_text(void *mem, const struct m_perms *perms);
