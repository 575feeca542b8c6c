/* SPDX-License-Identifier: MIT */

/*
 * cmd-list - what domains there are, and what they asked of the hypervisor.
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/array.h"
#include "sim/cli/command.h"
#include "sim/core/core.h"

static const char *const count_names[SIM_N_COUNTS] = {
	[SIM_COUNT_NOTIFY] = "notify",   [SIM_COUNT_EVENT] = "event",
	[SIM_COUNT_MAP] = "map",         [SIM_COUNT_UNMAP] = "unmap",
	[SIM_COUNT_COPY] = "copy",       [SIM_COUNT_COPY_BYTES] = "copy-bytes",
	[SIM_COUNT_FOREIGN] = "foreign", [SIM_COUNT_SHARE] = "share",
	[SIM_COUNT_CONTROL] = "control",
};

static const char *state_of(const struct sim_domain *row)
{
	if (row->state == SIM_DOMAIN_DYING)
		return "dying";
	if (row->is_shut_down)
		return "shutdown";

	return row->is_paused ? "paused" : "running";
}

/* A line for each domain, in between what @json needs. */
typedef void print_fn(uint16_t domid, const struct sim_domain *row, bool json);

static int print_all(print_fn *print, const char *title, bool json)
{
	const struct sim_tables *tables = sim_tables();
	const char *separator = "";

	if (!tables)
		return 1;

	printf("%s", json ? "[" : title);
	for (uint32_t i = 0; i < tables->domains_end; i++) {
		if (tables->domain[i].state == SIM_DOMAIN_NONE)
			continue;
		printf("%s", json ? separator : "");
		print((uint16_t)i, &tables->domain[i], json);
		separator = ",\n ";
	}
	printf("%s", json ? "]\n" : "");
	return 0;
}

static void print_row(uint16_t domid, const struct sim_domain *row, bool json)
{
	if (json)
		printf("{\"domid\": %u, \"state\": \"%s\", \"reason\": %u, "
		       "\"mapped\": %u, \"store-port\": %u, "
		       "\"store-gfn\": %u}",
		       domid, state_of(row), row->shutdown_reason,
		       row->n_mapped, row->store_port, row->store_frame);
	else
		printf("%5u  %-8s  %6u  %6u  %10u  %9u\n", domid, state_of(row),
		       row->shutdown_reason, row->n_mapped, row->store_port,
		       row->store_frame);
}

static void print_counts(uint16_t domid, const struct sim_domain *row,
			 bool json)
{
	printf(json ? "{\"domid\": %u" : "%u:", domid);
	for (size_t i = 0; i < SIM_N_COUNTS; i++)
		printf(json ? ", \"%s\": %" PRIu64 : " %s %" PRIu64,
		       count_names[i], row->count[i]);
	printf(json ? "}" : "\n");
}

static int run(const struct command *command, int argc, char **argv,
	       print_fn *print, const char *title)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },
		{ "json", 0, NULL, 'j' },
		{ 0 },
	};
	struct options options = { command, argc, argv, known };
	bool json = false;
	int option, status;

	while ((option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		json = true;
	}
	if (optind != argc)
		return fail_usage(command, "what is \"%s\"?", argv[optind]);

	return print_all(print, title, json);
}

static int run_list(int argc, char **argv)
{
	return run(&cmd_list, argc, argv, print_row,
		   "domid  state     reason  mapped  store-port  store-gfn\n");
}

const struct command cmd_list = {
	.name = "list",
	.arguments = "[--json]",
	.help = "show the domains\n"
		"\n"
		"  --json  as an array of objects\n"
		"\n"
		"The reason is that of its shutdown, as Xen numbers them; "
		"mapped\n"
		"are the pages of it that other domains have mapped.\n",
	.run = run_list,
};

static int run_stat(int argc, char **argv)
{
	return run(&cmd_stat, argc, argv, print_counts, "");
}

const struct command cmd_stat = {
	.name = "stat",
	.arguments = "[--json]",
	.help = "count what each domain asked of the hypervisor\n"
		"\n"
		"  --json  as an array of objects\n"
		"\n"
		"  notify      notifications it sent\n"
		"  event       notifications that reached it\n"
		"  map, unmap  pages granted to it that it mapped, unmapped\n"
		"  copy        pieces it copied by grant, and copy-bytes of "
		"them\n"
		"  foreign     pages it mapped by privilege\n"
		"  share       pages it granted\n"
		"  control     what the hypervisor process was asked for all "
		"that\n",
	.run = run_stat,
};
