/* SPDX-License-Identifier: MIT */

#include "xenstored/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "protocols/xs.h"
#include "xenstored/check.h"
#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/server.h"

#define ARGS_MAX 4

/* A command and its arguments. */
struct control {
	struct server *server;
	const char *arg[ARGS_MAX];
	unsigned int n_args;
	FILE *out; /* the answer */
};

static int run_check(struct control *c)
{
	return check_server(c->server, c->out);
}

static int run_log(struct control *c)
{
	bool on;

	if (c->n_args != 1)
		return -EINVAL;

	on = !strcmp(c->arg[0], "on");
	if (!on && strcmp(c->arg[0], "off"))
		return -EINVAL;

	log_set_verbose(c->server->log, on);
	fputs("OK", c->out);
	return 0;
}

static int run_memreport(struct control *c)
{
	talloc_report_full(c->server, c->out);
	return 0;
}

static int run_print(struct control *c)
{
	CLEANUP(cleanup_talloc) const char *text = NULL;

	if (c->n_args != 1)
		return -EINVAL;

	text = text_printable(NULL, c->arg[0], strlen(c->arg[0]));
	if (!text)
		return -ENOMEM;

	log_info(c->server->log, "%s", text);
	fputs("OK", c->out);
	return 0;
}

static void print_global(struct control *c)
{
	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		fprintf(c->out, "%-18s %10" PRIu32 "\n", quota_name(i),
			c->server->options.limits.max[i]);
}

static void print_account(struct control *c, const struct account *account)
{
	fprintf(c->out, "%-18s %10s %10s %10s\n", "", "used", "peak", "limit");
	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		if (!quota_is_counted(i))
			continue;
		fprintf(c->out,
			"%-18s %10" PRIu32 " %10" PRIu32 " %10" PRIu32 "\n",
			quota_name(i), account->used[i], account->peak[i],
			account_quota(account, i));
	}
}

/* quota max [-r]: the most that any domain used; -r starts anew. */
static int print_peaks(struct control *c)
{
	bool restart = c->n_args == 2 && !strcmp(c->arg[1], "-r");
	uint32_t peak[QUOTA_N_KINDS] = { 0 };
	struct domain *domain;

	if (c->n_args > 2 || (c->n_args == 2 && !restart))
		return -EINVAL;

	for (int id = -1; (domain = domain_next(c->server->domains, id));) {
		struct account *account = &domain->account;

		id = domain->id;
		for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
			if (!account->unlimited && account->peak[i] > peak[i])
				peak[i] = account->peak[i];
			if (restart)
				account->peak[i] = account->used[i];
		}
	}

	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		if (quota_is_counted(i))
			fprintf(c->out, "%-18s %10" PRIu32 "\n", quota_name(i),
				peak[i]);
	}
	return 0;
}

static int set_quota(struct control *c, const char *prefix)
{
	char name[64];
	enum quota kind;
	uint32_t value;

	if (c->n_args != 3)
		return -EINVAL;

	snprintf(name, sizeof(name), "%s%s", prefix, c->arg[1]);
	if (quota_by_name(name, &kind) < 0 || text_u32(c->arg[2], &value) < 0 ||
	    value == QUOTA_INHERIT)
		return -EINVAL;

	c->server->options.limits.max[kind] = value;
	fputs("OK", c->out);
	return 0;
}

static int run_quota(struct control *c)
{
	struct domain *domain;
	uint32_t id;

	if (!c->n_args) {
		print_global(c);
		return 0;
	}
	if (!strcmp(c->arg[0], "set"))
		return set_quota(c, "");
	if (!strcmp(c->arg[0], "max"))
		return print_peaks(c);

	if (c->n_args != 1 || text_u32(c->arg[0], &id) < 0 || id > UINT16_MAX)
		return -EINVAL;
	domain = domain_find(c->server->domains, id);
	if (!domain)
		return -ENOENT;

	print_account(c, &domain->account);
	return 0;
}

static int run_quota_soft(struct control *c)
{
	if (c->n_args && !strcmp(c->arg[0], "set"))
		return set_quota(c, "soft-");
	if (c->n_args)
		return -EINVAL;

	fprintf(c->out, "%-18s %10" PRIu32 "\n", "memory",
		c->server->options.limits.max[QUOTA_SOFT_MEMORY]);
	return 0;
}

static int run_help(struct control *c);

static const struct {
	const char *name;
	int (*run)(struct control *c);
	const char *usage;
} commands[] = {
	{ "check", run_check, "" },
	{ "help", run_help, "" },
	{ "log", run_log, "on|off" },
	{ "memreport", run_memreport, "" },
	{ "print", run_print, "<text>" },
	{ "quota", run_quota, "[<domid>|set <name> <value>|max [-r]]" },
	{ "quota-soft", run_quota_soft, "[set <name> <value>]" },
};

static int run_help(struct control *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(c->out, "%s %s\n", commands[i].name, commands[i].usage);

	return 0;
}

static int run(struct control *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return commands[i].run(c);
	}

	return -EINVAL;
}

int control_run(struct conn *conn, struct span args, char **text)
{
	struct control c = { .server = conn->server };
	const char *name = span_cstr(&args);
	char *answer = NULL;
	size_t len;
	int r;

	while (name && args.left && c.n_args < ARGS_MAX)
		c.arg[c.n_args++] = span_cstr(&args);
	if (!name || args.left || args.bad)
		return -EINVAL;

	c.out = open_memstream(&answer, &len);
	if (!c.out)
		return -ENOMEM;
	r = run(&c, name);
	fclose(c.out);

	*text = r == 0 ? talloc_strndup(NULL, answer, XS_PAYLOAD_MAX - 1)
		       : NULL;
	free(answer);
	return r == 0 && !*text ? -ENOMEM : r;
}
