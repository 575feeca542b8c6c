/* SPDX-License-Identifier: MIT */

/*
 * store-bench - measures one scenario against one xenstored.
 *
 * Whoever compares several daemons runs one of these beside each, and lets them
 * measure in turns: each line of input is a measurement, whose result is a line
 * of JSON.
 */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "bench/store/bench.h"
#include "bench/store/guests.h"
#include "bench/store/meter.h"
#include "bench/store/socket.h"

#define CLIENTS_MAX 20000
#define PATIENCE_S  300 /* with preparations, and a measurement */

/* When a measurement ends. */
struct limit {
	uint64_t ns;
	uint64_t count; /* of what is measured: requests, domains, ... */
};

static const struct scenario *const tables[] = {
	request_scenarios, txn_scenarios,    watch_scenarios,
	domain_scenarios,  memory_scenarios,
};

static const char usage[] =
	"usage: store-bench [OPTION]... SCENARIO\n"
	"Measure what a scenario costs a xenstored.\n"
	"\n"
	"  --socket PATH    of the daemon (XENSTORED_PATH, or socket in\n"
	"                   XENSTORED_RUNDIR)\n"
	"  --rings          clients are guests of xensim, with rings\n"
	"  --clients N      how many take part (1)\n"
	"  --depth N        requests of each in flight (1)\n"
	"  --children N     of the directory that is listed (10)\n"
	"beside:\n"
	"  --idle N         other clients, by sockets\n"
	"  --guests N       other guests, of xensim\n"
	"  --domains N      nodes of as many domains\n"
	"  --watchers N, --watches M\n"
	"                   N clients with M watches each\n"
	"\n"
	"Prints the daemon's process id when all is prepared.  Then each line\n"
	"of input, \"MILLISECONDS COUNT\", is a measurement that ends when\n"
	"either is reached.\n"
	"\n"
	"Scenarios:\n";

static void print_usage(FILE *file)
{
	fputs(usage, file);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct scenario *s = tables[i]; s->name; s++)
			fprintf(file, "  %-15s  %s\n", s->name, s->help);
	}
}

static const struct scenario *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct scenario *s = tables[i]; s->name; s++) {
			if (!strcmp(s->name, name))
				return s;
		}
	}

	return NULL;
}

static const struct option options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "rings", no_argument, NULL, 'r' },
	{ "clients", required_argument, NULL, 'c' },
	{ "depth", required_argument, NULL, 'd' },
	{ "children", required_argument, NULL, 'n' },
	{ "idle", required_argument, NULL, 'i' },
	{ "guests", required_argument, NULL, 'g' },
	{ "domains", required_argument, NULL, 'D' },
	{ "watchers", required_argument, NULL, 'w' },
	{ "watches", required_argument, NULL, 'W' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL },
};

/* Where an option's number goes. */
static unsigned int *number_of(struct setting *setting, int option)
{
	switch (option) {
	case 'c':
		return &setting->clients;
	case 'd':
		return &setting->depth;
	case 'n':
		return &setting->children;
	case 'i':
		return &setting->idle;
	case 'g':
		return &setting->guests;
	case 'D':
		return &setting->domains;
	case 'w':
		return &setting->watchers;
	default:
		return &setting->watches;
	}
}

/* Whether the command line is understood; the scenario is NULL for --help. */
static bool read_options(int argc, char **argv, struct setting *setting,
			 const struct scenario **scenario)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == 'h')
			return true;
		if (option == 's')
			setting->socket = optarg;
		else if (option == 'r')
			setting->rings = true;
		else if (text_u32(optarg, number_of(setting, option)) < 0)
			return false;
	}

	if (optind != argc - 1 || !setting->clients || !setting->depth ||
	    setting->clients > CLIENTS_MAX)
		return false;

	*scenario = find(argv[optind]);
	return *scenario != NULL;
}

/* Where the daemon is if nobody says so. */
static const char *default_socket(void *mem)
{
	const char *rundir = getenv("XENSTORED_RUNDIR") ?: "/run/xenstored";

	return getenv("XENSTORED_PATH")
		       ?: talloc_asprintf(mem, "%s/socket", rundir);
}

/* The first client by a socket is also who prepares things. */
static void open_clients(struct bench *bench)
{
	const struct setting *setting = &bench->setting;

	bench->admin = socket_client(bench->client, &bench->trouble,
				     setting->socket, "/bench/0");
	if (!bench->admin)
		return;
	company_arrives(bench);
	for (unsigned int i = 0; i < setting->clients; i++) {
		char home[32];

		snprintf(home, sizeof(home), "/bench/%u", i);
		if (setting->rings)
			bench->client[i] = guests_add(bench->guests);
		else if (i == 0)
			bench->client[i] = bench->admin;
		else
			bench->client[i] =
				socket_client(bench->client, &bench->trouble,
					      setting->socket, home);
		if (bench->trouble.error)
			return;
	}
}

/* As much as there is time for; how much that was. */
static uint64_t run(struct bench *bench, const struct scenario *scenario,
		    struct meter *meter, const struct limit *limit)
{
	uint64_t end = now_ns() + limit->ns;
	uint64_t done = 0;

	meter_reset(meter);
	while (!bench->trouble.error && done < limit->count && now_ns() < end) {
		if (scenario->prepare)
			scenario->prepare(bench);
		if (scenario->prepare || done == 0)
			meter_start(meter);
		done += scenario->step(bench);
		if (scenario->prepare)
			meter_stop(meter);
		bench->round++;
	}
	if (!scenario->prepare)
		meter_stop(meter);

	return done;
}

static void measure(struct bench *bench, const struct scenario *scenario,
		    struct meter *meter, const struct limit *limit)
{
	uint64_t before = 0, after = 0;
	uint64_t done;
	int r;

	bench->failed = 0;
	r = meter_rss(meter, &before);
	done = run(bench, scenario, meter, limit);
	if (r == 0)
		r = meter_rss(meter, &after);
	if (r < 0)
		trouble_note(&bench->trouble, r, "memory: %s", strerror(-r));
	if (bench->trouble.error)
		return;

	printf("{\"done\": %" PRIu64 ", \"failed\": %" PRIu64
	       ", \"wall_ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64
	       ", \"rss\": %" PRId64 "}\n",
	       done, bench->failed, meter->wall_ns, meter->cpu_ns,
	       (int64_t)(after - before));
	fflush(stdout);
}

static bool read_limit(struct limit *limit)
{
	uint64_t ms;

	if (scanf("%" SCNu64 "%" SCNu64, &ms, &limit->count) != 2)
		return false;

	limit->ns = ms * 1000000;
	return true;
}

static void serve(struct bench *bench, const struct scenario *scenario,
		  struct meter *meter)
{
	struct limit limit;

	printf("{\"pid\": %d}\n", meter->pid);
	fflush(stdout);
	while (!bench->trouble.error && read_limit(&limit)) {
		alarm(PATIENCE_S);
		measure(bench, scenario, meter, &limit);
	}
}

static int start(struct bench *bench, const struct scenario *scenario)
{
	pid_t pid = socket_peer(bench->setting.socket);
	struct meter meter;
	int r = pid < 0 ? pid : meter_open(&meter, pid);

	alarm(PATIENCE_S); /* a daemon that says nothing ends us */
	if (r < 0)
		trouble_note(&bench->trouble, r, "%s: %s",
			     bench->setting.socket, strerror(-r));
	else
		open_clients(bench);
	if (!bench->trouble.error && scenario->begin)
		scenario->begin(bench);
	if (!bench->trouble.error)
		serve(bench, scenario, &meter);

	if (!bench->trouble.error)
		return EXIT_SUCCESS;
	fprintf(stderr, "store-bench: %s: %s\n", scenario->name,
		bench->trouble.text);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	const struct scenario *scenario = NULL;
	struct bench bench = {
		.setting = { .clients = 1, .depth = 1, .children = 10 },
	};

	bench.setting.socket = default_socket(mem);
	if (!read_options(argc, argv, &bench.setting, &scenario)) {
		print_usage(stderr);
		return 2;
	}
	if (!scenario) {
		print_usage(stdout);
		return EXIT_SUCCESS;
	}

	bench.client =
		talloc_zero_array(mem, struct client *, bench.setting.clients);
	return start(&bench, scenario);
}
