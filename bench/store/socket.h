/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * socket - clients by the daemon's Unix socket, as the toolstack is one.
 */

#include <sys/types.h>

#include "bench/store/client.h"

/* Errors are noted in @trouble; NULL then. */
struct client *socket_client(void *mem, struct trouble *trouble,
			     const char *path, const char *home);

/* Who listens there: the daemon.  Negative is -errno. */
pid_t socket_peer(const char *path);
