/* SPDX-License-Identifier: MIT */

/*
 * blk-load - how fast a PV disk is, from within a guest.
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "guest/blk/load.h"
#include "guest/program.h"

struct options {
	struct load_plan plan;
	uint32_t disk;
	uint32_t order;
	bool json;
};

struct blk_load {
	struct program program;
	struct options options;
	struct front *front;
	struct load *load;
};

static const char usage[] =
	"usage: blk-load [OPTION...] read|write|randread|randwrite|verify\n"
	"\n"
	"  --bytes N        of an order, a multiple of 512 (4096)\n"
	"  --depth N        orders at once (1)\n"
	"  --disk NUMBER    the disk, as below device/vbd (51712, which is "
	"xvda)\n"
	"  --json           print an object\n"
	"  --ring-order N   use a ring of 2^N pages (0)\n"
	"  --seconds N      how long (5)\n"
	"  -h, --help       this list\n"
	"  -V, --version    the version\n"
	"\n"
	"All but read and randread destroy what is on the disk.\n";

enum { BYTES = 256, DEPTH, DISK, JSON, ORDER, SECONDS };

static const struct option long_options[] = {
	{ "bytes", required_argument, NULL, BYTES },
	{ "depth", required_argument, NULL, DEPTH },
	{ "disk", required_argument, NULL, DISK },
	{ "json", no_argument, NULL, JSON },
	{ "ring-order", required_argument, NULL, ORDER },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int parse_seconds(const char *text, struct load_plan *plan)
{
	uint32_t seconds;
	int r = text_u32(text, &seconds);

	plan->us = r < 0 ? 0 : seconds * UINT64_C(1000000);
	return r;
}

/* 0 to go on, 1 if all is said, negative if it is wrong. */
static int parse_option(struct options *options, int option)
{
	switch (option) {
	case BYTES:
		return text_u32(optarg, &options->plan.bytes);
	case DEPTH:
		return text_u32(optarg, &options->plan.depth);
	case DISK:
		return text_u32(optarg, &options->disk);
	case JSON:
		options->json = true;
		return 0;
	case ORDER:
		return text_u32(optarg, &options->order);
	case SECONDS:
		return parse_seconds(optarg, &options->plan);
	case 'h':
		fputs(usage, stdout);
		return 1;
	case 'V':
		printf("blk-load (xenpv) %s\n", XENPV_VERSION);
		return 1;
	default:
		return -1;
	}
}

static int parse_kind(const char *name, struct load_plan *plan)
{
	static const struct {
		const char *name;
		enum load_kind kind;
		bool random;
	} kinds[] = {
		{ "read", LOAD_READ, false },
		{ "write", LOAD_WRITE, false },
		{ "randread", LOAD_READ, true },
		{ "randwrite", LOAD_WRITE, true },
		{ "verify", LOAD_VERIFY, true },
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(name, kinds[i].name)) {
			plan->kind = kinds[i].kind;
			plan->random = kinds[i].random;
			return 0;
		}
	}

	return -1;
}

static bool makes_sense(const struct load_plan *plan)
{
	return plan->bytes && plan->bytes % BLK_SECTOR_SIZE == 0 &&
	       plan->bytes <= 1 << 26 && plan->depth && plan->depth <= 4096;
}

static int parse(struct options *options, int argc, char **argv)
{
	int option, r = 0;

	while (r == 0 && (option = getopt_long(argc, argv, "hV", long_options,
					       NULL)) != -1)
		r = parse_option(options, option);
	if (r == 0 &&
	    (optind != argc - 1 || parse_kind(argv[optind], &options->plan) ||
	     !makes_sense(&options->plan)))
		r = -1;
	if (r < 0)
		fputs(usage, stderr);

	return r;
}

static void report(const struct load_result *result,
		   const struct options *options)
{
	double seconds = result->us / 1e6;
	double bytes = (double)result->n * options->plan.bytes;
	const struct histogram *ns = &result->ns;

	printf(options->json
		       ? "{\"orders\": %" PRIu64 ", \"failed\": %" PRIu64
			 ", \"wrong\": %" PRIu64 ", \"seconds\": %.3f, "
			 "\"iops\": %.0f, \"mb_s\": %.1f, \"mean_us\": %.1f, "
			 "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": "
			 "%.1f, \"max_us\": %.1f}\n"
		       : "%" PRIu64 " orders, %" PRIu64 " failed, %" PRIu64
			 " wrong, in %.3f s\n%.0f IOPS, %.1f MB/s\nlatency in "
			 "us: mean %.1f, median %.1f, 99 %% %.1f, 99.9 %% "
			 "%.1f, maximum %.1f\n",
	       result->n, result->n_failed, result->n_wrong, seconds,
	       result->n / seconds, bytes / seconds / 1e6,
	       histogram_mean(ns) / 1e3, histogram_quantile(ns, 500) / 1e3,
	       histogram_quantile(ns, 990) / 1e3,
	       histogram_quantile(ns, 999) / 1e3, ns->max / 1e3);
}

static void done(void *arg)
{
	struct blk_load *self = arg;
	const struct load_result *result = load_result(self->load);

	report(result, &self->options);
	self->program.status = result->n_failed || result->n_wrong;
	front_close(self->front);
}

static void connected(void *arg)
{
	struct blk_load *self = arg;
	struct program *program = &self->program;
	int r = load_new(program->loop, program->loop, self->front,
			 &self->options.plan, done, self, &self->load);

	if (r < 0) {
		log_host(program->log, "cannot begin: %s", strerror(-r));
		program->status = EXIT_FAILURE;
		front_close(self->front);
	}
}

static void closed(void *arg, const char *why)
{
	struct blk_load *self = arg;

	if (why)
		log_host(self->program.log, "disk %u: %s", self->options.disk,
			 why);
	program_end(&self->program, why ? EXIT_FAILURE : self->program.status);
}

static void stop(void *arg)
{
	struct blk_load *self = arg;

	if (self->load)
		load_stop(self->load);
	else
		program_end(&self->program, EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	struct blk_load self = {
		.options = { .plan = { .bytes = 4096,
				       .depth = 1,
				       .us = 5000000 },
			     .disk = 51712 },
	};
	struct front_events events = { connected, closed, &self };
	struct program *program = &self.program;
	int r = parse(&self.options, argc, argv);

	if (r)
		return r < 0 ? 2 : EXIT_SUCCESS;
	if (program_open(program, "blk-load", false, stop, &self) < 0)
		return EXIT_FAILURE;
	if (front_new(program->loop, program->hv, program->xs,
		      self.options.disk, self.options.order, &events,
		      &self.front) < 0)
		return EXIT_FAILURE;

	return program_run(program);
}
