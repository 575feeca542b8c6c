/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * perms - who may do what with a node.
 *
 * A host has some hundred different permission lists for all its nodes.  Each
 * is kept once, counted, and never changed, so that nodes hold a pointer and
 * two equal lists are equal pointers.  The one exception makes revocation a
 * flip: when a domain dies, its entries vanish from all lists at once, also
 * from those that only a transaction still sees, and a later domain with the
 * same number has no part in them (XSA-322, XSA-417).
 *
 * Source: xenstore.txt, GET_PERMS and SET_PERMS.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/xen.h"

#define DOMID_ANY 32757 /* an entry for every domain */
#define PERMS_MAX 1400  /* entries; a message has no room for so many */

enum {
	PERM_READ = 1 << 0,
	PERM_WRITE = 1 << 1,
	PERM_OWNER = 1 << 2, /* never in a list: what its first entry implies */
};

struct perm {
	domid_t domid;
	uint8_t access; /* PERM_READ | PERM_WRITE */
	bool unknown;   /* no such domain when it was set: never honoured */
};

/* Who asks. */
struct who {
	domid_t domid;
	domid_t target; /* another domain for which it acts, or its own id */
	bool privileged;
};

struct perms;       /* a list, at least one entry long */
struct perms_table; /* all lists */

struct perms_table *perms_table_new(void *mem);

/* The list of these entries, at most PERMS_MAX; the caller owns a reference.
 * NULL: no memory. */
struct perms *perms_new(struct perms_table *table, const struct perm *entries,
			size_t n);
struct perms *perms_ref(struct perms *perms);
void perms_unref(struct perms *perms);

/* What @who may do: PERM_*, all of them for the owner and the privileged. */
unsigned int perms_of(const struct perms *perms, const struct who *who);

/* The same list with another owner; its letter stays. */
struct perms *perms_with_owner(struct perms *perms, domid_t owner);

/* The list that a new child of a node with @perms gets when @who makes it. */
struct perms *perms_inherit(struct perms *perms, const struct who *who);

domid_t perms_owner(const struct perms *perms);
bool perms_owner_is_gone(const struct perms *perms);
size_t perms_count(const struct perms *perms);

/* The text of all entries, "n0" NUL "r5" NUL: its length, or -E2BIG if it is
 * more than @size. */
int perms_print(const struct perms *perms, char *text, size_t size);

/* One entry from its text; -EINVAL.  @perm->unknown is left to the caller. */
int perm_parse(const char *text, struct perm *perm);

/* @domid died: its entries are gone from all lists. */
void perms_forget(struct perms_table *table, domid_t domid);
