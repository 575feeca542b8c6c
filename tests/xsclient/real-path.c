/* SPDX-License-Identifier: MIT */

/*
 * A xenstored that runs where clients look for one.
 */

#include <talloc.h>

#include "tests/xsclient/real.h"

struct real *real_new(struct test *t)
{
	struct loop *loop = loop_new(t->mem);
	struct real *real = talloc_zero(t->mem, struct real);

	real->loop = loop;
	CHECK_EQ(xs_open(real, loop, NULL, real_lost, real, &real->client), 0);
	return real;
}
