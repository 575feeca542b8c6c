/* SPDX-License-Identifier: MIT */

#include "xenstored/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define GO_ON       0
#define END_WELL    (1 + EXIT_SUCCESS)
#define END_BADLY   (1 + 2)
#define IGNORED     0x1000 /* long options of the stock daemons alone */
#define VERSION_OPT 0x1001

static const char usage[] =
	"usage: xenstored [OPTION]...\n"
	"Serve xenstore to the domains of a Xen host.\n"
	"\n"
	"  -F, --pid-file FILE       write the process id to FILE and lock it\n"
	"  -N, --no-fork             stay in the foreground\n"
	"  -V, --verbose             log more\n"
	"  -m, --master-domid ID     the domain that xenstored runs in (0)\n"
	"  -p, --priv-domid ID       the privileged domain (0)\n"
	"  -K, --keep-orphans        keep the nodes of domains that died\n"
	"  -w, --timeout watch-event=SECONDS\n"
	"                            how long a guest may leave an event "
	"unread\n"
	"                            (20; 0: for ever)\n"
	"  -Q, --quota NAME=NUMBER   limit what one guest may use; 0: no "
	"limit\n"
	"  -q, --quota-soft NAME=NUMBER\n"
	"                            warn above this (memory)\n"
	"  -E, --entry-nb NUMBER     the same as --quota nodes=NUMBER\n"
	"  -S, --entry-size BYTES    ... node-size\n"
	"  -W, --watch-nb NUMBER     ... watches\n"
	"  -t, --transaction NUMBER  ... transactions\n"
	"  -A, --perm-nb NUMBER      ... node-permissions\n"
	"  -M, --path-max BYTES      ... path-max\n"
	"  -H, --help                this list\n"
	"      --version             the version\n"
	"\n"
	"Environment: XENSTORED_PATH is the socket, XENSTORED_RUNDIR its "
	"folder\n"
	"(/run/xenstored).  See xenstored(8).\n";

static const struct option long_options[] = {
	{ "pid-file", required_argument, NULL, 'F' },
	{ "no-fork", no_argument, NULL, 'N' },
	{ "verbose", no_argument, NULL, 'V' },
	{ "master-domid", required_argument, NULL, 'm' },
	{ "priv-domid", required_argument, NULL, 'p' },
	{ "keep-orphans", no_argument, NULL, 'K' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "quota", required_argument, NULL, 'Q' },
	{ "quota-soft", required_argument, NULL, 'q' },
	{ "entry-nb", required_argument, NULL, 'E' },
	{ "entry-size", required_argument, NULL, 'S' },
	{ "watch-nb", required_argument, NULL, 'W' },
	{ "transaction", required_argument, NULL, 't' },
	{ "perm-nb", required_argument, NULL, 'A' },
	{ "path-max", required_argument, NULL, 'M' },
	{ "help", no_argument, NULL, 'H' },
	{ "version", no_argument, NULL, VERSION_OPT },
	/* Only the stock daemons': */
	{ "trace-file", required_argument, NULL, IGNORED },
	{ "trace-control", required_argument, NULL, IGNORED },
	{ "event", required_argument, NULL, IGNORED },
	{ "output-pid", no_argument, NULL, IGNORED },
	{ "no-domain-init", no_argument, NULL, IGNORED },
	{ "no-recovery", no_argument, NULL, IGNORED },
	{ "preserve-local", no_argument, NULL, IGNORED },
	{ "internal-db", optional_argument, NULL, IGNORED },
	{ "config-file", required_argument, NULL, IGNORED },
	{ "restart", no_argument, NULL, IGNORED },
	{ "no-access-log", no_argument, NULL, IGNORED },
	{ NULL },
};

static const char short_options[] = "F:NVm:p:Kw:Q:q:E:S:W:t:A:M:HT:e:PDRLI::";

static int complain(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "xenstored: %s: \"%s\" is not %s\n", option, value,
		wanted);
	return END_BADLY;
}

static int set_domid(const char *option, const char *value, domid_t *domid)
{
	uint32_t number;

	if (text_u32(value, &number) < 0 || number >= DOMID_ANY)
		return complain(option, value, "the number of a domain");

	*domid = number;
	return GO_ON;
}

static int set_limit(const char *option, const char *value,
		     struct quota_limits *limits, enum quota kind)
{
	uint32_t number;

	if (text_u32(value, &number) < 0 || number == QUOTA_INHERIT)
		return complain(option, value, "a number");

	limits->max[kind] = number;
	return GO_ON;
}

/* NAME=NUMBER */
static int set_quota(const char *option, const char *prefix, const char *value,
		     struct quota_limits *limits)
{
	const char *equals = strchr(value, '=');
	char name[64];
	enum quota kind;

	if (!equals)
		return complain(option, value, "NAME=NUMBER");

	snprintf(name, sizeof(name), "%s%.*s", prefix, (int)(equals - value),
		 value);
	if (quota_by_name(name, &kind) < 0)
		return complain(option, name, "the name of a quota");

	return set_limit(option, equals + 1, limits, kind);
}

static int set_timeout(const char *value, struct server_options *server)
{
	static const char name[] = "watch-event=";
	uint32_t seconds;

	if (strncmp(value, name, sizeof(name) - 1) ||
	    text_u32(value + sizeof(name) - 1, &seconds) < 0)
		return complain("--timeout", value, "watch-event=SECONDS");

	server->event_timeout_us = seconds * (uint64_t)1000000;
	return GO_ON;
}

/* The short options that set one limit. */
static int set_by_letter(int letter, const char *value,
			 struct quota_limits *limits)
{
	static const struct {
		char letter;
		enum quota kind;
	} letters[] = {
		{ 'E', QUOTA_NODES },
		{ 'S', QUOTA_NODE_SIZE },
		{ 'W', QUOTA_WATCHES },
		{ 't', QUOTA_TRANSACTIONS },
		{ 'A', QUOTA_NODE_PERMISSIONS },
		{ 'M', QUOTA_PATH_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (letters[i].letter == letter)
			return set_limit(quota_name(letters[i].kind), value,
					 limits, letters[i].kind);
	}

	return END_BADLY;
}

static int set(struct options *options, int letter, const char *value)
{
	struct server_options *server = &options->server;

	switch (letter) {
	case 'F':
		options->pid_file = value;
		return GO_ON;
	case 'N':
		options->foreground = true;
		return GO_ON;
	case 'V':
		options->verbose = true;
		return GO_ON;
	case 'K':
		server->keep_orphans = true;
		return GO_ON;
	case 'm':
		return set_domid("--master-domid", value, &server->domid);
	case 'p':
		return set_domid("--priv-domid", value, &server->priv);
	case 'w':
		return set_timeout(value, server);
	case 'Q':
		return set_quota("--quota", "", value, &server->limits);
	case 'q':
		return set_quota("--quota-soft", "soft-", value,
				 &server->limits);
	default:
		return set_by_letter(letter, value, &server->limits);
	}
}

static void ignore(struct options *options, const char *arg)
{
	if (options->n_ignored < ARRAY_SIZE(options->ignored))
		options->ignored[options->n_ignored++] = arg;
}

int options_parse(int argc, char **argv, struct options *options)
{
	int letter;
	int r = GO_ON;

	*options = (struct options){ 0 };
	server_defaults(&options->server);
	while (r == GO_ON && (letter = getopt_long(argc, argv, short_options,
						   long_options, NULL)) != -1) {
		if (letter == '?')
			return END_BADLY;
		if (letter == 'H') {
			fputs(usage, stdout);
			return END_WELL;
		}
		if (letter == VERSION_OPT) {
			puts("xenstored (xenpv) " XENPV_VERSION);
			return END_WELL;
		}
		if (letter == IGNORED || strchr("TePDRLI", letter))
			ignore(options, argv[optind - 1]);
		else
			r = set(options, letter, optarg);
	}

	if (r == GO_ON && optind < argc) {
		fprintf(stderr, "xenstored: what is \"%s\"?  see --help\n",
			argv[optind]);
		r = END_BADLY;
	}
	return r;
}
