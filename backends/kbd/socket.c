/* SPDX-License-Identifier: MIT */

/*
 * socket - input from whoever connects, as lines.
 *
 * A client that is wrong is told so and disconnected; it has nothing to gain
 * from going on.  When one leaves, nobody is there to release what it pressed.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/kbd/lines.h"
#include "backends/kbd/source.h"
#include "base/cleanup.h"

#define CLIENTS_MAX 8
#define BYTES_MAX   4096 /* read in one turn */

struct source {
	struct loop *loop;
	int fd;
	const struct source_ops *ops;
	void *arg;
	unsigned int n_clients;
};

struct client {
	struct source *source;
	int fd;
	struct loop_fd *lfd;
	char bytes[BYTES_MAX]; /* of which the first are not a whole line */
	size_t len;
};

static int client_free(struct client *client)
{
	talloc_free(client->lfd);
	close(client->fd);
	client->source->n_clients--;
	return 0;
}

static void client_leave(struct client *client)
{
	struct source *source = client->source;

	talloc_free(client);
	source->ops->frame(source->arg);
	source->ops->gone(source->arg);
}

/* -EINVAL for what makes no sense, or none here. */
static int obey(struct source *source, const char *text, size_t len)
{
	struct line line;
	int r = line_parse(text, len, &line);

	if (r < 0)
		return r;
	if (line.kind == LINE_EVENT)
		source->ops->event(source->arg, &line.event);
	if (line.kind == LINE_SYNC)
		source->ops->frame(source->arg);

	return line.kind == LINE_WAIT ? -EINVAL : 0;
}

static int obey_all(struct client *client)
{
	const char *at = client->bytes, *end;
	size_t left = client->len;

	while ((end = memchr(at, '\n', left))) {
		int r = obey(client->source, at, end - at);

		if (r < 0)
			return r;
		left -= end + 1 - at;
		at = end + 1;
	}
	if (left > LINE_MAX_LEN)
		return -EINVAL;

	memmove(client->bytes, at, left);
	client->len = left;
	return 0;
}

static void client_ready(void *arg, unsigned int ready)
{
	static const char complaint[] = "not understood\n";
	struct client *client = arg;
	ssize_t n = recv(client->fd, client->bytes + client->len,
			 sizeof(client->bytes) - client->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		client->len += n;
		if (obey_all(client) == 0)
			return;
		send(client->fd, complaint, strlen(complaint),
		     MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	client_leave(client);
}

static int client_new(struct source *source, int fd)
{
	CLEANUP(cleanup_fd) int owned = fd;
	struct client *client;
	int r;

	if (source->n_clients == CLIENTS_MAX)
		return -EBUSY;
	client = talloc_zero(source, struct client);
	if (!client)
		return -ENOMEM;

	client->source = source;
	client->fd = take_fd(owned);
	source->n_clients++;
	talloc_set_destructor(client, client_free);
	r = loop_fd_new(client, source->loop, fd, LOOP_READ, client_ready,
			client, &client->lfd);
	if (r < 0)
		talloc_free(client);
	return r;
}

static void someone_connects(void *arg, unsigned int ready)
{
	struct source *source = arg;
	int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		client_new(source, fd);
}

int source_new_socket(void *mem, struct loop *loop, int fd,
		      const struct source_ops *ops, void *arg)
{
	CLEANUP(cleanup_talloc)
	struct source *source = talloc_zero(mem, struct source);
	int r;

	if (!source)
		return -ENOMEM;
	source->loop = loop;
	source->fd = fd;
	source->ops = ops;
	source->arg = arg;
	r = loop_fd_new(source, loop, fd, LOOP_READ, someone_connects, source,
			NULL);
	if (r < 0)
		return r;

	take_ptr(source);
	return 0;
}
