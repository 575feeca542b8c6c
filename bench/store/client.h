/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * client - a client of xenstored that waits, and costs little.
 *
 * Requests are put together and sent in one go by client_send(); replies come
 * in the same order.  A failure of any client is noted in the struct trouble
 * that they share, and from then on all calls do nothing: whoever measures asks
 * once, last.  A reply that is an error is such a failure too, unless its
 * caller wanted to know.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/xs.h"

struct client;

struct trouble {
	int error; /* -errno, or 0 as long as all is well */
	char text[200];
};

/* Only the first is kept. */
void trouble_note(struct trouble *trouble, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* How bytes travel. */
struct wire {
	/* Send all. */
	int (*send)(void *arg, const void *bytes, size_t len);
	/* Wait for some; returns how many. */
	int (*receive)(void *arg, void *to, size_t size);
};

/* @home is where this client works: no two write below the same one. */
struct client *client_new(void *mem, struct trouble *trouble,
			  const struct wire *wire, void *arg, const char *home);
const char *client_home(const struct client *client);
struct trouble *client_trouble(const struct client *client);

/* A message of some strings.  Each ends with a NUL, but for the last one of a
 * WRITE. */
struct message {
	enum xs_type type;
	uint32_t tx;
	const char *part[4]; /* up to the first NULL */
};

void client_put(struct client *client, const struct message *message);
void client_send(struct client *client);

/* Wait for the next reply.  The payload is valid until the next call.  Watch
 * events that come before it are dropped. */
struct reply {
	uint32_t type;
	const char *payload;
	size_t len;
};
struct reply client_reply(struct client *client);

/* The same for a reply that may be an error: that error, or 0. */
int client_outcome(struct client *client);

/* Wait for @n watch events. */
void client_events(struct client *client, unsigned int n);

/* One request and its reply, where there is nothing to measure. */
struct reply client_ask(struct client *client, const struct message *message);
void client_write(struct client *client, uint32_t tx, const char *path,
		  const char *value);
/* It need not exist. */
void client_remove(struct client *client, const char *path);
