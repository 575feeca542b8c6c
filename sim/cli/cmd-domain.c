/* SPDX-License-Identifier: MIT */

/*
 * cmd-domain - make domains and end them.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "sim/cli/command.h"
#include "sim/cli/introduce.h"
#include "sim/core/core.h"
#include "sim/xensim.h"

#define MEMORY_DEFAULT 64
#define MEMORY_MAX     (1024 * 1024)

static void print_domain(const struct xensim_domain *domain, bool json)
{
	if (json)
		printf("{\"domid\": %u, \"store-port\": %u, "
		       "\"store-gfn\": %lu, \"console-port\": %u, "
		       "\"console-gfn\": %lu}\n",
		       domain->domid, domain->store_port, domain->store_gfn,
		       domain->console_port, domain->console_gfn);
	else
		printf("%u: store-port %u store-gfn %lu console-port %u "
		       "console-gfn %lu\n",
		       domain->domid, domain->store_port, domain->store_gfn,
		       domain->console_port, domain->console_gfn);
}

struct wish {
	uint32_t domid; /* of the first */
	uint32_t count;
	uint32_t memory; /* MiB */
	bool json;
	bool introduce;
};

/* One domain, and what there is to say about it. */
static int create_one(const struct wish *wish, uint32_t domid)
{
	struct xensim_domain domain;
	int r;

	r = xensim_create((uint16_t)domid, (uint64_t)wish->memory << 20,
			  &domain);
	if (r == -EEXIST)
		return fail("domain %u is there already", domid);
	if (r < 0)
		return fail("create: %s", strerror(-r));
	print_domain(&domain, wish->json);

	r = wish->introduce ? introduce(&domain) : 0;
	if (r < 0)
		return fail("domain %u: xenstored: %s", domain.domid,
			    strerror(-r));
	return 0;
}

static int create(const struct wish *wish)
{
	if (!is_running())
		return 1;

	for (uint32_t i = 0; i < wish->count; i++) {
		uint32_t domid = wish->domid == XENSIM_ANY_DOMID
					 ? wish->domid
					 : wish->domid + i;
		int status = create_one(wish, domid);

		if (status)
			return status;
	}

	return 0;
}

static int run_create(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },
		{ "domid", 1, NULL, 'd' },
		{ "memory", 1, NULL, 'm' },
		{ "count", 1, NULL, 'n' },
		{ "json", 0, NULL, 'j' },
		{ "introduce", 0, NULL, 'i' },
		{ 0 },
	};
	struct options options = { &cmd_create, argc, argv, known };
	struct wish wish = { XENSIM_ANY_DOMID, 1, MEMORY_DEFAULT };
	int option, status;
	bool ok = true;

	while (ok && (option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		else if (option == 'd')
			ok = read_number(optarg, "a new domain", 1,
					 SIM_DOMAINS - 1, &wish.domid);
		else if (option == 'm')
			ok = read_number(optarg, "its memory in MiB", 1,
					 MEMORY_MAX, &wish.memory);
		else if (option == 'n')
			ok = read_number(optarg, "the count", 1,
					 SIM_DOMAINS - 1, &wish.count);
		else if (option == 'i')
			wish.introduce = true;
		else
			wish.json = true;
	}
	if (ok && optind != argc)
		return fail_usage(&cmd_create, "what is \"%s\"?", argv[optind]);

	return ok ? create(&wish) : 2;
}

const struct command cmd_create = {
	.name = "create",
	.arguments =
		"[--domid N] [--memory MIB] [--count N] [--introduce] [--json]",
	.help = "make a domain, as a domain builder leaves it\n"
		"\n"
		"  --domid N     its id, or that of the first of several\n"
		"  --memory MIB  how much it has; 64 if not given\n"
		"  --count N     make so many of them\n"
		"  --introduce   tell xenstored of it\n"
		"  --json        print an object for each\n"
		"\n"
		"It has a page for xenstore, granted to domain 0 as reference "
		"1,\n"
		"and a port for it, which domain 0 may bind; and the same for "
		"a\n"
		"console, as reference 0.  Both are printed.\n",
	.run = run_create,
};

/* The one argument of these commands is a domain. */
static bool read_only_domid(const struct options *options, uint16_t *domid,
			    int *status)
{
	if (optind == options->argc - 1) {
		*status = 2;
		return read_domid(options->argv[optind], domid);
	}

	*status = fail_usage(options->command, "which domain?");
	return false;
}

static int report(uint16_t domid, int r)
{
	if (r == -ESRCH)
		return fail("there is no domain %u", domid);
	if (r < 0)
		return fail("domain %u: %s", domid, strerror(-r));

	return 0;
}

static int run_destroy(int argc, char **argv)
{
	static const struct option known[] = { { "help", 0, NULL, 'h' },
					       { 0 } };
	struct options options = { &cmd_destroy, argc, argv, known };
	uint16_t domid;
	int status;

	if (next_option(&options, &status) == '?' ||
	    !read_only_domid(&options, &domid, &status))
		return status;

	return is_running() ? report(domid, xensim_destroy(domid)) : 1;
}

const struct command cmd_destroy = {
	.name = "destroy",
	.arguments = "DOMID",
	.help = "end a domain at once\n"
		"\n"
		"It is seen as dying until nobody has pages of it mapped.\n",
	.run = run_destroy,
};

static const char *const reasons[] = {
	"poweroff", "reboot", "suspend", "crash", "watchdog", "soft-reset",
};

static bool read_reason(const char *text, uint32_t *reason)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (!strcmp(text, reasons[i])) {
			*reason = i;
			return true;
		}
	}

	fail("unknown reason: %s", text);
	return false;
}

static int run_shutdown(int argc, char **argv)
{
	static const struct option known[] = {
		{ "help", 0, NULL, 'h' },
		{ "reason", 1, NULL, 'r' },
		{ 0 },
	};
	struct options options = { &cmd_shutdown, argc, argv, known };
	uint32_t reason = 0;
	int option, status;
	uint16_t domid;

	while ((option = next_option(&options, &status)) != -1) {
		if (option == '?')
			return status;
		if (!read_reason(optarg, &reason))
			return 2;
	}
	if (!read_only_domid(&options, &domid, &status))
		return status;

	return is_running() ? report(domid, xensim_shutdown(domid, reason)) : 1;
}

const struct command cmd_shutdown = {
	.name = "shutdown",
	.arguments = "[--reason REASON] DOMID",
	.help = "let a domain stop, as if its kernel had\n"
		"\n"
		"  --reason REASON  poweroff (if not given), reboot, suspend,\n"
		"                   crash, watchdog or soft-reset\n"
		"\n"
		"It stays, with its memory, until it is destroyed.\n",
	.run = run_shutdown,
};
