/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * nbd - a disk as a Network Block Device server on a Unix socket.
 */

#include "base/log.h"
#include "guest/blk/front.h"

/* Listen on @path, which is made anew, and serve the disk to any number of
 * clients, for as long as the result lives. */
struct nbd;
int nbd_new(void *mem, struct loop *loop, struct log *log, struct front *front,
	    const char *path, struct nbd **nbd);

/* Serve one client on a connected socket, which becomes ours. */
int nbd_adopt(struct nbd *nbd, int fd);
