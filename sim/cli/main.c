/* SPDX-License-Identifier: MIT */

/*
 * xensim - a hypervisor in user space: this is its command line.
 */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "sim/cli/command.h"
#include "sim/core/core.h"

static const struct command *const commands[] = {
	&cmd_run,  &cmd_start, &cmd_stop,     &cmd_daemon,  &cmd_create,
	&cmd_list, &cmd_stat,  &cmd_shutdown, &cmd_destroy, &cmd_fault,
};

static void print_help(FILE *to)
{
	fprintf(to, "usage: xensim COMMAND [ARGUMENT...]\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %s %s\n        %.*s\n", commands[i]->name,
			commands[i]->arguments,
			(int)strcspn(commands[i]->help, "\n"),
			commands[i]->help);
	fprintf(to, "\n\"xensim COMMAND --help\" says more, and so does "
		    "xensim(1).\n");
}

static void print_command_help(const struct command *command, FILE *to)
{
	fprintf(to, "usage: xensim %s %s\n\n%s", command->name,
		command->arguments, command->help);
}

int fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "xensim: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	return 1;
}

int fail_usage(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "xensim %s: ", command->name);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\nusage: xensim %s %s\n", command->name,
		command->arguments);
	va_end(args);
	return 2;
}

int next_option(const struct options *options, int *status)
{
	int option = getopt_long(options->argc, options->argv, "+:h",
				 options->known, NULL);

	switch (option) {
	case 'h':
		print_command_help(options->command, stdout);
		*status = 0;
		return '?';
	case '?':
		*status = fail_usage(options->command, "unknown option: %s",
				     options->argv[optind - 1]);
		return '?';
	case ':':
		*status = fail_usage(options->command, "%s needs a value",
				     options->argv[optind - 1]);
		return '?';
	default:
		return option;
	}
}

bool read_number(const char *text, const char *what, uint32_t min, uint32_t max,
		 uint32_t *value)
{
	if (text_u32(text, value) == 0 && *value >= min && *value <= max)
		return true;

	fail("%s is a number from %u to %u, not \"%s\"", what, min, max, text);
	return false;
}

bool read_domid(const char *text, uint16_t *domid)
{
	uint32_t value;

	if (!read_number(text, "a domain", 0, SIM_DOMAINS - 1, &value))
		return false;

	*domid = (uint16_t)value;
	return true;
}

bool is_running(void)
{
	return sim_tables() != NULL;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "help") || !strcmp(name, "--help") ||
	    !strcmp(name, "-h")) {
		print_help(stdout);
		return 0;
	}

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(name, commands[i]->name))
			return commands[i]->run(argc - 1, argv + 1);
	}

	if (*name)
		fail("unknown command: %s", name);
	print_help(stderr);
	return 2;
}
