/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * client - a program's connection, and one request after another on it.
 *
 * Nothing depends on a connection but what is being asked: what a program
 * holds, it holds through its handles.
 */

#include "sim/common/wire.h"
#include "sim/hypervisor/machine.h"

struct client {
	struct machine *machine;
	struct list link;
	struct list mourning; /* a domain, see SIM_OUTLIVE */
	int fd;
	domid_t domid; /* of the program, as it says */
	struct loop_fd *ready;
	struct loop_timer *delay;
	struct request *delayed;
	uint32_t *used; /* handles it opened or found */
	uint32_t n_used;
};

/* Take connections on $XENSIM_DIR/hypervisor. */
int clients_listen(struct machine *machine);

/* Close the connections of those who wanted to hear of this. */
void clients_mourn(struct list *mourners);

/* Should @client end, what it may have left half done with @handle is
 * repaired. */
int client_uses(struct client *client, uint32_t handle);
