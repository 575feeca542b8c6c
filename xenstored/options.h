/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * options - the command line, which is that of the stock daemons.
 *
 * Options that only they need are taken with a warning, so that scripts which
 * start them can start us.
 */

#include <stdbool.h>

#include "xenstored/server.h"

struct options {
	struct server_options server;
	const char *pid_file;
	bool foreground;
	bool verbose;
	const char *ignored[16]; /* options that do nothing here */
	unsigned int n_ignored;
};

/* Returns 0 to go on, or the exit status + 1 when there is nothing more to do:
 * after --help and --version, and after a complaint about a bad option. */
int options_parse(int argc, char **argv, struct options *options);
