/* SPDX-License-Identifier: MIT */

/*
 * Our xenstored on the same loop, and a guest on its ring.
 */

#include <talloc.h>

#include "guest/store.h"
#include "hv/world.h"
#include "tests/xenstored/store-world.h"
#include "tests/xsclient/real.h"

#define GUEST 7

struct real *real_new(struct test *t)
{
	struct store_world *w = store_world_new(t);
	struct raw *toolstack = raw_socket(w);
	struct real *real = talloc_zero(t->mem, struct real);
	struct hv *hv;

	real->loop = w->loop;
	CHECK_EQ(world_create(w->world, GUEST), 0);
	CHECK_STR(ask(toolstack, XS_MKDIR, 0, "/local/domain/7|"), "OK|");
	CHECK_STR(ask(toolstack, XS_SET_PERMS, 0, "/local/domain/7|n7|"),
		  "OK|");
	CHECK_EQ(hv_open_world(real, w->world, GUEST, &hv), 0);
	CHECK_EQ(store_open(real, real->loop, hv, real_lost, real,
			    &real->client),
		 0);
	CHECK_STR(introduce(toolstack, w, GUEST), "OK|");
	return real;
}
