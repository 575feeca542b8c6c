/* SPDX-License-Identifier: MIT */

/*
 * main - options, signals, and a connection to xenstore that comes back.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include "base/service.h"
#include "base/text.h"
#include "libpv/manager.h"

#define STATE_DIR "/run/xenpv"

/* How long a successor waits for disks that do not answer. */
#define LEAVE_US 5000000

/* How often we knock on the door of a xenstored that is away. */
#define KNOCK_US 1000000

struct program {
	const struct pv_backend *backend;
	struct pv_options options;
	const char *xenstore;
	bool verbose;

	struct loop *loop;
	struct log *log;
	struct pv *pv;
	struct xs_client *xs;
	struct loop_timer *knock;
	struct loop_timer *patience;
	bool drained;
};

static void usage(const struct program *program, FILE *out)
{
	fprintf(out,
		"usage: %s [-v] [-d GUEST] [--state DIR] [--xenstore PATH]\n"
		"\n"
		"  -d, --domid GUEST    serve this guest only\n"
		"      --state DIR      keep what is to outlive a crash here\n"
		"                       (" STATE_DIR ")\n"
		"      --xenstore PATH  the socket or device of xenstored\n"
		"  -v, --verbose        log more\n"
		"  -h, --help           this list\n"
		"  -V, --version        the version\n",
		program->backend->name);
}

static int parse_guest(struct program *program, const char *text)
{
	uint32_t guest;

	if (text_u32(text, &guest) < 0 || guest > UINT16_MAX)
		return -EINVAL;

	program->options.one_guest = true;
	program->options.guest = guest;
	return 0;
}

enum { OPTION_STATE = 256, OPTION_XENSTORE };

static const struct option long_options[] = {
	{ "domid", required_argument, NULL, 'd' },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "xenstore", required_argument, NULL, OPTION_XENSTORE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* 0 to go on, 1 if all is said, -EINVAL. */
static int parse_option(struct program *program, int option)
{
	switch (option) {
	case 'd':
		return parse_guest(program, optarg);
	case OPTION_STATE:
		program->options.state = optarg;
		return 0;
	case OPTION_XENSTORE:
		program->xenstore = optarg;
		return 0;
	case 'v':
		program->verbose = true;
		return 0;
	case 'h':
		usage(program, stdout);
		return 1;
	case 'V':
		printf("%s (xenpv) %s\n", program->backend->name,
		       XENPV_VERSION);
		return 1;
	default:
		return -EINVAL;
	}
}

static int parse(struct program *program, int argc, char **argv)
{
	int option, r = 0;

	while (r == 0 && (option = getopt_long(argc, argv, "d:vhV",
					       long_options, NULL)) != -1)
		r = parse_option(program, option);
	if (r == 0 && optind < argc)
		r = -EINVAL;
	if (r < 0)
		usage(program, stderr);

	return r;
}

/* The connection to xenstore */

static void lost(void *arg, int error)
{
	struct program *program = arg;

	log_host(program->log, "lost xenstore: %s", strerror(-error));
	pv_attach(program->pv, NULL);
	TALLOC_FREE(program->xs);
	loop_timer_set(program->knock, KNOCK_US);
}

static int connect(struct program *program)
{
	int r = xs_open(program->loop, program->loop, program->xenstore, lost,
			program, &program->xs);

	return r < 0 ? r : pv_attach(program->pv, program->xs);
}

static void knock(void *arg)
{
	struct program *program = arg;

	if (connect(program) < 0) {
		TALLOC_FREE(program->xs);
		loop_timer_set(program->knock, KNOCK_US);
		return;
	}
	log_info(program->log, "xenstore is back");
}

/* Signals */

static void left(void *arg)
{
	struct program *program = arg;

	program->drained = true;
	loop_stop(program->loop);
}

static void out_of_patience(void *arg)
{
	struct program *program = arg;

	log_host(program->log, "some requests are not answered; a successor "
			       "will do them again");
	loop_stop(program->loop);
}

static void terminate(void *arg)
{
	struct program *program = arg;

	service_notify("STOPPING=1");
	loop_timer_cancel(program->knock);
	loop_timer_set(program->patience, LEAVE_US);
	pv_leave(program->pv, left, program);
}

static void dump(void *arg)
{
	struct program *program = arg;

	pv_dump(program->pv);
}

static int listen_to_signals(struct program *program)
{
	struct loop *loop = program->loop;
	int r = loop_signal(loop, loop, SIGTERM, terminate, program);

	if (r == 0)
		r = loop_signal(loop, loop, SIGINT, terminate, program);
	if (r == 0)
		r = loop_signal(loop, loop, SIGUSR1, dump, program);

	return r;
}

/* Beginning */

static int make_state_dir(struct program *program)
{
	const char *dir = program->options.state;

	return mkdir(dir, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_service(struct program *program)
{
	struct loop *loop = program->loop;
	struct hv *hv;
	int r = hv_open(loop, loop, &hv);

	if (r < 0)
		return r;

	return pv_new(loop, loop, hv, program->log, program->backend,
		      &program->options, &program->pv);
}

static int fail(struct program *program, const char *what, int error)
{
	log_host(program->log, "%s: %s", what, strerror(-error));
	return EXIT_FAILURE;
}

static int run(struct program *program)
{
	int r = make_state_dir(program);

	if (r < 0)
		return fail(program, program->options.state, r);
	r = open_service(program);
	if (r < 0)
		return fail(program, "cannot talk to Xen", r);
	r = listen_to_signals(program);
	if (r < 0)
		return fail(program, "cannot listen to signals", r);
	r = connect(program);
	if (r < 0)
		return fail(program, "cannot talk to xenstore", r);

	service_notify("READY=1");
	loop_run(program->loop);
	return EXIT_SUCCESS;
}

static bool make_parts(struct program *program)
{
	struct loop *loop = loop_new(NULL);

	program->loop = loop;
	if (!loop)
		return false;

	program->log = log_open(loop, loop, program->backend->name,
				program->verbose, NULL, NULL);
	program->knock = loop_timer_new(loop, loop, knock, program);
	program->patience =
		loop_timer_new(loop, loop, out_of_patience, program);

	return program->log && program->knock && program->patience;
}

int pv_main(int argc, char **argv, const struct pv_backend *backend)
{
	struct program program = {
		.backend = backend,
		.options.state = STATE_DIR,
	};
	int r = parse(&program, argc, argv);

	if (r)
		return r < 0 ? 2 : EXIT_SUCCESS;

	signal(SIGPIPE, SIG_IGN);
	r = make_parts(&program) ? run(&program) : EXIT_FAILURE;
	if (program.drained) /* else memory is still in use by the kernel */
		talloc_free(program.loop);

	return r;
}
