/* SPDX-License-Identifier: MIT */

/*
 * cmd-run - a program in a domain, with the libraries and files that it would
 * find on Xen.
 */

#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/cli/command.h"
#include "sim/cli/host.h"
#include "sim/core/core.h"

#define PRELOAD "libxensim-preload.so"

/* The libraries are all where the one is that we use ourselves. */
static const char *library_dir(void *mem)
{
	char path[PATH_MAX];
	char *slash;
	Dl_info info;

	if (!dladdr((void *)(uintptr_t)sim_call, &info) ||
	    !realpath(info.dli_fname, path))
		return NULL;

	slash = strrchr(path, '/');
	return talloc_strndup(mem, path, (size_t)(slash - path));
}

/* Add @value to a variable that is a list, in front of what is there. */
static bool prepend(void *mem, const char *name, const char *value)
{
	const char *old = getenv(name);

	if (old && *old)
		value = talloc_asprintf(mem, "%s:%s", value, old);

	return value && setenv(name, value, 1) == 0;
}

static bool set(void *mem, const char *name, bool overwrite, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));

static bool set(void *mem, const char *name, bool overwrite, const char *fmt,
		...)
{
	va_list args;
	char *value;

	va_start(args, fmt);
	value = talloc_vasprintf(mem, fmt, args);
	va_end(args);
	return value && setenv(name, value, overwrite) == 0;
}

/* In domain 0, xenstored is found by its run directory, and may be elsewhere
 * if the caller says so.  In the others the kernel leads to it. */
static bool set_paths(void *mem, uint16_t domid)
{
	const char *dir = getenv("XENSIM_DIR");
	bool done;

	done = set(mem, "XENSTORED_RUNDIR", domid != 0, "%s/%u/xenstored", dir,
		   domid) &&
	       set(mem, "XENSTORED_ROOTDIR", domid != 0, "%s/%u/xenstored", dir,
		   domid);
	if (domid != 0)
		done = done && set(mem, "XENSTORED_PATH", true, "%s/%u/xenbus",
				   dir, domid);
	return done;
}

/* A sanitizer wants to be loaded first, but ours does not mind. */
static bool set_environment(void *mem, uint16_t domid)
{
	const char *libs = library_dir(mem);
	const char *preload =
		libs ? talloc_asprintf(mem, "%s/" PRELOAD, libs) : NULL;

	return preload && set(mem, "XENSIM_DOMID", true, "%u", domid) &&
	       set_paths(mem, domid) && prepend(mem, "LD_LIBRARY_PATH", libs) &&
	       prepend(mem, "LD_PRELOAD", preload) &&
	       prepend(mem, "ASAN_OPTIONS", "verify_asan_link_order=0");
}

/* The program ends with us, and does not see the signals that we block. */
static void become(char **argv, const sigset_t *signals)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_SETMASK, signals, NULL);
	execvp(argv[0], argv);
	fail("%s: %m", argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Pass on the signals that tell a program to end, until it has. */
static bool has_ended(int signals, pid_t pid, int *status)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo == SIGCHLD)
		return waitpid(pid, status, WNOHANG) == pid;

	kill(pid, (int)info.ssi_signo);
	return false;
}

/* Wait for the program's end, or the end of the domain that it is in: there
 * our connection is closed. */
static int wait_for(pid_t pid, int signals)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = sim_connection(), .events = POLLIN },
	};
	int status;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents && has_ended(signals, pid, &status))
			return status_of(status);
		if (fds[1].revents) {
			kill(pid, SIGKILL);
			fds[1].fd = -1;
		}
	}
}

static int run_program(char **argv)
{
	CLEANUP(cleanup_fd) int signals = -1;
	sigset_t ours, before;
	pid_t pid;

	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &before);
	signals = signalfd(-1, &ours, SFD_CLOEXEC);
	if (signals < 0)
		return fail("signalfd: %m");

	pid = fork();
	if (pid == 0)
		become(argv, &before);
	if (pid < 0)
		return fail("fork: %m");

	return wait_for(pid, signals);
}

/* The domain has what programs look for, and its end will be ours. */
static int settle_in(uint16_t domid)
{
	struct sim_msg settle = { .op = SIM_SETTLE_IN, .other = domid };
	struct sim_msg outlive = { .op = SIM_OUTLIVE, .other = domid };
	int r;

	r = sim_call(&settle, NULL);
	return r < 0 ? r : sim_call(&outlive, NULL);
}

static int run_in(void *mem, uint16_t domid, char **argv)
{
	int r;

	if (!is_running())
		return 1;
	r = settle_in(domid);
	if (r == -ESRCH)
		return fail("there is no domain %u: xensim create makes one",
			    domid);
	if (r == -ESHUTDOWN)
		return fail("domain %u is shut down", domid);
	if (r < 0)
		return fail("domain %u: %s", domid, strerror(-r));
	if (!set_environment(mem, domid))
		return fail("the libraries are not where they should be");

	return run_program(argv);
}

static int run_hosted(void *mem, uint16_t domid, char **argv)
{
	struct host host;
	int status, r;

	r = host_start(mem, true, &host);
	if (r < 0)
		return fail("no hypervisor could be started: %s", strerror(-r));

	status = run_in(mem, domid, argv);
	if (!host_stop(&host))
		return fail("the hypervisor failed");

	return status;
}

static int run_run(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },
		{ "domid", 1, NULL, 'd' },
		{ 0 },
	};
	struct options options = { &cmd_run, argc, argv, known };
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	uint16_t domid = 0;
	int option, status;

	while ((option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		if (!read_domid(optarg, &domid))
			return 2;
	}
	if (optind == argc)
		return fail_usage(&cmd_run, "which program?");

	return getenv("XENSIM_DIR") ? run_in(mem, domid, argv + optind)
				    : run_hosted(mem, domid, argv + optind);
}

const struct command cmd_run = {
	.name = "run",
	.arguments = "[--domid N] [--] PROGRAM [ARGUMENT...]",
	.help = "run a program in a domain\n"
		"\n"
		"  --domid N  in which; 0 if not given\n"
		"\n"
		"Without XENSIM_DIR in the environment, a hypervisor is "
		"started\n"
		"that ends with the program.  The exit status is the "
		"program's,\n"
		"or 128 and the signal that ended it.  When the domain is "
		"shut\n"
		"down or destroyed, the program is killed.\n",
	.run = run_run,
};
