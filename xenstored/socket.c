/* SPDX-License-Identifier: MIT */

#include "xenstored/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/server.h"

#define ACCEPTS_PER_TURN 64

struct socket {
	struct conn conn;
	int fd;
	struct loop_fd *lfd;
	unsigned int events; /* LOOP_* that we wait for */
	uint8_t *rest;       /* read, but not served in its turn */
	size_t rest_len;
};

struct listener {
	struct server *server;
	int fd;
};

static struct socket *socket_of(struct conn *conn)
{
	return container_of(conn, struct socket, conn);
}

static int socket_send(struct conn *conn, const struct iovec *iov, int n)
{
	struct socket *sock = socket_of(conn);
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)iov,
			      .msg_iovlen = n };
	ssize_t sent = sendmsg(sock->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;

	return sent;
}

static void socket_cut_off(struct conn *conn, int error)
{
	(void)error; /* the client sees the end of it */
	conn_close(conn);
}

/* Wait for what makes sense now. */
static void socket_sent(struct conn *conn)
{
	struct socket *sock = socket_of(conn);
	bool may_ask = conn_may_ask(conn);
	unsigned int events = (may_ask && !sock->rest ? LOOP_READ : 0) |
			      (conn->queue ? LOOP_WRITE : 0);

	if (may_ask && sock->rest)
		conn_again(conn);
	if (events == sock->events)
		return;

	sock->events = events;
	if (loop_fd_want(sock->lfd, events) < 0)
		conn_close(conn);
}

/* Serve what was read; keep what is left when the turn is over. */
static void feed(struct socket *sock, const uint8_t *bytes, size_t len)
{
	struct conn *conn = &sock->conn;
	size_t used;

	if (conn_feed(conn, bytes, len, &used) < 0) {
		conn_close(conn);
		return;
	}
	if (used < len) {
		sock->rest = talloc_memdup(sock, bytes + used, len - used);
		sock->rest_len = len - used;
		if (!sock->rest) {
			conn_close(conn);
			return;
		}
	}

	conn_flush(conn);
}

static void socket_resume(struct conn *conn)
{
	struct socket *sock = socket_of(conn);
	uint8_t *rest = sock->rest;
	size_t len = sock->rest_len;

	sock->rest = NULL;
	sock->rest_len = 0;
	feed(sock, rest, len);
	talloc_free(rest);
}

static void receive(struct socket *sock)
{
	uint8_t *in = sock->conn.server->in;
	ssize_t len = recv(sock->fd, in, SERVER_IN_SIZE, MSG_DONTWAIT);

	if (len > 0)
		feed(sock, in, len);
	else if (len == 0 || (errno != EAGAIN && errno != EINTR))
		conn_close(&sock->conn);
}

static void socket_ready(void *arg, unsigned int ready)
{
	struct socket *sock = arg;

	if (ready & LOOP_WRITE)
		conn_flush(&sock->conn);
	if (ready & LOOP_READ && !sock->conn.closed && !sock->rest)
		receive(sock);
}

static const struct transport socket_transport = {
	.send = socket_send,
	.cut_off = socket_cut_off,
	.sent = socket_sent,
	.resume = socket_resume,
};

static int close_socket(struct socket *sock)
{
	close(sock->fd);
	return 0;
}

int socket_adopt(struct server *server, int fd)
{
	CLEANUP(cleanup_fd) int owned = fd;
	domid_t self = server->options.domid;
	const struct who who = {
		.domid = self,
		.target = self,
		.privileged = self == server->options.priv,
	};
	struct domain *domain = domain_find(server->domains, self);
	struct conn *conn;
	struct socket *sock;
	int r;

	conn = conn_new(server, &socket_transport, &who, &domain->account,
			sizeof(struct socket));
	if (!conn)
		return -ENOMEM;

	sock = socket_of(conn);
	sock->fd = take_fd(owned);
	talloc_set_destructor(sock, close_socket);
	sock->events = LOOP_READ;
	r = loop_fd_new(sock, server->loop, sock->fd, sock->events,
			socket_ready, sock, &sock->lfd);
	if (r < 0)
		conn_close(conn);
	return r;
}

static void accept_some(void *arg, unsigned int ready)
{
	struct listener *listener = arg;

	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
		int r;

		if (fd < 0)
			return;
		r = socket_adopt(listener->server, fd);
		if (r < 0)
			log_host(listener->server->log,
				 "cannot serve one more client: %s",
				 strerror(-r));
	}
}

static int close_listener(struct listener *listener)
{
	close(listener->fd);
	return 0;
}

int socket_listen_on(struct server *server, int fd)
{
	CLEANUP(cleanup_fd) int owned = fd;
	struct listener *listener = talloc(server, struct listener);

	if (!listener)
		return -ENOMEM;

	listener->server = server;
	listener->fd = take_fd(owned);
	talloc_set_destructor(listener, close_listener);
	return loop_fd_new(listener, server->loop, listener->fd, LOOP_READ,
			   accept_some, listener, NULL);
}

int socket_listen(struct server *server, const char *path)
{
	CLEANUP(cleanup_fd)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;

	strcpy(addr.sun_path, path);
	unlink(path);
	mask = umask(0177); /* of the new socket: the owner's only */
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
	umask(mask);
	if (r == 0 && listen(fd, SOMAXCONN) < 0)
		r = -errno;

	return r < 0 ? r : socket_listen_on(server, take_fd(fd));
}
