/* SPDX-License-Identifier: MIT */

/*
 * company - those beside whom something is measured.
 */

#include <stdio.h>

#include "bench/store/bench.h"
#include "bench/store/guests.h"
#include "bench/store/socket.h"

#define FIRST 10001 /* number of a domain that has only nodes */

struct client *company_client(struct bench *bench)
{
	const char *path = bench->setting.socket;
	const struct message ping = { XS_GET_DOMAIN_PATH, 0, { "1" } };
	struct client *client =
		socket_client(bench->client, &bench->trouble, path, "");

	if (client)
		client_ask(client, &ping);
	return client;
}

/* Of paths where nothing happens. */
static void add_watcher(struct bench *bench, unsigned int n)
{
	struct client *client = company_client(bench);
	char path[64];

	for (unsigned int i = 0; client && i < bench->setting.watches; i++) {
		snprintf(path, sizeof(path), "/other/%u/%u/state", n, i);
		client_ask(client,
			   &(struct message){ XS_WATCH, 0, { path, "t" } });
	}
}

void company_arrives(struct bench *bench)
{
	const struct setting *setting = &bench->setting;

	if ((setting->rings || setting->guests) && !bench->guests)
		bench->guests = guests_new(bench->client, bench->admin);

	for (unsigned int i = 0; i < setting->idle; i++)
		company_client(bench);
	for (unsigned int i = 0; i < setting->guests; i++)
		guests_add_idle(bench->guests);
	for (unsigned int i = 0; i < setting->domains; i++)
		libxl_makes(bench->admin, FIRST + i);
	for (unsigned int i = 0; i < setting->watchers; i++)
		add_watcher(bench, i);
}
