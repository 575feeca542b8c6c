/* SPDX-License-Identifier: MIT */

/*
 * domains - what comes and goes with a domain.
 */

#include <stdio.h>

#include "bench/store/bench.h"
#include "bench/store/guests.h"

#define FIRST 1 /* number of a domain that has only nodes */

static unsigned int make_domain(struct bench *bench)
{
	libxl_makes(bench->client[0], FIRST + bench->round);
	return 1;
}

static void find_hypervisor(struct bench *bench)
{
	if (!bench->guests)
		bench->guests = guests_new(bench->client, bench->admin);
}

static unsigned int introduce(struct bench *bench)
{
	guests_add_idle(bench->guests);
	return 1;
}

/* Death of a domain that owns one node. */

static void watch_deaths(struct bench *bench)
{
	find_hypervisor(bench);
	client_ask(bench->admin,
		   &(struct message){ XS_WATCH, 0, { "@releaseDomain", "d" } });
	client_write(bench->admin, 0, "/bench/settled", "");
}

static void make_mortal(struct bench *bench)
{
	char owner[16];

	bench->mortal = guests_add_idle(bench->guests);
	snprintf(owner, sizeof(owner), "n%u", bench->mortal);
	client_write(bench->admin, 0, "/bench/owned", "");
	client_ask(bench->admin,
		   &(struct message){
			   XS_SET_PERMS, 0, { "/bench/owned", owner } });
}

static bool is_introduced(struct bench *bench)
{
	char domid[16];
	struct reply reply;

	snprintf(domid, sizeof(domid), "%u", bench->mortal);
	reply = client_ask(
		bench->admin,
		&(struct message){ XS_IS_DOMAIN_INTRODUCED, 0, { domid } });
	return reply.type != XS_ERROR && reply.payload[0] == 'T';
}

static unsigned int end_mortal(struct bench *bench)
{
	guests_destroy(bench->guests, bench->mortal);
	do {
		client_events(bench->admin, 1);
	} while (is_introduced(bench));

	return 1;
}

const struct scenario domain_scenarios[] = {
	{ "domain", "the nodes that libxl makes for a guest", NULL, NULL,
	  make_domain },
	{ "introduce", "INTRODUCE of a domain", find_hypervisor, NULL,
	  introduce },
	{ "death", "a domain that owns one node is destroyed", watch_deaths,
	  make_mortal, end_mortal },
	{ NULL },
};
