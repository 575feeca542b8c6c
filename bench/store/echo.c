/* SPDX-License-Identifier: MIT */

/*
 * store-echo - the limit for a xenstored: takes the same messages from the same
 * sockets, and sends each of them back.
 *
 * It waits once, reads all that a client has sent, and answers it with one
 * write.  It is for measuring only, and believes what clients send.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "protocols/xs.h"

#define SIZE   65536
#define EVENTS 64

struct peer {
	int fd;
	size_t len; /* bytes of a message that is not complete yet */
	uint8_t bytes[sizeof(struct xs_header) + XS_PAYLOAD_MAX];
};

/* How many of the bytes are complete messages. */
static size_t complete(const uint8_t *bytes, size_t len)
{
	struct xs_header header;
	size_t at = 0;

	while (len - at >= sizeof(header)) {
		memcpy(&header, bytes + at, sizeof(header));
		if (header.len > len - at - sizeof(header))
			break;
		at += sizeof(header) + header.len;
	}

	return at;
}

/* Whether @peer is still there. */
static bool answer(struct peer *peer)
{
	uint8_t bytes[SIZE];
	size_t len = peer->len, done;
	ssize_t n;

	memcpy(bytes, peer->bytes, len);
	n = recv(peer->fd, bytes + len, sizeof(bytes) - len, 0);
	if (n <= 0)
		return false;

	len += (size_t)n;
	done = complete(bytes, len);
	peer->len = len - done;
	if (peer->len > sizeof(peer->bytes))
		return false;

	memcpy(peer->bytes, bytes + done, peer->len);
	return done == 0 ||
	       send(peer->fd, bytes, done, MSG_NOSIGNAL) == (ssize_t)done;
}

static void welcome(int epoll, int listener)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

	if (!peer)
		return;
	peer->fd = accept(listener, NULL, NULL);
	if (peer->fd < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, peer->fd, &event) < 0)
		free(peer);
}

static int listen_at(const char *path)
{
	CLEANUP(cleanup_fd) int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(fd, SOMAXCONN) < 0)
		return -errno;

	return take_fd(fd);
}

static void serve(int epoll, int listener)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			struct peer *peer = events[i].data.ptr;

			if (!peer) {
				welcome(epoll, listener);
			} else if (!answer(peer)) {
				close(peer->fd);
				free(peer);
			}
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event event = { .events = EPOLLIN };
	int listener = argc == 2 ? listen_at(argv[1]) : -EINVAL;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (listener < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) {
		fprintf(stderr, "usage: store-echo SOCKET\n");
		return EXIT_FAILURE;
	}

	serve(epoll, listener);
	return EXIT_SUCCESS;
}
