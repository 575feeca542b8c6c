/* SPDX-License-Identifier: MIT */

/*
 * xenstored - the store that Dom0, driver domains and guests meet in.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/service.h"
#include "xenstored/options.h"
#include "xenstored/socket.h"

#define RUNDIR "/run/xenstored"

static void stop(void *arg)
{
	loop_stop(arg);
}

/* The socket's path: XENSTORED_PATH, or "socket" in the run directory. */
static char *socket_path(void *mem)
{
	const char *path = getenv("XENSTORED_PATH");
	const char *rundir = getenv("XENSTORED_RUNDIR") ?: RUNDIR;

	if (path)
		return talloc_strdup(mem, path);
	if (mkdir(rundir, 0755) < 0 && errno != EEXIST)
		return NULL;

	return talloc_asprintf(mem, "%s/socket", rundir);
}

static int fail(struct log *log, const char *what, int r)
{
	log_host(log, "%s: %s", what, strerror(-r));
	fprintf(stderr, "xenstored: %s: %s\n", what, strerror(-r));
	return EXIT_FAILURE;
}

static void warn_of_ignored(struct log *log, const struct options *options)
{
	for (unsigned int i = 0; i < options->n_ignored; i++)
		log_info(log, "option %s has no effect here",
			 options->ignored[i]);
}

/* Everything between the options and the loop. */
static int serve(void *mem, struct loop *loop, struct log *log,
		 const struct options *options, int *ready_fd)
{
	char *path = socket_path(mem);
	struct server *server;
	struct hv *hv;
	int r;

	if (!path)
		return fail(log, "no folder for the socket", -errno);
	if (options->pid_file) {
		r = service_pid_file(options->pid_file);
		if (r < 0)
			return fail(log, options->pid_file, r);
	}

	r = hv_open(mem, loop, &hv);
	if (r < 0)
		return fail(log, "cannot talk to Xen", r);
	r = server_new(mem, loop, hv, log, &options->server, &server);
	if (r < 0)
		return fail(log, "cannot start", r);
	r = socket_listen(server, path);
	if (r < 0)
		return fail(log, path, r);

	loop_signal(mem, loop, SIGTERM, stop, loop);
	loop_signal(mem, loop, SIGINT, stop, loop);
	service_notify("READY=1");
	if (!options->foreground)
		service_is_ready(ready_fd);

	loop_run(loop);
	unlink(path);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options;
	int ready_fd = -1;
	struct loop *loop;
	struct log *log;
	void *mem;
	int r;

	r = options_parse(argc, argv, &options);
	if (r)
		return r - 1;

	signal(SIGPIPE, SIG_IGN);
	if (!options.foreground) {
		r = service_detach(&ready_fd);
		if (r < 0) {
			fprintf(stderr, "xenstored: no background: %s\n",
				strerror(-r));
			return EXIT_FAILURE;
		}
		service_open_syslog("xenstored");
	}

	mem = talloc_new(NULL);
	loop = loop_new(mem);
	log = loop ? log_open(mem, loop, "xenstored", options.verbose,
			      options.foreground ? NULL : service_write_syslog,
			      NULL)
		   : NULL;
	if (!log)
		return EXIT_FAILURE;

	warn_of_ignored(log, &options);
	r = serve(mem, loop, log, &options, &ready_fd);
	talloc_free(mem);
	return r;
}
