/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * real - a client of a real xenstored: ours in this process, through a socket
 * or a guest's ring, or another one that runs already.
 */

#include "tests/lib/test.h"
#include "xsclient/xs.h"

struct real {
	struct loop *loop;
	struct xs_client *client;
	bool has_short_lists; /* guests may have no others */
};

/* A client.  Paths are to be relative: each may write below its own. */
struct real *real_new(struct test *t);

/* Run the loop until somebody calls real_done(). */
void real_wait(struct real *real);
void real_done(struct real *real);

/* For those who connect it. */
void real_lost(void *arg, int error);
