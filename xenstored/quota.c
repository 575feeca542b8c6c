/* SPDX-License-Identifier: MIT */

#include "xenstored/quota.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"

static const struct {
	const char *name;
	bool counted;
} kinds[QUOTA_N_KINDS] = {
	[QUOTA_NODES] = { "nodes", true },
	[QUOTA_WATCHES] = { "watches", true },
	[QUOTA_OUTSTANDING] = { "outstanding", true },
	[QUOTA_MEMORY] = { "memory", true },
	[QUOTA_SOFT_MEMORY] = { "soft-memory", false },
	[QUOTA_TRANSACTIONS] = { "transactions", true },
	[QUOTA_TRANSACTION_NODES] = { "transaction-nodes", false },
	[QUOTA_NODE_PERMISSIONS] = { "node-permissions", false },
	[QUOTA_PATH_MAX] = { "path-max", false },
	[QUOTA_NODE_SIZE] = { "node-size", false },
};

/* Names that documents or older daemons use for the same things. */
static const struct {
	const char *name;
	enum quota kind;
} aliases[] = {
	{ "permissions", QUOTA_NODE_PERMISSIONS },
	{ "path-length", QUOTA_PATH_MAX },
	{ "size", QUOTA_NODE_SIZE },
};

const struct quota_limits quota_defaults = {
	.max = {
		[QUOTA_NODES] = 1000,
		[QUOTA_WATCHES] = 128,
		[QUOTA_OUTSTANDING] = 20,
		[QUOTA_MEMORY] = 2560 * 1024,
		[QUOTA_SOFT_MEMORY] = 2048 * 1024,
		[QUOTA_TRANSACTIONS] = 10,
		[QUOTA_TRANSACTION_NODES] = 1024,
		[QUOTA_NODE_PERMISSIONS] = 5,
		[QUOTA_PATH_MAX] = 2048,
		[QUOTA_NODE_SIZE] = 2048,
	},
};

const char *quota_name(enum quota kind)
{
	return kinds[kind].name;
}

bool quota_is_counted(enum quota kind)
{
	return kinds[kind].counted;
}

int quota_by_name(const char *name, enum quota *kind)
{
	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		if (!strcmp(name, kinds[i].name)) {
			*kind = i;
			return 0;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (!strcmp(name, aliases[i].name)) {
			*kind = aliases[i].kind;
			return 0;
		}
	}

	return -EINVAL;
}

void account_init(struct account *account, const struct quota_limits *global,
		  bool unlimited)
{
	*account = (struct account){ .global = global, .unlimited = unlimited };
	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		account->own[i] = QUOTA_INHERIT;
}

uint32_t account_quota(const struct account *account, enum quota kind)
{
	uint32_t own = account->own[kind];

	return own == QUOTA_INHERIT ? account->global->max[kind] : own;
}

uint32_t account_limit(const struct account *account, enum quota kind)
{
	return account->unlimited ? UINT32_MAX :
				    account_quota(account, kind) ?: UINT32_MAX;
}

uint32_t account_left(const struct account *account, enum quota kind)
{
	uint32_t limit = account_limit(account, kind);
	uint32_t used = account->used[kind];

	return used < limit ? limit - used : 0;
}

void account_add(struct account *account, enum quota kind, uint32_t amount)
{
	account->used[kind] += amount;
	if (account->used[kind] > account->peak[kind])
		account->peak[kind] = account->used[kind];
}

void account_sub(struct account *account, enum quota kind, uint32_t amount)
{
	uint32_t used = account->used[kind];

	account->used[kind] = amount < used ? used - amount : 0;
}

int charge_make(struct charge *charge, struct account *account, enum quota kind,
		uint32_t amount)
{
	if (amount > account_left(account, kind))
		return -ENOSPC;

	*charge = (struct charge){ account, kind, amount };
	account_add(account, kind, amount);
	return 0;
}

void charge_drop(struct charge *charge)
{
	if (charge->account)
		account_sub(charge->account, charge->kind, charge->amount);
	charge->account = NULL;
}
