/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * daemon - the hypervisor process.
 */

#include <stdbool.h>

/* Run in @dir until told to stop, or until SIGTERM or SIGINT.  Once programs
 * can connect, a byte is written to @ready, unless it is -1.  Returns the exit
 * status. */
int daemon_run(const char *dir, int ready, bool verbose);
