/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * diff - what differs between two versions of a tree.
 *
 * What both versions share is not looked at, so that the cost is that of the
 * differences.
 */

struct diff;
struct node;

/* NULL: no memory. */
struct diff *diff_new(void *mem, struct node *before, struct node *after);

/* Begin anew.  What diff_next() could do once it can do again, without any
 * memory. */
void diff_restart(struct diff *diff);

/* The next node that differs in itself or below, parents first: *before is
 * NULL if it was not there, *after if it no longer is; both are at the end.
 * Returns 0 or -ENOMEM. */
int diff_next(struct diff *diff, struct node **before, struct node **after);
