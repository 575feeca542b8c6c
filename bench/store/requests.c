/* SPDX-License-Identifier: MIT */

/*
 * requests - one kind of request, over and over.
 *
 * All clients send as many as they may have in flight, then all wait.
 */

#include <stdio.h>

#include "bench/store/bench.h"

#define NODES     10   /* that are read and written in turn */
#define NEW_NODES 1000 /* that are made or removed in a step */

typedef void put_fn(struct client *client, unsigned int n);

static void put_on(struct client *client, enum xs_type type, const char *name,
		   unsigned int n, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s/%u", client_home(client), name, n);
	client_put(client, &(struct message){ type, 0, { path, value } });
}

static void put_read(struct client *client, unsigned int n)
{
	put_on(client, XS_READ, "node", n % NODES, NULL);
}

static void put_write(struct client *client, unsigned int n)
{
	char value[24];

	snprintf(value, sizeof(value), "value-%010u", n);
	put_on(client, XS_WRITE, "node", n % NODES, value);
}

static void put_directory(struct client *client, unsigned int n)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/node", client_home(client));
	client_put(client, &(struct message){ XS_DIRECTORY, 0, { path } });
}

static void put_mkdir(struct client *client, unsigned int n)
{
	put_on(client, XS_MKDIR, "new", n, NULL);
}

static void put_rm(struct client *client, unsigned int n)
{
	put_on(client, XS_RM, "new", n, NULL);
}

/* Requests number @n and those after it, of each client. */
static unsigned int exchange(struct bench *bench, put_fn *put, unsigned int n)
{
	unsigned int clients = bench->setting.clients;
	unsigned int depth = bench->setting.depth;

	for (unsigned int c = 0; c < clients; c++) {
		for (unsigned int i = 0; i < depth; i++)
			put(bench->client[c], n + i);
		client_send(bench->client[c]);
	}
	for (unsigned int c = 0; c < clients; c++) {
		for (unsigned int i = 0; i < depth; i++)
			client_reply(bench->client[c]);
	}

	return clients * depth;
}

static void make_nodes(struct bench *bench)
{
	for (unsigned int c = 0; c < bench->setting.clients; c++) {
		for (unsigned int i = 0; i < bench->setting.children; i++) {
			put_on(bench->client[c], XS_WRITE, "node", i,
			       "value-0123456789");
			client_send(bench->client[c]);
			client_reply(bench->client[c]);
		}
	}
}

static unsigned int read_nodes(struct bench *bench)
{
	return exchange(bench, put_read, bench->round);
}

static unsigned int write_nodes(struct bench *bench)
{
	return exchange(bench, put_write, bench->round);
}

static unsigned int list_nodes(struct bench *bench)
{
	return exchange(bench, put_directory, bench->round);
}

/* About NEW_NODES in all, so that some time passes. */
static unsigned int exchange_new(struct bench *bench, put_fn *put)
{
	unsigned int depth = bench->setting.depth;
	unsigned int each = NEW_NODES / bench->setting.clients;
	unsigned int done = 0;

	for (unsigned int n = 0; n < each; n += depth)
		done += exchange(bench, put, n);
	return done;
}

static unsigned int make_new(struct bench *bench)
{
	return exchange_new(bench, put_mkdir);
}

static unsigned int remove_new(struct bench *bench)
{
	return exchange_new(bench, put_rm);
}

static void prepare_make(struct bench *bench)
{
	for (unsigned int c = 0; c < bench->setting.clients; c++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/new",
			 client_home(bench->client[c]));
		client_remove(bench->client[c], path);
	}
}

static void prepare_remove(struct bench *bench)
{
	make_new(bench);
}

const struct scenario request_scenarios[] = {
	{ "read", "READ of a value", make_nodes, NULL, read_nodes },
	{ "write", "WRITE of a value", make_nodes, NULL, write_nodes },
	{ "directory", "DIRECTORY", make_nodes, NULL, list_nodes },
	{ "mkdir", "MKDIR", NULL, prepare_make, make_new },
	{ "rm", "RM of a node without children", NULL, prepare_remove,
	  remove_new },
	{ NULL },
};
