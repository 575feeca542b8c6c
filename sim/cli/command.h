/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * command - what "xensim NAME" does, and the words that go with it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command {
	const char *name;
	const char *arguments; /* as the usage line shows them */
	const char *help;      /* a sentence, then a line for each option */
	int (*run)(int argc, char **argv); /* the exit status */
};

extern const struct command cmd_create, cmd_daemon, cmd_destroy, cmd_fault,
	cmd_list, cmd_run, cmd_shutdown, cmd_start, cmd_stat, cmd_stop;

/* How commands end that cannot do their work: a line to stderr and a status,
 * 2 for those that were called wrongly. */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fail_usage(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The options of a command, one after another. */
struct option;
struct options {
	const struct command *command;
	int argc;
	char **argv;
	const struct option *known;
};

/* The letter of the next option, its value in optarg; -1 after the last.  On
 * '?' the command is to return *@status: it was asked for help, or told
 * something that it does not know. */
int next_option(const struct options *options, int *status);

/* What an argument says; complaints name @what. */
bool read_domid(const char *text, uint16_t *domid);
bool read_number(const char *text, const char *what, uint32_t min, uint32_t max,
		 uint32_t *value);

/* A hypervisor can be asked; complains if not. */
bool is_running(void);
