/* SPDX-License-Identifier: MIT */

#include "xenstored/quota.h"

#include <errno.h>
#include <talloc.h>

#include "tests/lib/test.h"

/* An account for so many nodes, and the limits of all. */
struct fixture {
	struct quota_limits limits;
	struct account account;
};

static struct fixture *fresh(struct test *t, uint32_t nodes)
{
	struct fixture *f = talloc_zero(t->mem, struct fixture);

	f->limits = quota_defaults;
	f->limits.max[QUOTA_NODES] = nodes;
	account_init(&f->account, &f->limits, false);
	return f;
}

TEST(what_is_charged_is_given_back)
{
	struct fixture *f = fresh(t, 10);
	struct charge charge;

	CHECK_EQ(charge_make(&charge, &f->account, QUOTA_NODES, 4), 0);
	CHECK_EQ(f->account.used[QUOTA_NODES], 4);
	CHECK_EQ(account_left(&f->account, QUOTA_NODES), 6);
	charge_drop(&charge);
	charge_drop(&charge);
	CHECK_EQ(f->account.used[QUOTA_NODES], 0);
	CHECK_EQ(f->account.peak[QUOTA_NODES], 4);
}

TEST(a_limit_may_be_used_up_but_not_passed)
{
	struct fixture *f = fresh(t, 10);
	struct charge a, b;

	CHECK_EQ(charge_make(&a, &f->account, QUOTA_NODES, 10), 0);
	CHECK_EQ(charge_make(&b, &f->account, QUOTA_NODES, 1), -ENOSPC);
	CHECK_EQ(charge_make(&b, &f->account, QUOTA_NODES, UINT32_MAX),
		 -ENOSPC);
	CHECK_EQ(f->account.used[QUOTA_NODES], 10);
}

TEST(nothing_is_left_when_a_limit_falls_below_what_is_used)
{
	struct fixture *f = fresh(t, 10);
	struct charge charge;

	CHECK_EQ(charge_make(&charge, &f->account, QUOTA_NODES, 10), 0);
	f->limits.max[QUOTA_NODES] = 5;
	CHECK_EQ(account_left(&f->account, QUOTA_NODES), 0);
	charge_drop(&charge);
	CHECK_EQ(account_left(&f->account, QUOTA_NODES), 5);
}

TEST(an_own_limit_goes_before_the_one_of_all)
{
	struct fixture *f = fresh(t, 10);

	f->account.own[QUOTA_NODES] = 20;
	CHECK_EQ(account_limit(&f->account, QUOTA_NODES), 20);
	f->account.own[QUOTA_NODES] = 5;
	CHECK_EQ(account_limit(&f->account, QUOTA_NODES), 5);
	CHECK_EQ(account_quota(&f->account, QUOTA_NODES), 5);
}

TEST(zero_is_no_limit)
{
	struct fixture *f = fresh(t, 0);
	struct charge charge;

	CHECK_EQ(account_limit(&f->account, QUOTA_NODES), UINT32_MAX);
	CHECK_EQ(account_quota(&f->account, QUOTA_NODES), 0);
	CHECK_EQ(charge_make(&charge, &f->account, QUOTA_NODES, 1000000), 0);
	f->account.own[QUOTA_NODES] = 7;
	CHECK_EQ(account_limit(&f->account, QUOTA_NODES), 7);
}

TEST(the_privileged_are_counted_and_not_limited)
{
	struct fixture *f = fresh(t, 10);
	struct charge charge;

	account_init(&f->account, &f->limits, true);
	CHECK_EQ(charge_make(&charge, &f->account, QUOTA_NODES, 100), 0);
	CHECK_EQ(f->account.used[QUOTA_NODES], 100);
	CHECK_EQ(account_quota(&f->account, QUOTA_NODES), 10);
}

TEST(a_count_does_not_fall_below_zero)
{
	struct fixture *f = fresh(t, 10);

	account_add(&f->account, QUOTA_NODES, 2);
	account_sub(&f->account, QUOTA_NODES, 3);
	CHECK_EQ(f->account.used[QUOTA_NODES], 0);
}

TEST(every_kind_is_found_by_its_name)
{
	enum quota kind;

	for (size_t i = 0; i < QUOTA_N_KINDS; i++) {
		CHECK_EQ(quota_by_name(quota_name(i), &kind), 0);
		CHECK_EQ(kind, i);
	}
	CHECK_EQ(quota_by_name("node", &kind), -EINVAL);
	CHECK_EQ(quota_by_name("", &kind), -EINVAL);
}

TEST(xsa_326_there_are_limits_without_any_option)
{
	for (size_t i = 0; i < QUOTA_N_KINDS; i++)
		CHECK(quota_defaults.max[i] > 0);
	CHECK_EQ(quota_defaults.max[QUOTA_NODES], 1000);
	CHECK_EQ(quota_defaults.max[QUOTA_WATCHES], 128);
	CHECK_EQ(quota_defaults.max[QUOTA_TRANSACTIONS], 10);
	CHECK_EQ(quota_defaults.max[QUOTA_OUTSTANDING], 20);
}
