/* SPDX-License-Identifier: MIT */

#include "bench/store/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"

struct sock {
	int fd;
};

static int sock_send(void *arg, const void *bytes, size_t len)
{
	struct sock *sock = arg;
	const char *from = bytes;

	while (len) {
		ssize_t n = send(sock->fd, from, len, MSG_NOSIGNAL);

		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
	}

	return 0;
}

static int sock_receive(void *arg, void *to, size_t size)
{
	struct sock *sock = arg;
	ssize_t n = recv(sock->fd, to, size, 0);

	if (n < 0)
		return -errno;

	return n == 0 ? -ECONNRESET : (int)n;
}

static const struct wire sock_wire = { sock_send, sock_receive };

static int close_sock(struct sock *sock)
{
	close(sock->fd);
	return 0;
}

static int connect_to(const char *path)
{
	CLEANUP(cleanup_fd) int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;

	return take_fd(fd);
}

struct client *socket_client(void *mem, struct trouble *trouble,
			     const char *path, const char *home)
{
	struct sock *sock = talloc(mem, struct sock);
	struct client *client;

	if (!sock)
		return NULL;
	sock->fd = connect_to(path);
	if (sock->fd < 0) {
		trouble_note(trouble, sock->fd, "%s: %s", path,
			     strerror(-sock->fd));
		talloc_free(sock);
		return NULL;
	}

	talloc_set_destructor(sock, close_sock);
	client = client_new(mem, trouble, &sock_wire, sock, home);
	if (client)
		talloc_steal(client, sock); /* goes with its client */
	return client;
}

pid_t socket_peer(const char *path)
{
	CLEANUP(cleanup_fd) int fd = connect_to(path);
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;

	return peer.pid;
}
