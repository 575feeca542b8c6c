/* SPDX-License-Identifier: MIT */

/*
 * cmd-host - start, stop and be the hypervisor process.
 */

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/cli/command.h"
#include "sim/cli/host.h"
#include "sim/core/core.h"
#include "sim/hypervisor/daemon.h"

#define STOP_MS_MAX 5000

static const struct option only_help[] = { { "help", 0, NULL, 'h' }, { 0 } };

/* For commands without options and arguments. */
static bool has_nothing(const struct command *command, int argc, char **argv,
			int *status)
{
	struct options options = { command, argc, argv, only_help };

	if (next_option(&options, status) == '?')
		return false;
	if (optind == argc)
		return true;

	*status = fail_usage(command, "no arguments are needed");
	return false;
}

static int run_start(int argc, char **argv)
{
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	struct host host;
	int status, r;

	if (!has_nothing(&cmd_start, argc, argv, &status))
		return status;
	r = host_start(mem, false, &host);
	if (r < 0)
		return fail("no hypervisor could be started: %s", strerror(-r));

	printf("export XENSIM_DIR=%s\n", host.dir);
	return 0;
}

const struct command cmd_start = {
	.name = "start",
	.arguments = "",
	.help = "start a hypervisor, for: eval \"$(xensim start)\"\n"
		"\n"
		"It goes on in the background until \"xensim stop\".  What is\n"
		"printed names it to the commands that follow.\n",
	.run = run_start,
};

/* The hypervisor process, as a descriptor that is readable once it is gone. */
static int watch_process(void)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(sim_connection(), SOL_SOCKET, SO_PEERCRED, &peer, &len) <
	    0)
		return -errno;

	return (int)syscall(SYS_pidfd_open, peer.pid, 0);
}

static int run_stop(int argc, char **argv)
{
	struct sim_msg msg = { .op = SIM_STOP };
	CLEANUP(cleanup_fd) int process = -1;
	struct pollfd end = { .events = POLLIN };
	int status, r;

	if (!has_nothing(&cmd_stop, argc, argv, &status))
		return status;
	if (!is_running())
		return 1;

	process = watch_process();
	r = sim_call(&msg, NULL);
	if (r < 0)
		return fail("stop: %s", strerror(-r));

	end.fd = process;
	poll(&end, 1, STOP_MS_MAX);
	return 0;
}

const struct command cmd_stop = {
	.name = "stop",
	.arguments = "",
	.help = "end the hypervisor that XENSIM_DIR names\n",
	.run = run_stop,
};

static int run_daemon(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },
		{ "verbose", 0, NULL, 'v' },
		{ 0 },
	};
	struct options options = { &cmd_daemon, argc, argv, known };
	bool verbose = false;
	int option, status;

	while ((option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		verbose |= option == 'v';
	}
	if (optind != argc - 1)
		return fail_usage(&cmd_daemon, "in which folder?");

	return daemon_run(argv[optind], -1, verbose);
}

const struct command cmd_daemon = {
	.name = "daemon",
	.arguments = "[--verbose] DIR",
	.help = "be a hypervisor, in the foreground, for XENSIM_DIR=DIR\n"
		"\n"
		"  --verbose  say more about what programs ask for\n",
	.run = run_daemon,
};
