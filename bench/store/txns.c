/* SPDX-License-Identifier: MIT */

/*
 * txns - transactions: alone, and of several clients at once.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/store/bench.h"

#define READS  10
#define WRITES 3
#define NODES  8 /* that each transaction makes below a new directory */
#define TRIES  1000

static uint32_t start(struct client *client)
{
	struct reply reply = client_ask(
		client, &(struct message){ XS_TRANSACTION_START, 0, { "" } });

	return (uint32_t)strtoul(reply.payload, NULL, 10);
}

static void put_end(struct client *client, uint32_t tx)
{
	client_put(client,
		   &(struct message){ XS_TRANSACTION_END, tx, { "T" } });
}

static void put_work(struct client *client, uint32_t tx, unsigned int n)
{
	bool writes = n >= READS;
	char path[64];

	snprintf(path, sizeof(path), "%s/node/%u", client_home(client),
		 writes ? n - READS : n);
	client_put(client,
		   &(struct message){ writes ? XS_WRITE : XS_READ,
				      tx,
				      { path, writes ? "new" : NULL } });
}

static void make_nodes(struct bench *bench)
{
	char path[64];

	for (unsigned int i = 0; i < READS; i++) {
		snprintf(path, sizeof(path), "%s/node/%u",
			 client_home(bench->client[0]), i);
		client_write(bench->client[0], 0, path, "value-0123456789");
	}
}

/* Reads and writes, one at a time or, with a depth, all in one go. */
static void work(struct bench *bench, uint32_t tx)
{
	struct client *client = bench->client[0];
	bool pipelined = bench->setting.depth > 1;

	for (unsigned int n = 0; n < READS + WRITES; n++) {
		put_work(client, tx, n);
		if (pipelined)
			continue;
		client_send(client);
		client_reply(client);
	}
}

static unsigned int run_txn(struct bench *bench)
{
	struct client *client = bench->client[0];
	uint32_t tx = start(client);

	work(bench, tx);
	put_end(client, tx);
	client_send(client);
	if (bench->setting.depth > 1) {
		for (unsigned int n = 0; n < READS + WRITES; n++)
			client_reply(client);
	}
	if (client_outcome(client) != 0)
		bench->failed++;

	return 1;
}

/* One that stays open, with or without work in it. */

static unsigned int open_empty(struct bench *bench)
{
	start(bench->client[0]);
	return 1;
}

static unsigned int open_with_work(struct bench *bench)
{
	work(bench, start(bench->client[0]));
	return 1;
}

/* Siblings: each client makes a directory next to those of the others. */

static void make_parent(struct bench *bench)
{
	client_write(bench->admin, 0, "/bench/backend/vif/x", "");
}

static void make_sibling(struct bench *bench, unsigned int c, uint32_t tx,
			 unsigned int n)
{
	char path[64];

	snprintf(path, sizeof(path), "/bench/backend/vif/%u/0/n%u",
		 bench->round * bench->setting.clients + c, n);
	client_write(bench->client[c], tx, path, "1");
}

/* All that are not done yet try, at the same time.  Returns who is done. */
static uint64_t try_siblings(struct bench *bench, uint64_t done)
{
	unsigned int clients = bench->setting.clients;
	uint32_t tx[64];

	for (unsigned int c = 0; c < clients; c++)
		tx[c] = done >> c & 1 ? 0 : start(bench->client[c]);
	for (unsigned int n = 0; n < NODES; n++) {
		for (unsigned int c = 0; c < clients; c++) {
			if (tx[c])
				make_sibling(bench, c, tx[c], n);
		}
	}

	for (unsigned int c = 0; c < clients; c++) {
		if (!tx[c])
			continue;
		put_end(bench->client[c], tx[c]);
		client_send(bench->client[c]);
		if (client_outcome(bench->client[c]) == 0)
			done |= UINT64_C(1) << c;
		else
			bench->failed++;
	}

	return done;
}

static unsigned int make_siblings(struct bench *bench)
{
	uint64_t all = (UINT64_C(1) << bench->setting.clients) - 1;
	uint64_t done = 0;

	for (unsigned int i = 0; done != all && i < TRIES; i++)
		done = try_siblings(bench, done);
	if (done != all)
		trouble_note(&bench->trouble, -EAGAIN, "no progress");

	return bench->setting.clients;
}

static void remove_siblings(struct bench *bench)
{
	client_remove(bench->admin, "/bench/backend");
	make_parent(bench);
}

const struct scenario txn_scenarios[] = {
	{ "transaction", "10 reads and 3 writes; in one go with --depth 2",
	  make_nodes, NULL, run_txn },
	{ "siblings", "clients make directories of one parent", NULL,
	  remove_siblings, make_siblings },
	{ "open-empty", "a transaction that stays open", NULL, NULL,
	  open_empty },
	{ "open-with-work", "the same after 10 reads and 3 writes", make_nodes,
	  NULL, open_with_work },
	{ NULL },
};
