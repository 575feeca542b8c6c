/* SPDX-License-Identifier: MIT */

/*
 * Our xenstored on the same loop, and a client of domain 0 on a socket.
 */

#include <sys/socket.h>
#include <talloc.h>

#include "tests/xenstored/store-world.h"
#include "tests/xsclient/real.h"
#include "xenstored/socket.h"

struct real *real_new(struct test *t)
{
	struct store_world *w = store_world_new(t);
	struct real *real = talloc_zero(t->mem, struct real);
	int ends[2];

	real->loop = w->loop;
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	CHECK_EQ(socket_adopt(w->server, ends[0]), 0);
	CHECK_EQ(xs_open_fd(real, real->loop, ends[1], real_lost, real,
			    &real->client),
		 0);
	return real;
}
