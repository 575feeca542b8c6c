/* SPDX-License-Identifier: MIT */

#include "guest/program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static void lost(void *arg, int error)
{
	struct program *program = arg;

	log_host(program->log, "lost xenstore: %s", strerror(-error));
	program_end(program, EXIT_FAILURE);
}

static int fail(struct program *program, const char *what, int error)
{
	log_host(program->log, "%s: %s", what, strerror(-error));
	return error;
}

int program_open(struct program *program, const char *name, bool verbose,
		 loop_fn *stop, void *arg)
{
	struct loop *loop = loop_new(NULL);
	int r;

	*program = (struct program){ .name = name, .loop = loop };
	if (loop)
		program->log = log_open(loop, loop, name, verbose, NULL, NULL);
	if (!program->log)
		return -ENOMEM;

	signal(SIGPIPE, SIG_IGN);
	r = loop_signal(loop, loop, SIGINT, stop, arg);
	if (r == 0)
		r = loop_signal(loop, loop, SIGTERM, stop, arg);
	if (r < 0)
		return fail(program, "cannot listen to signals", r);
	r = hv_open(loop, loop, &program->hv);
	if (r < 0)
		return fail(program, "cannot talk to Xen", r);
	r = xs_open(loop, loop, NULL, lost, program, &program->xs);
	if (r < 0)
		return fail(program, "cannot talk to xenstore", r);

	return 0;
}

int program_run(struct program *program)
{
	loop_run(program->loop);
	talloc_free(program->loop);
	return program->status;
}

void program_end(struct program *program, int status)
{
	program->status = status;
	loop_stop(program->loop);
}
