/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * host - a hypervisor process that a command starts.
 */

#include <stdbool.h>
#include <sys/types.h>

struct host {
	const char *dir;
	pid_t pid;
};

/* In a folder of its own, which XENSIM_DIR names from now on.  @attached: it
 * ends with us.  0 or -errno. */
int host_start(void *mem, bool attached, struct host *host);

/* Stop an attached one; its folder goes with it.  Whether all went well. */
bool host_stop(const struct host *host);
