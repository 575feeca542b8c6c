/* SPDX-License-Identifier: MIT */

#include "sim/cli/introduce.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "protocols/xs.h"

#define PATIENCE_SECONDS 10

static int connect_store(void)
{
	CLEANUP(cleanup_fd)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/0/xenbus",
		 getenv("XENSIM_DIR"));
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) < 0 ||
	    connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return -errno;

	return take_fd(fd);
}

static int receive(int fd, void *to, size_t len)
{
	ssize_t n = recv(fd, to, len, MSG_WAITALL);

	if (n == (ssize_t)len)
		return 0;
	if (n < 0 && errno == EAGAIN)
		return -ETIMEDOUT;

	return n < 0 ? -errno : -ECONNRESET;
}

static int receive_reply(int fd)
{
	struct xs_header header;
	char payload[XS_PAYLOAD_MAX];
	int r;

	r = receive(fd, &header, sizeof(header));
	if (r < 0)
		return r;
	if (header.len > sizeof(payload))
		return -EPROTO;
	r = receive(fd, payload, header.len);
	if (r < 0)
		return r;

	return header.type == XS_ERROR ? -xs_error_number(payload, header.len)
				       : 0;
}

int introduce(const struct xensim_domain *domain)
{
	CLEANUP(cleanup_fd) int fd = connect_store();
	char message[sizeof(struct xs_header) + 64];
	char *payload = message + sizeof(struct xs_header);
	struct xs_header header = { .type = XS_INTRODUCE };

	if (fd < 0)
		return fd;

	header.len =
		(uint32_t)sprintf(payload, "%u%c%lu%c%u%c", domain->domid, 0,
				  domain->store_gfn, 0, domain->store_port, 0);
	memcpy(message, &header, sizeof(header));
	if (send(fd, message, sizeof(header) + header.len, MSG_NOSIGNAL) < 0)
		return -errno;

	return receive_reply(fd);
}
