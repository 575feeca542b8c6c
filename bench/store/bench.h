/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * bench - what is measured, and beside what.
 *
 * A scenario is prepared once.  Then steps of it are measured, as many as time
 * allows.  See the tables at the end of each scenario's file.
 */

#include <stdint.h>

#include "base/xen.h"
#include "bench/store/client.h"

struct guests;

/* The command line. */
struct setting {
	const char *socket;
	/* who takes part */
	bool rings; /* guests do, not clients by sockets */
	unsigned int clients;
	unsigned int depth;    /* requests of each in flight */
	unsigned int children; /* of the directory that is listed */
	/* who is merely there */
	unsigned int idle;    /* clients by sockets */
	unsigned int guests;  /* domains that xenstored serves */
	unsigned int domains; /* that have only nodes */
	unsigned int watchers;
	unsigned int watches; /* of each watcher */
};

struct bench {
	struct setting setting;
	struct trouble trouble;
	struct client *admin;
	struct client **client; /* of those who take part */
	struct guests *guests;  /* NULL if there are none */
	unsigned int round;     /* steps so far, for names that are new */
	domid_t mortal;         /* the domain that dies next */
	uint64_t failed;        /* attempts that were in vain */
};

struct scenario {
	const char *name;
	const char *help;
	void (*begin)(struct bench *bench); /* once; may be NULL */
	void (*prepare)(
		struct bench *bench); /* before each step; may be NULL */
	unsigned int (*step)(struct bench *bench); /* how much it did */
};

/* Each table ends with a row without a name. */
extern const struct scenario request_scenarios[];
extern const struct scenario txn_scenarios[];
extern const struct scenario watch_scenarios[];
extern const struct scenario domain_scenarios[];
extern const struct scenario memory_scenarios[];

/* Those who are merely there; and one more of them, by socket. */
void company_arrives(struct bench *bench);
struct client *company_client(struct bench *bench);

/* The nodes that libxl makes for domain number @n. */
void libxl_makes(struct client *client, unsigned int n);
