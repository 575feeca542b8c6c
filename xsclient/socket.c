/* SPDX-License-Identifier: MIT */

/*
 * socket - the wire through a descriptor: a daemon's socket, or the device by
 * which a kernel lets programs use its own ring.
 *
 * The device wants each message to be one write, and no other before that one's
 * answer: the kernel sends it from the buffer that the next write would fill.
 * It says by the result of the write what it does not like.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "xsclient/inside.h"

struct socket_wire {
	struct wire base;
	struct xs_client *client;
	struct loop_fd *io;
	int fd;
	bool wants_room;
};

static struct socket_wire *socket_of(struct wire *wire)
{
	return container_of(wire, struct socket_wire, base);
}

/* What the result of a system call means to the client. */
static ssize_t result(ssize_t n)
{
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EINTR)
		return 0;

	return errno == EPIPE ? -ECONNRESET : -errno;
}

static ssize_t read_some(struct wire *wire, void *to, size_t size)
{
	ssize_t n = read(socket_of(wire)->fd, to, size);

	return n ? result(n) : -ECONNRESET;
}

static ssize_t write_socket(struct wire *wire, const void *from, size_t len)
{
	return result(send(socket_of(wire)->fd, from, len, MSG_NOSIGNAL));
}

static ssize_t write_device(struct wire *wire, const void *from, size_t len)
{
	struct xs_header header;

	(void)len; /* there are whole messages only */
	memcpy(&header, from, sizeof(header));
	return result(
		write(socket_of(wire)->fd, from, sizeof(header) + header.len));
}

static void want_room(struct wire *wire, bool wanted)
{
	struct socket_wire *sock = socket_of(wire);

	if (sock->wants_room == wanted)
		return;

	loop_fd_want(sock->io, LOOP_READ | (wanted ? LOOP_WRITE : 0));
	sock->wants_room = wanted;
}

static void ready(void *arg, unsigned int events)
{
	struct socket_wire *sock = arg;
	struct xs_client *client = sock->client;

	if (events & LOOP_WRITE)
		client_writable(client);
	if (events & LOOP_READ)
		client_readable(client);
}

static int close_socket(struct socket_wire *sock)
{
	TALLOC_FREE(sock->io);
	close(sock->fd);
	return 0;
}

static int new_wire(struct xs_client *client, int fd,
		    struct socket_wire **result)
{
	CLEANUP(cleanup_talloc)
	struct socket_wire *sock = talloc_zero(client, struct socket_wire);
	struct stat st;
	int r;

	if (!sock)
		return -ENOMEM;
	if (fstat(fd, &st) < 0 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;
	r = loop_fd_new(sock, client->loop, fd, LOOP_READ, ready, sock,
			&sock->io);
	if (r < 0)
		return r;

	sock->base.by_message = !S_ISSOCK(st.st_mode);
	sock->base.read = read_some;
	sock->base.write = sock->base.by_message ? write_device : write_socket;
	sock->base.want_room = want_room;
	sock->client = client;
	*result = take_ptr(sock);
	return 0;
}

int xs_open_fd(void *mem, struct loop *loop, int fd, xs_lost_fn *lost,
	       void *arg, struct xs_client **result)
{
	CLEANUP(cleanup_fd) int owned = fd;
	CLEANUP(cleanup_talloc)
	struct xs_client *client = client_new(mem, loop, lost, arg);
	struct socket_wire *sock = NULL;
	int r;

	if (!client)
		return -ENOMEM;
	r = new_wire(client, fd, &sock);
	if (r < 0)
		return r;

	sock->fd = take_fd(owned);
	talloc_set_destructor(sock, close_socket);
	client->wire = &sock->base;
	*result = take_ptr(client);
	return 0;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP(cleanup_fd)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;

	return take_fd(fd);
}

/* A descriptor or -errno. */
static int open_at(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISSOCK(st.st_mode))
		return connect_to(path);

	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Where the daemon and its other clients are told to look, or else used to. */
static int open_usual(void)
{
	const char *dir = getenv("XENSTORED_RUNDIR") ?: "/run/xenstored";
	char path[PATH_MAX];
	int fd;

	if (getenv("XENSTORED_PATH"))
		return open_at(getenv("XENSTORED_PATH"));

	snprintf(path, sizeof(path), "%s/socket", dir);
	fd = open_at(path);
	return fd < 0 ? open_at("/dev/xen/xenbus") : fd;
}

int xs_open(void *mem, struct loop *loop, const char *path, xs_lost_fn *lost,
	    void *arg, struct xs_client **client)
{
	int fd = path ? open_at(path) : open_usual();

	return fd < 0 ? fd : xs_open_fd(mem, loop, fd, lost, arg, client);
}
