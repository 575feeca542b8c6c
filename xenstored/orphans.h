/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * orphans - the nodes of a domain that is no more (XSA-322, XSA-419).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/xen.h"

struct node;
struct who;

/* The paths of @domid's nodes, as an array that is a child of @mem; without
 * those below another one of them unless @all.  @n_owned is how many nodes it
 * owns: the search begins where they usually are, in its home, and ends when
 * they are found.  Returns 0 or -ENOMEM, and what was found until then. */
int orphans_find(void *mem, struct node *root, domid_t domid, size_t n_owned,
		 bool all, const char ***paths, size_t *n);
