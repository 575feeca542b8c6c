/* SPDX-License-Identifier: MIT */

/* A guest's driver of ours and pv-blk, in one process. */

#include "guest/blk/front.h"

#include <string.h>
#include <talloc.h>

#include "backends/blk/blk.h"
#include "guest/blk/load.h"
#include "tests/lib/machine.h"
#include "tests/lib/test.h"

struct user {
	struct machine *m;
	struct guest *guest;
	struct front *front;
	bool connected;
	bool closed;
	const char *why;
	unsigned int n_done;
	enum blk_status status;
};

static void connected(void *arg)
{
	struct user *user = arg;

	user->connected = true;
}

static void closed(void *arg, const char *why)
{
	struct user *user = arg;

	user->closed = true;
	user->why = why;
}

static void drive(struct user *user, unsigned int order)
{
	struct front_events events = { connected, closed, user };

	user->connected = false;
	user->closed = false;
	CHECK_EQ(front_new(user->guest, user->guest->hv, user->guest->xs, DISK,
			   order, &events, &user->front),
		 0);
	machine_settle(user->m);
}

static struct user *user_new(struct test *t, const char *keys)
{
	struct user *user = talloc_zero(t->mem, struct user);

	user->m = machine_new(t, &blk_backend);
	xl_create(user->m, 7);
	xl_attach(user->m, 7, keys);
	user->guest = guest_boot(user->m, 7);
	return user;
}

static struct user *user_of_disk(struct test *t, const char *keys)
{
	struct user *user = user_new(t, keys);

	drive(user, 0);
	CHECK(user->connected);
	return user;
}

static void done(void *arg, struct front_io *io)
{
	struct user *user = arg;

	user->n_done++;
	user->status = io->status;
}

static enum blk_status order(struct user *user, enum blk_op op, uint64_t sector,
			     uint64_t n_sectors, void *data)
{
	struct front_io io = { op, sector, n_sectors, data, done, user };
	unsigned int n_done = user->n_done;

	front_submit(user->front, &io);
	front_kick(user->front);
	machine_settle(user->m);
	CHECK_EQ(user->n_done, n_done + 1);
	return user->status;
}

TEST(a_disk_is_what_the_backend_says)
{
	struct user *user = user_of_disk(t, "mode=r params=memory:1M");
	const struct front_info *info = front_info(user->front);

	CHECK_EQ(info->n_sectors, 2048);
	CHECK(info->read_only);
	CHECK(info->flushes);
	CHECK(!info->discards);
	CHECK_STR(back_get(user->m, 7, "state"), "4");
}

TEST(an_order_may_be_larger_than_the_ring)
{
	struct user *user = user_of_disk(t, "");
	size_t len = 4 << 20; /* 96 requests */
	uint8_t *data = talloc_size(t->mem, len);

	for (size_t i = 0; i < len; i++)
		data[i] = i / 512 + i;
	CHECK_EQ(order(user, BLK_WRITE, 3, len / 512, data), BLK_OK);
	memset(data, 0, len);
	CHECK_EQ(order(user, BLK_READ, 3, len / 512, data), BLK_OK);

	for (size_t i = 0; i < len; i++)
		CHECK_EQ(data[i], (uint8_t)(i / 512 + i));
}

TEST(an_order_of_which_a_part_fails_has_failed)
{
	struct user *user = user_of_disk(t, "params=memory:1M");
	uint8_t *data = talloc_size(t->mem, 1 << 20);

	CHECK_EQ(order(user, BLK_READ, 88, 2048 - 88, data), BLK_OK);
	CHECK_EQ(order(user, BLK_READ, 88, 2048, data), BLK_ERROR);
}

TEST(a_flush_and_a_discard_are_one_request_each)
{
	struct user *user = user_of_disk(t, "");
	char sector[512] = "x";

	CHECK_EQ(order(user, BLK_WRITE, 0, 1, sector), BLK_OK);
	CHECK_EQ(order(user, BLK_FLUSH, 0, 0, NULL), BLK_OK);
	CHECK_EQ(order(user, BLK_DISCARD, 0, 32768, NULL), BLK_OK);
	CHECK_EQ(order(user, BLK_READ, 0, 1, sector), BLK_OK);
	CHECK_STR(sector, "");
}

TEST(a_ring_may_have_several_pages)
{
	struct user *user = user_new(t, "");
	char sector[512] = "x";

	drive(user, 2);

	CHECK(user->connected);
	CHECK_EQ(machine_mapped_pages(user->m), 4);
	CHECK_EQ(order(user, BLK_WRITE, 0, 1, sector), BLK_OK);
}

TEST(a_driver_leaves_the_disk_for_the_next)
{
	struct user *user = user_of_disk(t, "");

	front_close(user->front);
	machine_settle(user->m);
	CHECK(user->closed && !user->why);
	CHECK_EQ(machine_mapped_pages(user->m), 0);
	CHECK_STR(back_get(user->m, 7, "state"), "2");

	talloc_free(user->front);
	drive(user, 0);
	CHECK(user->connected);
}

TEST(a_driver_with_a_larger_ring_does_not_confuse_the_next)
{
	struct user *user = user_new(t, "");
	char sector[512] = "x";

	drive(user, 4);
	front_close(user->front);
	machine_settle(user->m);
	drive(user, 0);

	CHECK_EQ(machine_mapped_pages(user->m), 1);
	CHECK_EQ(order(user, BLK_READ, 0, 1, sector), BLK_OK);
}

TEST(a_driver_that_died_does_not_stop_the_next)
{
	struct user *user = user_of_disk(t, "");

	talloc_free(user->front);
	machine_settle(user->m);
	drive(user, 0);

	CHECK(user->connected);
	CHECK_EQ(order(user, BLK_FLUSH, 0, 0, NULL), BLK_OK);
}

TEST(a_disk_that_is_taken_away_is_closed)
{
	struct user *user = user_of_disk(t, "");

	xl_detach(user->m, 7);

	CHECK(user->closed);
	CHECK_STR(user->why, "the backend went away");
}

TEST(a_disk_that_is_not_there_is_closed)
{
	struct user *user = user_new(t, "");

	xs_set(user->m, "/local/domain/7/device/vbd/51712", NULL);
	drive(user, 0);

	CHECK(user->closed && !user->connected);
	CHECK_STR(user->why, "there is no such device");
}

TEST(a_disk_that_cannot_be_served_is_closed)
{
	struct user *user = user_new(t, "params=/nonexistent");

	drive(user, 0);

	CHECK(user->closed && !user->connected);
	CHECK_STR(user->why, "the backend refused");
}

TEST(a_restarted_backend_is_not_noticed)
{
	struct user *user = user_of_disk(t, "");
	char sector[512] = "x";

	machine_kill_backend(user->m);
	machine_start_backend(user->m);

	CHECK_EQ(order(user, BLK_READ, 0, 1, sector), BLK_OK);
	CHECK(!user->closed);
}

/* Loads */

static void load_done(void *arg)
{
	bool *is_done = arg;

	*is_done = true;
}

TEST(a_load_that_is_told_to_stop_is_done_when_its_orders_are)
{
	struct user *user = user_of_disk(t, "");
	struct load_plan plan = { LOAD_VERIFY, true, 8192, 8, 1000000 };
	const struct load_result *result;
	struct load *load;
	bool is_done = false;

	CHECK_EQ(load_new(t->mem, user->m->loop, user->front, &plan, load_done,
			  &is_done, &load),
		 0);
	load_stop(load);
	machine_settle(user->m);

	result = load_result(load);
	CHECK(is_done);
	CHECK_EQ(result->n, 16); /* each wrote, and read back */
	CHECK_EQ(result->n_failed + result->n_wrong, 0);
	CHECK_EQ(result->ns.n, 16);
}

TEST(a_load_notices_what_fails)
{
	struct user *user = user_of_disk(t, "mode=r");
	struct load_plan plan = { LOAD_WRITE, false, 512, 4, 1000000 };
	struct load *load;
	bool is_done = false;

	CHECK_EQ(load_new(t->mem, user->m->loop, user->front, &plan, load_done,
			  &is_done, &load),
		 0);
	load_stop(load);
	machine_settle(user->m);

	CHECK_EQ(load_result(load)->n_failed, 4);
}

TEST(a_load_needs_a_disk_that_is_large_enough)
{
	struct user *user = user_of_disk(t, "params=memory:4K");
	struct load_plan plan = { LOAD_READ, false, 4096, 2, 1 };
	struct load *load;

	CHECK(load_new(t->mem, user->m->loop, user->front, &plan, load_done,
		       NULL, &load) < 0);
}
