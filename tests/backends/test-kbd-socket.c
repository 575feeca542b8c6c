/* SPDX-License-Identifier: MIT */

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "tests/backends/kbd-heard.h"
#include "tests/lib/test.h"

struct server {
	struct heard *heard;
	struct sockaddr_un name; /* without a path: nobody else's */
	socklen_t name_len;
	int fd;
};

static int server_close(struct server *server)
{
	close(server->fd);
	return 0;
}

static struct server *server_new(struct test *t)
{
	struct server *server = talloc_zero(t->mem, struct server);
	struct loop *loop = loop_new_virtual(server);

	server->heard = heard_new(server, loop);
	server->name.sun_family = AF_UNIX;
	server->name_len = sizeof(server->name);
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	talloc_set_destructor(server, server_close);
	CHECK_EQ(bind(server->fd, (struct sockaddr *)&server->name,
		      sizeof(sa_family_t)),
		 0);
	CHECK_EQ(listen(server->fd, 16), 0);
	getsockname(server->fd, (struct sockaddr *)&server->name,
		    &server->name_len);
	CHECK_EQ(source_new_socket(server->heard, loop, server->fd, &heard_ops,
				   server->heard),
		 0);
	return server;
}

static int client_new(struct server *server)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK_EQ(
		connect(fd, (struct sockaddr *)&server->name, server->name_len),
		0);
	loop_settle(server->heard->loop);
	return fd;
}

static void say(struct server *server, int client, const char *text)
{
	CHECK_EQ(send(client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	loop_settle(server->heard->loop);
}

TEST(what_a_client_says_happens)
{
	struct server *server = server_new(t);
	int client = client_new(server);

	say(server, client, "touch 0 down 5 6\nsync\n");
	CHECK_HEARD(server->heard, "touch 0 down 5 6;sync;");
	close(client);
}

TEST(a_line_may_come_in_pieces)
{
	struct server *server = server_new(t);
	int client = client_new(server);

	say(server, client, "key 3");
	say(server, client, "0 down\nsy");
	CHECK_HEARD(server->heard, "key 30 down;");
	say(server, client, "nc\n");
	CHECK_HEARD(server->heard, "sync;");
	close(client);
}

TEST(whoever_leaves_lets_go)
{
	struct server *server = server_new(t);
	int client = client_new(server);

	say(server, client, "key 30 down\n");
	close(client);
	loop_settle(server->heard->loop);

	CHECK_HEARD(server->heard, "key 30 down;sync;gone;");
}

TEST(whoever_is_wrong_is_told_and_cut_off)
{
	struct server *server = server_new(t);
	int client = client_new(server);
	char answer[64] = "";

	say(server, client, "key 30 down\nhello\nkey 31 down\n");

	CHECK_HEARD(server->heard, "key 30 down;sync;gone;");
	CHECK(recv(client, answer, sizeof(answer) - 1, 0) > 0);
	CHECK_STR(answer, "not understood\n");
	CHECK_EQ(recv(client, answer, sizeof(answer), 0), 0);
	close(client);
}

TEST(only_a_script_can_wait)
{
	struct server *server = server_new(t);
	int client = client_new(server);

	say(server, client, "wait 5\n");
	CHECK_HEARD(server->heard, "sync;gone;");
	close(client);
}

TEST(a_line_without_end_is_cut_off)
{
	struct server *server = server_new(t);
	int client = client_new(server);
	char text[400];

	memset(text, ' ', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	say(server, client, text);
	CHECK_HEARD(server->heard, "sync;gone;");
	close(client);
}

TEST(several_clients_share_the_devices)
{
	struct server *server = server_new(t);
	int a = client_new(server), b = client_new(server);

	say(server, a, "key 30 down\nsync\n");
	say(server, b, "key 31 down\nsync\n");
	CHECK_HEARD(server->heard, "key 30 down;sync;key 31 down;sync;");
	close(a);
	close(b);
}

TEST(no_more_than_eight_clients_are_served)
{
	struct server *server = server_new(t);
	int client[9];
	char byte;

	for (int i = 0; i < 9; i++)
		client[i] = client_new(server);
	CHECK_EQ(recv(client[8], &byte, 1, 0), 0);
	close(client[0]);
	loop_settle(server->heard->loop);
	close(client[8]);
	client[8] = client_new(server);
	say(server, client[8], "sync\n");
	CHECK_HEARD(server->heard, "sync;gone;sync;");
	for (int i = 1; i < 9; i++)
		close(client[i]);
}

TEST(clients_go_with_the_source)
{
	struct server *server = server_new(t);
	int client = client_new(server);
	char byte;

	talloc_free(server);
	CHECK_EQ(recv(client, &byte, 1, 0), 0);
	close(client);
}
