/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * two - a host and a guest, for sentences about what hv.h promises.
 *
 * two-world.c and two-xensim.c make them, two-xen.c has one Dom0 play both;
 * the sentences cannot tell.
 */

#include "hv/hv.h"

#ifndef GUEST
#define GUEST 7
#endif
#define NOBODY    30000
#define STORE_REF 1 /* of the guest's xenstore page */

struct two {
	struct loop *loop;
	struct hv *host;
	struct hv *guest;
	void *made_by;
};

/* Guests are made anew for each test. */
struct two *two_new(void *mem);

/* The toolstack at work on the guest. */
void two_shut_down(struct two *two);
void two_destroy(struct two *two);
void two_create(struct two *two);
