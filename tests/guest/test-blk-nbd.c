/* SPDX-License-Identifier: MIT */

/* An NBD client that writes its bytes itself. */

#include "guest/blk/nbd.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/blk/blk.h"
#include "guest/blk/nbd-wire.h"
#include "tests/lib/machine.h"
#include "tests/lib/test.h"

struct user {
	struct machine *m;
	struct guest *guest;
	struct front *front;
	struct nbd *nbd;
	char path[64]; /* where it listens */
	int fd;
};

static void connected(void *arg)
{
	struct user *user = arg;

	CHECK_EQ(nbd_new(user->m, user->m->loop, user->m->log, user->front,
			 user->path, &user->nbd),
		 0);
}

static void closed(void *arg, const char *why)
{
}

static int hang_up(struct user *user)
{
	close(user->fd);
	unlink(user->path);
	return 0;
}

static void dial(struct user *user)
{
	int ends[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	user->fd = ends[0];
	CHECK_EQ(nbd_adopt(user->nbd, ends[1]), 0);
	machine_settle(user->m);
}

static struct user *user_new(struct test *t, const char *keys)
{
	struct user *user = talloc_zero(t->mem, struct user);
	struct front_events events = { connected, closed, user };

	snprintf(user->path, sizeof(user->path), "/tmp/test-blk-nbd.%d",
		 getpid());
	user->m = machine_new(t, &blk_backend);
	xl_create(user->m, 7);
	xl_attach(user->m, 7, keys);
	user->guest = guest_boot(user->m, 7);
	CHECK_EQ(front_new(user->guest, user->guest->hv, user->guest->xs, DISK,
			   0, &events, &user->front),
		 0);
	machine_settle(user->m);
	dial(user);
	talloc_set_destructor(user, hang_up);
	return user;
}

static void say(struct user *user, const void *bytes, size_t len)
{
	CHECK_EQ(send(user->fd, bytes, len, MSG_DONTWAIT), (ssize_t)len);
	machine_settle(user->m);
}

/* The next bytes, which must be there. */
static const uint8_t *hear(struct user *user, size_t len)
{
	uint8_t *bytes = talloc_size(user, len);

	CHECK_EQ(recv(user->fd, bytes, len, MSG_DONTWAIT), (ssize_t)len);
	return bytes;
}

static bool is_silent(struct user *user)
{
	char byte;

	return recv(user->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static bool is_cut_off(struct user *user)
{
	char byte;

	return recv(user->fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static uint32_t be32_at(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return be32toh(value);
}

static uint64_t be64_at(const uint8_t *bytes)
{
	return (uint64_t)be32_at(bytes) << 32 | be32_at(bytes + 4);
}

static void say_option(struct user *user, uint32_t option, const void *data,
		       uint32_t len)
{
	uint8_t bytes[64] = "IHAVEOPT";
	uint32_t words[] = { htobe32(option), htobe32(len) };

	memcpy(bytes + 8, words, sizeof(words));
	memcpy(bytes + 16, data, len);
	say(user, bytes, 16 + len);
}

/* The type of the next reply to an option, of which @len bytes follow. */
static uint32_t hear_option(struct user *user, uint32_t len)
{
	const uint8_t *reply = hear(user, NBD_OPTION_REPLY_SIZE);

	CHECK_EQ(be32_at(reply + 16), len);
	return be32_at(reply + 12);
}

static void greet(struct user *user)
{
	static const uint8_t flags[] = { 0, 0, 0, 3 };

	CHECK(!memcmp(hear(user, NBD_HELLO_SIZE), "NBDMAGICIHAVEOPT\0\3", 18));
	say(user, flags, sizeof(flags));
}

static void enter(struct user *user)
{
	greet(user);
	say_option(user, NBD_OPT_EXPORT_NAME, "", 0);
	hear(user, NBD_EXPORT_SIZE);
}

static void say_request(struct user *user, uint16_t type, uint64_t offset,
			uint32_t len)
{
	uint8_t bytes[NBD_REQUEST_SIZE] = { 0x25, 0x60, 0x95, 0x13,
					    0,    0,    0,    type };

	memcpy(bytes + 8, "cookie.", 8);
	memcpy(bytes + 16, &(uint64_t){ htobe64(offset) }, 8);
	memcpy(bytes + 24, &(uint32_t){ htobe32(len) }, 4);
	say(user, bytes, sizeof(bytes));
}

static uint32_t hear_reply(struct user *user)
{
	const uint8_t *reply = hear(user, NBD_REPLY_SIZE);

	CHECK_EQ(be32_at(reply), 0x67446698);
	CHECK_STR((const char *)reply + 8, "cookie.");
	return be32_at(reply + 4);
}

static uint32_t request(struct user *user, uint16_t type, uint64_t offset,
			uint32_t len)
{
	say_request(user, type, offset, len);
	return hear_reply(user);
}

TEST(a_client_is_told_what_is_exported)
{
	struct user *user = user_new(t, "");
	const uint8_t *export;

	greet(user);
	say_option(user, NBD_OPT_EXPORT_NAME, "any", 3);
	export = hear(user, NBD_EXPORT_SIZE);

	CHECK_EQ(be64_at(export), 16 << 20);
	CHECK_EQ(export[8] << 8 | export[9], NBD_HAS_FLAGS | NBD_SEND_FLUSH |
						     NBD_SEND_TRIM |
						     NBD_MULTI_CONN);
	CHECK(is_silent(user));
}

TEST(an_old_client_gets_its_zeros)
{
	struct user *user = user_new(t, "");
	static const uint8_t flags[] = { 0, 0, 0, 1 };

	hear(user, NBD_HELLO_SIZE);
	say(user, flags, sizeof(flags));
	say_option(user, NBD_OPT_EXPORT_NAME, "", 0);

	hear(user, NBD_EXPORT_SIZE + NBD_EXPORT_ZEROS);
	CHECK(is_silent(user));
}

TEST(a_newer_client_learns_about_blocks_and_goes)
{
	struct user *user = user_new(t, "mode=r");
	const uint8_t *info;

	greet(user);
	say_option(user, NBD_OPT_GO, "\0\0\0\0\0\0", 6);
	CHECK_EQ(hear_option(user, NBD_INFO_EXPORT_SIZE), NBD_REP_INFO);
	info = hear(user, NBD_INFO_EXPORT_SIZE);
	CHECK_EQ(be64_at(info + 2), 16 << 20);
	CHECK(info[11] & NBD_READ_ONLY);
	CHECK_EQ(hear_option(user, NBD_INFO_BLOCKS_SIZE), NBD_REP_INFO);
	CHECK_EQ(be32_at(hear(user, NBD_INFO_BLOCKS_SIZE) + 2), 512);
	CHECK_EQ(hear_option(user, 0), NBD_REP_ACK);

	CHECK_EQ(request(user, NBD_FLUSH, 0, 0), 0);
}

TEST(a_client_may_look_around_first)
{
	struct user *user = user_new(t, "");

	greet(user);
	say_option(user, 8, "", 0); /* structured replies */
	CHECK_EQ(hear_option(user, 0), NBD_REP_UNSUPPORTED);
	say_option(user, NBD_OPT_LIST, "", 0);
	CHECK_EQ(hear_option(user, 4), NBD_REP_SERVER);
	hear(user, 4);
	CHECK_EQ(hear_option(user, 0), NBD_REP_ACK);
	say_option(user, NBD_OPT_ABORT, "", 0);
	CHECK_EQ(hear_option(user, 0), NBD_REP_ACK);

	CHECK(is_cut_off(user));
}

TEST(what_a_client_writes_it_can_read)
{
	struct user *user = user_new(t, "");
	char block[1024] = "by network";

	enter(user);
	say_request(user, NBD_WRITE, 4096, sizeof(block));
	CHECK(is_silent(user));
	say(user, block, sizeof(block));
	CHECK_EQ(hear_reply(user), 0);

	CHECK_EQ(request(user, NBD_READ, 4096, 1024), 0);
	CHECK_STR((const char *)hear(user, 1024), "by network");
	CHECK_EQ(request(user, NBD_TRIM, 4096, 1024), 0);
	CHECK_EQ(request(user, NBD_READ, 4096, 1024), 0);
	CHECK_STR((const char *)hear(user, 1024), "");
}

TEST(two_clients_see_the_same_disk)
{
	struct user *user = user_new(t, "");
	char block[512] = "shared";
	int first = user->fd;

	enter(user);
	say_request(user, NBD_WRITE, 0, sizeof(block));
	say(user, block, sizeof(block));
	CHECK_EQ(hear_reply(user), 0);
	dial(user);
	enter(user);

	CHECK_EQ(request(user, NBD_READ, 0, 512), 0);
	CHECK_STR((const char *)hear(user, 512), "shared");
	close(first);
}

TEST(what_cannot_be_is_refused)
{
	struct user *user = user_new(t, "");

	enter(user);
	CHECK_EQ(request(user, NBD_READ, 1, 512), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_READ, 0, 511), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_READ, 16 << 20, 512), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_READ, (16 << 20) - 512, 1024), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_READ, UINT64_MAX - 511, 512), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_READ, 0, 0), NBD_EINVAL);
	CHECK_EQ(request(user, 77, 0, 512), NBD_EINVAL);
	CHECK_EQ(request(user, NBD_FLUSH, 0, 0), 0);
}

TEST(a_read_only_disk_is_not_written)
{
	struct user *user = user_new(t, "mode=r");
	char block[512] = "x";

	enter(user);
	say_request(user, NBD_WRITE, 0, sizeof(block));
	say(user, block, sizeof(block));

	CHECK_EQ(hear_reply(user), NBD_EPERM);
	CHECK_EQ(request(user, NBD_TRIM, 0, 512), NBD_EPERM);
}

TEST(a_client_that_makes_no_sense_is_cut_off)
{
	struct user *user = user_new(t, "");

	enter(user);
	say(user, "01234567890123456789012345678901", 28);

	CHECK(is_cut_off(user));
	CHECK(machine_logged(user->m, "pv-blk: a client is cut off: *"));
}

TEST(a_client_that_asks_for_too_much_is_cut_off)
{
	struct user *user = user_new(t, "");

	enter(user);
	say_request(user, NBD_WRITE, 0, (32U << 20) + 512);

	CHECK(is_cut_off(user));
}

TEST(a_client_may_hang_up_at_any_moment)
{
	struct user *user = user_new(t, "");
	uint8_t bytes[] = "IHAVEOPT";

	for (int i = 0; i < 3; i++) {
		if (i > 0)
			greet(user);
		if (i > 1)
			say(user, bytes, 7);
		close(user->fd);
		machine_settle(user->m);
		dial(user);
	}
	enter(user);
	say_request(user, NBD_WRITE, 0, 1024);
	say(user, bytes, sizeof(bytes));
	close(user->fd);
	machine_settle(user->m);
	dial(user);
	enter(user);

	CHECK_EQ(request(user, NBD_FLUSH, 0, 0), 0);
}
