/* SPDX-License-Identifier: MIT */

/*
 * cmd-fault - let requests go wrong.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "sim/cli/command.h"
#include "sim/core/core.h"
#include "sim/hypervisor/request.h"

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EACCES", EACCES }, { "EAGAIN", EAGAIN }, { "EBUSY", EBUSY },
	{ "EEXIST", EEXIST }, { "EINVAL", EINVAL }, { "EIO", EIO },
	{ "ENOENT", ENOENT }, { "ENOMEM", ENOMEM }, { "ENOSPC", ENOSPC },
	{ "ENOSYS", ENOSYS }, { "EPERM", EPERM },   { "ESRCH", ESRCH },
};

struct wish {
	uint32_t nth;
	uint32_t times;
	uint32_t domid;
	uint32_t ms;
	int error;
	bool drop;
};

static bool read_error(const char *text, int *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (!strcmp(text, errors[i].name)) {
			*error = errors[i].number;
			return true;
		}
	}

	fail("unknown error: %s", text);
	return false;
}

static bool read_option(int option, struct wish *wish)
{
	switch (option) {
	case 'n':
		return read_number(optarg, "which", 1, UINT32_MAX, &wish->nth);
	case 't':
		return read_number(optarg, "how many", 1, UINT32_MAX,
				   &wish->times);
	case 'd':
		return read_number(optarg, "a domain", 0, SIM_DOMAINS - 1,
				   &wish->domid);
	case 'm':
		return read_number(optarg, "the delay in ms", 1, 600000,
				   &wish->ms);
	case 'e':
		return read_error(optarg, &wish->error);
	default:
		wish->drop = true;
		return true;
	}
}

static bool find_op(const char *name, uint32_t *op)
{
	for (*op = 0; *op < SIM_N_OPS; (*op)++) {
		const char *known = request_name(*op);

		if (known && !strcmp(known, name))
			return true;
	}

	return false;
}

static void print_ops(void)
{
	printf("copy");
	for (uint32_t op = 0; op < SIM_N_OPS; op++)
		printf(" %s", request_name(op));
	printf("\n");
}

static int ask(uint32_t op, const struct wish *wish)
{
	struct sim_msg msg = {
		.op = SIM_FAULT,
		.other = (uint16_t)wish->domid,
		.arg = { op | (uint64_t)(wish->drop ? SIM_FAULT_DROP : 0) << 32,
			 wish->nth | (uint64_t)wish->times << 32,
			 (uint64_t)wish->error, wish->ms },
	};
	int r;

	r = sim_call(&msg, NULL);
	return r < 0 ? fail("fault: %s", strerror(-r)) : 0;
}

/* Copies are no requests: the programs look for this one themselves. */
static int fail_copy(const struct wish *wish)
{
	struct sim_tables *tables = sim_tables();

	if (!tables)
		return 1;
	if (wish->times > 1 || wish->ms || wish->drop || wish->error ||
	    wish->domid != SIM_DOMID_ANY)
		return fail_usage(&cmd_fault, "of copy, the Nth can fail, "
					      "that is all");

	__atomic_store_n(&tables->copy_fault, wish->nth, __ATOMIC_SEQ_CST);
	return 0;
}

static int plan(const char *name, struct wish *wish)
{
	uint32_t op;

	if (!strcmp(name, "list")) {
		print_ops();
		return 0;
	}
	if (!strcmp(name, "copy"))
		return fail_copy(wish);
	if (!find_op(name, &op))
		return fail_usage(&cmd_fault, "unknown request: %s", name);
	if (!is_running())
		return 1;

	if (!wish->error && !wish->ms && !wish->drop)
		wish->error = EIO;
	return ask(op, wish);
}

static int run_fault(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },  { "nth", 1, NULL, 'n' },
		{ "times", 1, NULL, 't' }, { "domid", 1, NULL, 'd' },
		{ "error", 1, NULL, 'e' }, { "delay", 1, NULL, 'm' },
		{ "drop", 0, NULL, 'x' },  { 0 },
	};
	struct options options = { &cmd_fault, argc, argv, known };
	struct wish wish = { .nth = 1, .times = 1, .domid = SIM_DOMID_ANY };
	int option, status;

	while ((option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		if (!read_option(option, &wish))
			return 2;
	}
	if (optind != argc - 1)
		return fail_usage(&cmd_fault, "which request?");

	return plan(argv[optind], &wish);
}

const struct command cmd_fault = {
	.name = "fault",
	.arguments = "[--nth N] [--times N] [--domid N] [--error NAME] "
		     "[--delay MS] [--drop] REQUEST",
	.help = "let a request go wrong\n"
		"\n"
		"  --nth N       the Nth such request from now on; 1 if not "
		"given\n"
		"  --times N     and so many of those after it, itself "
		"included\n"
		"  --domid N     only those by programs in that domain\n"
		"  --error NAME  it is not served; the error is EIO if "
		"neither\n"
		"                this nor one of the next two is given\n"
		"  --delay MS    the reply comes so much later\n"
		"  --drop        the connection is closed instead\n"
		"\n"
		"REQUEST is map, unmap and so on; \"xensim fault list\" lists "
		"them.\n"
		"Of \"copy\", grant copies, only --nth N can be chosen.\n",
	.run = run_fault,
};
