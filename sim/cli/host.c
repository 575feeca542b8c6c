/* SPDX-License-Identifier: MIT */

#include "sim/cli/host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/hypervisor/daemon.h"
#include "sim/hypervisor/dir.h"

static int make_dir(void *mem, const char **dir)
{
	const char *tmp = getenv("TMPDIR") ?: "/tmp";
	char *path = talloc_asprintf(mem, "%s/xensim-XXXXXX", tmp);

	if (!path)
		return -ENOMEM;
	if (!mkdtemp(path))
		return -errno;

	*dir = path;
	return setenv("XENSIM_DIR", path, 1) < 0 ? -errno : 0;
}

static void leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

/* Ctrl-C is meant for the program that runs, and for us after that. */
static void be_the_host(const char *dir, int ready, bool attached)
{
	int status;

	if (attached) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		setpgid(0, 0);
	} else {
		leave_terminal();
	}

	status = daemon_run(dir, ready, false);
	dir_remove(dir);
	exit(status);
}

static int wait_until_ready(int ready)
{
	char byte;

	return read(ready, &byte, 1) == 1 ? 0 : -EIO;
}

int host_start(void *mem, bool attached, struct host *host)
{
	CLEANUP(cleanup_fd) int ready = -1;
	int fds[2];
	int r;

	r = make_dir(mem, &host->dir);
	if (r < 0)
		return r;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;

	ready = fds[0];
	host->pid = fork();
	if (host->pid == 0)
		be_the_host(host->dir, fds[1], attached);
	close(fds[1]);
	if (host->pid < 0)
		return -errno;

	return wait_until_ready(ready);
}

bool host_stop(const struct host *host)
{
	int status;

	kill(host->pid, SIGTERM);
	if (waitpid(host->pid, &status, 0) == host->pid && status == 0)
		return true;

	dir_remove(host->dir); /* which it could not do */
	return false;
}
