/* SPDX-License-Identifier: MIT */

/*
 * What only one kind of wire does.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "xsclient/xs.h"

struct seen {
	struct loop *loop;
	struct xs_client *client;
	int calls;
	int errors[2];
	char data[64];
	int lost;
	unsigned int notified;
};

static void got(void *arg, int error, const char *data, size_t len)
{
	struct seen *seen = arg;

	CHECK(len < sizeof(seen->data));
	memcpy(seen->data, data, len + 1);
	seen->errors[seen->calls++ % 2] = error;
}

static void lost(void *arg, int error)
{
	struct seen *seen = arg;

	seen->lost = error;
}

static void notify(void *arg)
{
	struct seen *seen = arg;

	seen->notified++;
}

static struct seen *seen_new(struct test *t)
{
	struct seen *seen = talloc_zero(t->mem, struct seen);

	seen->loop = loop_new_virtual(seen);
	return seen;
}

static void read_it(struct seen *seen)
{
	CHECK_EQ(xs_read(seen, seen->client, NULL, "/a", got, seen), 0);
}

TEST(a_socket_that_is_closed_is_lost)
{
	struct seen *seen = seen_new(t);
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(xs_open_fd(t->mem, seen->loop, fds[1], lost, seen,
			    &seen->client),
		 0);
	read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 0);
	close(fds[0]);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 1);
	CHECK_EQ(seen->errors[0], -ECONNRESET);
	CHECK_EQ(seen->lost, -ECONNRESET);
}

TEST(the_client_closes_its_descriptor)
{
	struct seen *seen = seen_new(t);
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(xs_open_fd(t->mem, seen->loop, fds[1], lost, seen,
			    &seen->client),
		 0);
	talloc_free(seen->client);
	CHECK_EQ(fcntl(fds[1], F_GETFD), -1);
	close(fds[0]);
}

TEST(a_full_socket_is_waited_for)
{
	struct seen *seen = seen_new(t);
	static char sink[1 << 20];
	ssize_t n, sum = 0;
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(xs_open_fd(t->mem, seen->loop, fds[1], lost, seen,
			    &seen->client),
		 0);
	for (int i = 0; i < 100000; i++)
		read_it(seen);
	loop_settle(seen->loop);
	while ((n = recv(fds[0], sink, sizeof(sink), MSG_DONTWAIT)) > 0) {
		sum += n;
		loop_settle(seen->loop);
	}
	CHECK_EQ(sum, 100000 * 19);
	close(fds[0]);
}

/* A device that never has anything to read and refuses what is written. */
TEST(what_a_device_refuses_is_answered)
{
	struct seen *seen = seen_new(t);
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	CHECK_EQ(xs_open_fd(t->mem, seen->loop, fd, lost, seen, &seen->client),
		 0);
	read_it(seen);
	read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 2);
	CHECK_EQ(seen->errors[0], -EINVAL);
	CHECK_EQ(seen->errors[1], -EINVAL);
	CHECK_EQ(seen->lost, 0);
	read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 3);
}

static const char *path_in_new_dir(struct test *t)
{
	char *dir = talloc_strdup(t->mem, "/tmp/xsclient-XXXXXX");

	CHECK(mkdtemp(dir) != NULL);
	return talloc_asprintf(t->mem, "%s/x", dir);
}

static void remove_with_dir(const char *path)
{
	char dir[64];

	strcpy(dir, path);
	*strrchr(dir, '/') = '\0';
	unlink(path);
	rmdir(dir);
}

/* A FIFO is a device that answers each request with itself. */
TEST(a_device_is_opened_by_its_path)
{
	struct seen *seen = seen_new(t);
	const char *path = path_in_new_dir(t);

	CHECK_EQ(mkfifo(path, 0600), 0);
	setenv("XENSTORED_PATH", path, 1);
	CHECK_EQ(xs_open(t->mem, seen->loop, NULL, lost, seen, &seen->client),
		 0);
	remove_with_dir(path);
	read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 1);
	CHECK_STR(seen->data, "/a");
}

/* Its messages stay apart; @fd, another end of it, shows how much it holds. */
struct fifo {
	struct seen *seen;
	int fd;
};

static void got_alone(void *arg, int error, const char *data, size_t len)
{
	struct fifo *fifo = arg;
	int waiting = -1;

	CHECK_EQ(ioctl(fifo->fd, FIONREAD, &waiting), 0);
	CHECK_EQ(waiting, 0);
	got(fifo->seen, error, data, len);
}

TEST(a_device_gets_one_message_at_a_time)
{
	struct fifo fifo = { .seen = seen_new(t) };
	const char *path = path_in_new_dir(t);

	CHECK_EQ(mkfifo(path, 0600), 0);
	fifo.fd = open(path, O_RDWR);
	CHECK_EQ(fcntl(fifo.fd, F_SETFL, O_DIRECT), 0);
	remove_with_dir(path);
	CHECK_EQ(xs_open_fd(t->mem, fifo.seen->loop, dup(fifo.fd), lost,
			    fifo.seen, &fifo.seen->client),
		 0);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(xs_read(t->mem, fifo.seen->client, NULL, "/a",
				 got_alone, &fifo),
			 0);
	loop_settle(fifo.seen->loop);
	CHECK_EQ(fifo.seen->calls, 5);
	close(fifo.fd);
}

TEST(a_socket_is_opened_by_its_path)
{
	struct seen *seen = seen_new(t);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = path_in_new_dir(t);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char bytes[64];
	int conn;

	strcpy(address.sun_path, path);
	CHECK_EQ(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_EQ(listen(fd, 1), 0);
	CHECK_EQ(xs_open(t->mem, seen->loop, path, lost, seen, &seen->client),
		 0);
	remove_with_dir(path);
	read_it(seen);
	loop_settle(seen->loop);
	conn = accept(fd, NULL, NULL);
	CHECK_EQ(read(conn, bytes, sizeof(bytes)), 19);
	close(conn);
	close(fd);
}

TEST(a_path_without_daemon_is_an_error)
{
	struct seen *seen = seen_new(t);
	char path[256];

	CHECK_EQ(xs_open(t->mem, seen->loop, "/nonexistent", lost, seen,
			 &seen->client),
		 -ENOENT);
	memset(path, 'x', sizeof(path) - 1);
	path[255] = '\0';
	CHECK_EQ(xs_open(t->mem, seen->loop, path, lost, seen, &seen->client),
		 -ENOENT);
}

/* Rings */

static struct seen *ring(struct test *t, struct xs_page *page)
{
	struct seen *seen = seen_new(t);

	CHECK_EQ(xs_open_ring(t->mem, seen->loop, page, notify, lost, seen,
			      &seen->client),
		 0);
	return seen;
}

TEST(a_ring_begins_where_its_page_is)
{
	struct xs_page page = {
		.req_prod = UINT32_MAX - 1,
		.req_cons = UINT32_MAX - 1,
		.rsp_prod = 77,
		.rsp_cons = 70,
	};
	struct seen *seen = ring(t, &page);

	read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(page.req_prod, 17);
	CHECK_EQ(page.rsp_cons, 77);
	CHECK_EQ(page.req[XS_RING_SIZE - 2], XS_READ);
}

TEST(requests_of_a_turn_are_one_notification)
{
	struct xs_page page = { 0 };
	struct seen *seen = ring(t, &page);

	for (int i = 0; i < 20; i++)
		read_it(seen);
	loop_settle(seen->loop);
	CHECK_EQ(page.req_prod, 20 * 19);
	CHECK_EQ(seen->notified, 1);
	xs_ring_event(seen->client);
	loop_settle(seen->loop);
	CHECK_EQ(seen->notified, 1);
}

static void spoil(struct test *t, uint32_t rsp_prod, uint32_t req_cons,
		  uint32_t error)
{
	struct xs_page page = { 0 };
	struct seen *seen = ring(t, &page);

	read_it(seen);
	loop_settle(seen->loop);
	page.rsp_prod = rsp_prod;
	page.req_cons = req_cons;
	page.error = error;
	read_it(seen);
	xs_ring_event(seen->client);
	loop_settle(seen->loop);
	CHECK_EQ(seen->calls, 2);
	CHECK_EQ(seen->lost, -EPROTO);
	xs_ring_event(seen->client);
	loop_settle(seen->loop);
	talloc_free(seen->client);
}

TEST(a_ring_that_cannot_be_is_lost)
{
	spoil(t, XS_RING_SIZE + 1, 0, 0);
	spoil(t, UINT32_MAX, 0, 0);
	spoil(t, 0, 20, 0);
	spoil(t, 0, 0, XS_PAGE_PROTOCOL);
}
