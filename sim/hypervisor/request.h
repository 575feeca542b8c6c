/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * request - who may ask for what: a table of rows.
 */

#include <stddef.h>

#include "sim/common/wire.h"
#include "sim/hypervisor/client.h"

struct request {
	struct client *client;
	struct machine *machine;
	struct sim_msg msg;                 /* in, then out */
	uint32_t item[SIM_ITEMS_MAX];       /* in */
	uint32_t reply_item[SIM_ITEMS_MAX]; /* out */
	uint32_t n_reply;
	int fd[SIM_FDS_MAX];
	size_t n_fds;
	bool close_fds; /* once they are sent */
};

/* Serve @req, which becomes its own reply.  @len: bytes that came. */
void request_serve(struct request *req, size_t len);

/* Or make it the reply that nothing was done but @error. */
void request_refuse(struct request *req, int error);

/* Forget the descriptors of the reply. */
void request_drop_fds(struct request *req);

/* "map" for SIM_MAP; NULL if there is none.  The other way: -ENOENT. */
const char *request_name(uint32_t op);
