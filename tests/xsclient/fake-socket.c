/* SPDX-License-Identifier: MIT */

#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

struct fake_wire {
	int fd;
};

static int close_wire(struct fake_wire *wire)
{
	close(wire->fd);
	return 0;
}

void fake_open(struct fake *fake)
{
	struct fake_wire *wire = talloc(fake, struct fake_wire);
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	wire->fd = fds[0];
	talloc_set_destructor(wire, close_wire);
	fake->wire = wire;
	CHECK_EQ(xs_open_fd(fake, fake->loop, fds[1], fake_lost, fake,
			    &fake->client),
		 0);
}

void fake_send(struct fake *fake, const void *bytes, size_t len)
{
	CHECK_EQ(send(fake->wire->fd, bytes, len, MSG_NOSIGNAL), len);
}

size_t fake_receive(struct fake *fake, void *to, size_t size)
{
	ssize_t n = recv(fake->wire->fd, to, size, MSG_DONTWAIT);

	return n < 0 ? 0 : n;
}
