/* SPDX-License-Identifier: MIT */

/*
 * blk-nbd - a guest's PV disk as a Network Block Device.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/service.h"
#include "base/text.h"
#include "guest/blk/nbd.h"
#include "guest/program.h"

struct options {
	uint32_t disk;
	uint32_t order;
	bool verbose;
	const char *path;
};

struct blk_nbd {
	struct program program;
	struct options options;
	struct front *front;
	struct nbd *nbd;
};

static const char usage[] =
	"usage: blk-nbd [-v] [--disk NUMBER] [--ring-order N] SOCKET\n"
	"\n"
	"  --disk NUMBER    the disk, as below device/vbd (51712, which is "
	"xvda)\n"
	"  --ring-order N   use a ring of 2^N pages (0)\n"
	"  -v, --verbose    log more\n"
	"  -h, --help       this list\n"
	"  -V, --version    the version\n";

enum { OPTION_DISK = 256, OPTION_ORDER };

static const struct option long_options[] = {
	{ "disk", required_argument, NULL, OPTION_DISK },
	{ "ring-order", required_argument, NULL, OPTION_ORDER },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* 0 to go on, 1 if all is said, negative if it is wrong. */
static int parse_option(struct options *options, int option)
{
	switch (option) {
	case OPTION_DISK:
		return text_u32(optarg, &options->disk);
	case OPTION_ORDER:
		return text_u32(optarg, &options->order);
	case 'v':
		options->verbose = true;
		return 0;
	case 'h':
		fputs(usage, stdout);
		return 1;
	case 'V':
		printf("blk-nbd (xenpv) %s\n", XENPV_VERSION);
		return 1;
	default:
		return -1;
	}
}

static int parse(struct options *options, int argc, char **argv)
{
	int option, r = 0;

	while (r == 0 && (option = getopt_long(argc, argv, "vhV", long_options,
					       NULL)) != -1)
		r = parse_option(options, option);
	if (r == 0 && optind != argc - 1)
		r = -1;
	if (r < 0)
		fputs(usage, stderr);

	options->path = argv[optind];
	return r;
}

static void connected(void *arg)
{
	struct blk_nbd *self = arg;
	struct program *program = &self->program;
	int r = nbd_new(program->loop, program->loop, program->log, self->front,
			self->options.path, &self->nbd);

	if (r < 0) {
		log_host(program->log, "%s: %s", self->options.path,
			 strerror(-r));
		program->status = EXIT_FAILURE;
		front_close(self->front);
		return;
	}
	service_notify("READY=1");
}

static void closed(void *arg, const char *why)
{
	struct blk_nbd *self = arg;

	if (why)
		log_host(self->program.log, "disk %u: %s", self->options.disk,
			 why);
	program_end(&self->program, why ? EXIT_FAILURE : self->program.status);
}

static void stop(void *arg)
{
	struct blk_nbd *self = arg;

	front_close(self->front);
}

int main(int argc, char **argv)
{
	struct blk_nbd self = { .options.disk = 51712 };
	struct front_events events = { connected, closed, &self };
	struct program *program = &self.program;
	int r = parse(&self.options, argc, argv);

	if (r)
		return r < 0 ? 2 : EXIT_SUCCESS;
	if (program_open(program, "blk-nbd", self.options.verbose, stop,
			 &self) < 0)
		return EXIT_FAILURE;
	if (front_new(program->loop, program->hv, program->xs,
		      self.options.disk, self.options.order, &events,
		      &self.front) < 0)
		return EXIT_FAILURE;

	return program_run(program);
}
