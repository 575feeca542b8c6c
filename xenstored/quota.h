/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * quota - what a domain may make us hold on its behalf.
 *
 * Each domain has an account.  What it holds is charged when it comes into
 * being and given back by its destructor, or, for nodes, counted as they come
 * and go.  Names, defaults and meanings are the stock daemon's; 0 is no limit.
 * Privileged domains have no limits, but are counted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quota {
	QUOTA_NODES,
	QUOTA_WATCHES,
	QUOTA_OUTSTANDING, /* requests whose reply was not read yet */
	QUOTA_MEMORY,      /* bytes */
	QUOTA_SOFT_MEMORY, /* bytes; above it there is a warning */
	QUOTA_TRANSACTIONS,
	QUOTA_TRANSACTION_NODES, /* that one transaction may touch */
	QUOTA_NODE_PERMISSIONS,  /* entries in the list of one node */
	QUOTA_PATH_MAX,          /* bytes of a path, without the home */
	QUOTA_NODE_SIZE,         /* bytes of a value */
	QUOTA_N_KINDS,
};

#define QUOTA_INHERIT UINT32_MAX /* of an account's limit: the global one */

/* The limits of all domains that have no own. */
struct quota_limits {
	uint32_t max[QUOTA_N_KINDS];
};

struct account {
	const struct quota_limits *global;
	uint32_t own[QUOTA_N_KINDS];  /* QUOTA_INHERIT, or its own limit */
	uint32_t used[QUOTA_N_KINDS]; /* only of kinds that are counted */
	uint32_t peak[QUOTA_N_KINDS]; /* the most that was ever used */
	bool unlimited;               /* a privileged domain's */
};

extern const struct quota_limits quota_defaults;

const char *quota_name(enum quota kind);

/* The kind of that name; the old names of some are known too.  -EINVAL. */
int quota_by_name(const char *name, enum quota *kind);

/* Whether usage is counted for it, or it is a limit of one thing only. */
bool quota_is_counted(enum quota kind);

void account_init(struct account *account, const struct quota_limits *global,
		  bool unlimited);

/* The limit that holds for the account; UINT32_MAX if there is none. */
uint32_t account_limit(const struct account *account, enum quota kind);

/* The same as it is written: 0 if there is none, and of a privileged domain
 * what would hold for it. */
uint32_t account_quota(const struct account *account, enum quota kind);

/* How much more may be used. */
uint32_t account_left(const struct account *account, enum quota kind);

/* Count what came or went, whatever the limit.  A count does not go below 0:
 * a mistake of ours must not stop the daemon, it shows in CONTROL "check". */
void account_add(struct account *account, enum quota kind, uint32_t amount);
void account_sub(struct account *account, enum quota kind, uint32_t amount);

/* A charge is a member of what it pays for, whose destructor drops it.
 * charge_make() returns 0, or -ENOSPC if the limit would be passed. */
struct charge {
	struct account *account;
	enum quota kind;
	uint32_t amount;
};

int charge_make(struct charge *charge, struct account *account, enum quota kind,
		uint32_t amount);
void charge_drop(struct charge *charge);
