/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * program - what the programs of a guest begin with: a loop, a log, the
 * hypervisor and xenstore.
 */

#include "base/log.h"
#include "hv/hv.h"
#include "xsclient/xs.h"

struct program {
	const char *name;
	struct loop *loop; /* the context of all the rest */
	struct log *log;
	struct hv *hv;
	struct xs_client *xs;
	int status; /* to exit with */
};

/* Open all that.  @stop, with @arg, is called on SIGINT and SIGTERM.  Returns 0
 * or what was logged. */
int program_open(struct program *program, const char *name, bool verbose,
		 loop_fn *stop, void *arg);

/* Run until program_end(); the status. */
int program_run(struct program *program);
void program_end(struct program *program, int status);
