/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/hypervisor/client.h"
#include "sim/hypervisor/dir.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/request.h"
#include "sim/kernel/kernel.h"

static void told_to_stop(void *arg)
{
	loop_stop(arg);
}

static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int start(void *mem, struct loop *loop, struct log *log, const char *dir,
		 struct machine **result)
{
	struct machine *machine;
	int r;

	r = machine_new(mem, loop, log, dir, &machine);
	if (r < 0)
		return r;

	machine->request = talloc_zero(machine, struct request);
	if (!machine->request)
		return -ENOMEM;
	machine->kernels = kernels_new(machine, machine);
	if (!machine->kernels)
		return -ENOMEM;
	r = domain_settle_in(domain_find(machine, 0));
	if (r < 0)
		return r;
	r = clients_listen(machine);
	if (r < 0)
		return r;
	r = loop_signal(machine, loop, SIGTERM, told_to_stop, loop);
	if (r < 0)
		return r;

	*result = machine;
	return loop_signal(machine, loop, SIGINT, told_to_stop, loop);
}

int daemon_run(const char *dir, int ready, bool verbose)
{
	CLEANUP(cleanup_talloc) void *mem = talloc_new(NULL);
	struct loop *loop = loop_new(mem);
	struct log *log =
		loop ? log_open(mem, loop, "xensim", verbose, NULL, NULL)
		     : NULL;
	struct machine *machine;
	int r;

	if (!log)
		return 1;

	signal(SIGPIPE, SIG_IGN);
	raise_fd_limit();
	r = start(mem, loop, log, dir, &machine);
	if (r < 0) {
		log_host(log, "%s: %s", dir, strerror(-r));
		return 1;
	}

	if (ready >= 0 && write(ready, "", 1) < 0)
		log_debug(log, "nobody waits for us");
	loop_run(loop);
	dir_remove_socket(machine, SIM_SOCKET);
	return 0;
}
