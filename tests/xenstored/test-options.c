/* SPDX-License-Identifier: MIT */

#include "xenstored/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/lib/test.h"

/* Parse "-N --verbose": what options_parse() says, without its words. */
static int parse(const char *line, struct options *options)
{
	static char copy[512];
	char *argv[32] = { (char[]){ "xenstored" } };
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *arg = strtok(copy, " "); arg; arg = strtok(NULL, " "))
		argv[argc++] = arg;
	optind = 0; /* glibc begins anew */
	opterr = 0;
	CHECK(freopen("/dev/null", "w", stderr));
	return options_parse(argc, argv, options);
}

TEST(without_options_there_are_good_defaults)
{
	struct options options;

	CHECK_EQ(parse("", &options), 0);
	CHECK_EQ(options.server.domid, 0);
	CHECK_EQ(options.server.priv, 0);
	CHECK_EQ(options.server.event_timeout_us, 20 * 1000000);
	CHECK(!options.server.keep_orphans);
	CHECK(!options.foreground);
	CHECK(!options.verbose);
	CHECK(!options.pid_file);
	CHECK_EQ(options.n_ignored, 0);
	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		CHECK_EQ(options.server.limits.max[i], quota_defaults.max[i]);
}

TEST(options_have_short_and_long_names)
{
	static const char *const lines[] = {
		"-N -V -K -F /pid -m 3 -p 4 -w watch-event=7",
		"--no-fork --verbose --keep-orphans --pid-file=/pid "
		"--master-domid=3 --priv-domid=4 --timeout=watch-event=7",
		"--no-fork --verbose --keep-orphans --pid-file /pid "
		"--master-domid 3 --priv-domid 4 --timeout watch-event=7",
	};
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		CHECK_EQ(parse(lines[i], &options), 0);
		CHECK(options.foreground && options.verbose);
		CHECK(options.server.keep_orphans);
		CHECK_STR(options.pid_file, "/pid");
		CHECK_EQ(options.server.domid, 3);
		CHECK_EQ(options.server.priv, 4);
		CHECK_EQ(options.server.event_timeout_us, 7000000);
	}
}

TEST(each_way_to_set_a_limit_sets_that_one)
{
	static const struct {
		const char *line;
		enum quota kind;
	} ways[] = {
		{ "-E 7", QUOTA_NODES },
		{ "--entry-nb=7", QUOTA_NODES },
		{ "-S 7", QUOTA_NODE_SIZE },
		{ "--entry-size=7", QUOTA_NODE_SIZE },
		{ "-W 7", QUOTA_WATCHES },
		{ "--watch-nb=7", QUOTA_WATCHES },
		{ "-t 7", QUOTA_TRANSACTIONS },
		{ "--transaction=7", QUOTA_TRANSACTIONS },
		{ "-A 7", QUOTA_NODE_PERMISSIONS },
		{ "--perm-nb=7", QUOTA_NODE_PERMISSIONS },
		{ "-M 7", QUOTA_PATH_MAX },
		{ "--path-max=7", QUOTA_PATH_MAX },
		{ "-Q outstanding=7", QUOTA_OUTSTANDING },
		{ "--quota=memory=7", QUOTA_MEMORY },
		{ "-Q transaction-nodes=7", QUOTA_TRANSACTION_NODES },
		{ "-q memory=7", QUOTA_SOFT_MEMORY },
		{ "--quota-soft=memory=7", QUOTA_SOFT_MEMORY },
	};
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		CHECK_EQ(parse(ways[i].line, &options), 0);
		for (size_t kind = 0; kind < QUOTA_N_KINDS; kind++)
			CHECK_EQ(options.server.limits.max[kind],
				 kind == ways[i].kind
					 ? 7
					 : quota_defaults.max[kind]);
	}
}

TEST(options_of_other_daemons_are_taken_and_remembered)
{
	struct options options;

	CHECK_EQ(parse("-T /trace -e 7 -P -D -R -L -I --internal-db "
		       "--trace-control=+obj --config-file=/x -N",
		       &options),
		 0);
	CHECK_EQ(options.n_ignored, 10);
	CHECK(options.foreground);
}

TEST(bad_options_end_the_program_badly)
{
	static const char *const bad[] = {
		"--none",
		"-x",
		"word",
		"-N word",
		"-E x",
		"-E",
		"-E -1",
		"-E 4294967295",
		"-E ''",
		"-m 32757",
		"-m x",
		"-m 65536",
		"-Q nodes",
		"-Q none=1",
		"-Q =1",
		"-Q nodes=x",
		"-Q nodes=",
		"-q nodes=1",
		"-w 7",
		"-w watch-event=",
		"-w watch-event=x",
		"--timeout",
	};
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(parse(bad[i], &options), 1 + 2);
}

TEST(help_and_version_end_the_program_well)
{
	struct options options;

	CHECK(freopen("/dev/null", "w", stdout));
	CHECK_EQ(parse("--help", &options), 1 + EXIT_SUCCESS);
	CHECK_EQ(parse("-H", &options), 1 + EXIT_SUCCESS);
	CHECK_EQ(parse("--version", &options), 1 + EXIT_SUCCESS);
}

TEST(there_is_room_for_ignored_options_without_end)
{
	char line[512] = "";
	struct options options;

	for (int i = 0; i < 25; i++)
		strcat(line, "-P ");
	CHECK_EQ(parse(line, &options), 0);
	CHECK_EQ(options.n_ignored, ARRAY_SIZE(options.ignored));
}

TEST(a_very_long_name_of_a_quota_is_no_name)
{
	char line[400] = "-Q ";
	struct options options;

	memset(line + 3, 'n', 300);
	strcpy(line + 303, "=1");
	CHECK_EQ(parse(line, &options), 1 + 2);
}
