/* SPDX-License-Identifier: MIT */

/*
 * A program on a machine without Xen is told so, when it asks for something.
 */

#include <errno.h>
#include <stdio.h>
#include <talloc.h>
#include <unistd.h>

#include "hv/hv.h"
#include "tests/lib/test.h"

static void never(void *arg)
{
	(void)arg;
	test_fail(__FILE__, __LINE__, "there can be no event");
}

static struct hv *open_hv(struct test *t, struct loop **loop)
{
	struct hv *hv;

	*loop = loop_new(t->mem);
	CHECK_EQ(hv_open(t->mem, *loop, &hv), 0);
	return hv;
}

TEST(guests_need_a_simulated_hypervisor)
{
	struct loop *loop;
	struct hv *guest;

	CHECK_EQ(hv_open_guest(t->mem, open_hv(t, &loop), 7, &guest),
		 -EOPNOTSUPP);
}

TEST(each_call_fails_by_itself)
{
	struct loop *loop;
	struct hv *hv = open_hv(t, &loop);
	struct hv_copy copy = { .len = 1, .local = &copy };
	struct hv_domain *domains;
	struct hv_pages *pages;
	struct hv_port *port;
	grant_ref_t ref = 1;
	evtchn_port_t number;
	size_t n;

	CHECK_EQ(hv_bind(t->mem, hv, 7, 1, never, NULL, &port), -ENOENT);
	CHECK_EQ(hv_offer(t->mem, hv, 7, never, NULL, &port), -ENOENT);
	CHECK_EQ(hv_map(t->mem, hv, 7, &ref, 1, HV_READ, &pages), -ENOENT);
	CHECK_EQ(hv_share(t->mem, hv, 7, 1, HV_READ, &ref, &pages), -ENOENT);
	CHECK_EQ(hv_copy(hv, 7, &copy, 1), -ENOENT);
	CHECK_EQ(hv_store_page(t->mem, hv, &pages, &number), -ENOENT);
	CHECK(hv_domains(t->mem, hv, &domains, &n) < 0);
	loop_settle(loop);
}
