/* SPDX-License-Identifier: MIT */

/*
 * watches - one write that many see.
 */

#include <stdio.h>

#include "bench/store/bench.h"
#include "bench/store/socket.h"

#define WATCHED "/bench/watched"

static void watch(struct client *client, unsigned int n)
{
	char token[16];

	snprintf(token, sizeof(token), "%u", n);
	client_ask(client,
		   &(struct message){ XS_WATCH, 0, { WATCHED, token } });
}

/* Each watch fires once when it is set.  A daemon may send that before or after
 * its reply; a write and the wait for it get past both. */
static void settle(struct client *client)
{
	client_write(client, 0, "/bench/settled", "");
}

static void set_watches(struct bench *bench)
{
	const char *path = bench->setting.socket;

	bench->admin = socket_client(bench->client, &bench->trouble, path, "");
	client_write(bench->admin, 0, WATCHED, "");
	for (unsigned int c = 0; c < bench->setting.clients; c++) {
		for (unsigned int n = 0; n < bench->setting.depth; n++)
			watch(bench->client[c], n);
		settle(bench->client[c]);
	}
}

static unsigned int write_watched(struct bench *bench)
{
	client_write(bench->admin, 0, WATCHED, "x");
	for (unsigned int c = 0; c < bench->setting.clients; c++)
		client_events(bench->client[c], bench->setting.depth);

	return 1;
}

const struct scenario watch_scenarios[] = {
	{ "fan-out", "a WRITE that --depth watches of each client see",
	  set_watches, NULL, write_watched },
	{ NULL },
};
