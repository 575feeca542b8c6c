/* SPDX-License-Identifier: MIT */

/*
 * The hypervisor fails us once, at the first call, the second, and so on:
 * whichever it is, nothing is left behind, and the next guest is served.
 */

#include <talloc.h>

#include "backends/blk/blk.h"
#include "backends/null/null.h"
#include "tests/lib/blkfront.h"
#include "tests/lib/test.h"

#define CALLS_MAX 200

static void use(struct blkfront *vda)
{
	struct blk_request write = blkfront_request(vda, BLK_WRITE, 0, 16);
	struct blk_request read = blkfront_request(vda, BLK_READ, 0, 88);
	struct blk_response rsp;

	blkfront_put(vda, &write);
	blkfront_put(vda, &read);
	blkfront_kick(vda);
	while (blkfront_take(vda, &rsp))
		CHECK(rsp.status == BLK_OK || rsp.status == BLK_ERROR);
}

/* Sectors to one backend, a disk to the other. */
static const char *keys_of(const struct machine *m)
{
	return m->backend == &null_backend ? "params=32768"
					   : "params=memory:16M";
}

static void live_and_die(struct machine *m, domid_t domid)
{
	struct blkfront *vda = blkfront_new(m, domid, keys_of(m));

	blkfront_offer(vda, 0);
	blkfront_go(vda, "3");
	use(vda);
	blkfront_go(vda, "5");
	blkfront_go(vda, "6");
	blkfront_go(vda, "1");
	blkfront_offer(vda, 0);
	blkfront_go(vda, "4");
	use(vda);
	xl_destroy(m, domid);
}

/* Whether the @n-th call was made, and failed. */
static bool survives(struct test *t, const struct pv_backend *backend,
		     unsigned int n)
{
	struct machine *m = machine_new(t, backend);
	bool has_failed;

	world_fail(m->hv, WORLD_ANY_CALL, n);
	live_and_die(m, 7);
	has_failed = world_has_failed(m->hv);
	world_fail(m->hv, WORLD_ANY_CALL, 0);

	CHECK_EQ(machine_mapped_pages(m), 0);
	CHECK_EQ(machine_ports(m), 0);
	CHECK(!back_get(m, 7, "state"));
	live_and_die(m, 7);
	talloc_free(m);
	return has_failed;
}

static void survives_all(struct test *t, const struct pv_backend *backend,
			 unsigned int n_calls)
{
	unsigned int n = 1;

	while (survives(t, backend, n) && n < CALLS_MAX)
		n++;

	CHECK_EQ(n - 1, n_calls);
	CHECK(n < CALLS_MAX);
}

TEST(pv_null_survives_every_failure_of_the_hypervisor)
{
	/* To map, bind, copy what is read, and notify; twice. */
	survives_all(t, &null_backend, 2 * (1 + 1 + 11 + 1));
}

TEST(pv_blk_survives_every_failure_of_the_hypervisor)
{
	/* The same, and to copy what is written. */
	survives_all(t, &blk_backend, 2 * (1 + 1 + 2 + 11 + 1));
}
