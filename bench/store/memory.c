/* SPDX-License-Identifier: MIT */

/*
 * memory - clients that stay, so that they can be weighed.
 */

#include "bench/store/bench.h"
#include "bench/store/guests.h"

static unsigned int add_client(struct bench *bench)
{
	company_client(bench);
	return 1;
}

static void find_hypervisor(struct bench *bench)
{
	bench->guests = guests_new(bench->client, bench->admin);
}

/* One that has said something once. */
static unsigned int add_guest(struct bench *bench)
{
	struct client *client = guests_add(bench->guests);

	if (client)
		client_write(client, 0, "data", "");
	return 1;
}

const struct scenario memory_scenarios[] = {
	{ "idle-client", "a client that did one request", NULL, NULL,
	  add_client },
	{ "idle-guest", "a guest that did one request", find_hypervisor, NULL,
	  add_guest },
	{ NULL },
};
