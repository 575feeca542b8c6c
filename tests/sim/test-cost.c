/* SPDX-License-Identifier: MIT */

/*
 * What the data paths cost: a process that may only do certain system calls is
 * killed if it needs another one.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xen/grant_table.h>

#include "base/array.h"
#include "sim/core/core.h"
#include "tests/sim/guests.h"

#define ROUNDS 1000

/* From now on, write(2) is allowed and nothing else. */
static void allow_only_writes(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void notify_often(void *arg)
{
	const struct channel *channel = arg;

	allow_only_writes();
	for (int i = 0; i < ROUNDS; i++)
		CHECK_EQ(xenevtchn_notify(channel->host, channel->host_port),
			 0);
}

/* Of a thousand, one is delivered, as nobody unmasks the port: what is in the
 * pipe is what was written. */
TEST(a_notification_needs_no_call_but_one_write)
{
	struct channel channel = channel_new(t, guest_new(t));

	xenevtchn_notify(channel.host, channel.host_port); /* they have met */
	drain(channel.guest);
	process_new(t, notify_often, &channel);

	CHECK_EQ(next_event(channel.guest), channel.guest_port);
	CHECK_EQ(next_event(channel.guest), 0);
}

static void unmask_and_notify(void *arg)
{
	const struct channel *channel = arg;

	allow_only_writes();
	CHECK_EQ(xenevtchn_unmask(channel->host, channel->host_port), 0);
	CHECK_EQ(xenevtchn_notify(channel->host, channel->host_port), 0);
}

TEST(who_took_a_handle_up_needs_no_more_than_that)
{
	struct channel channel = channel_new(t, guest_new(t));
	xenevtchn_handle *again =
		xenevtchn_fdopen(NULL, dup(xenevtchn_fd(channel.host)), 0);

	CHECK(again);
	xenevtchn_notify(channel.guest, channel.guest_port);
	CHECK_EQ(xenevtchn_pending(again), channel.host_port);
	xenevtchn_notify(channel.guest, channel.guest_port);
	channel.host = again;
	process_new(t, unmask_and_notify, &channel);
	CHECK_EQ(next_event(again), channel.host_port);
	CHECK_EQ(next_event(channel.guest), channel.guest_port);
	xenevtchn_close(again);
}

struct copier {
	xengnttab_handle *xgt;
	xengnttab_grant_copy_segment_t seg;
};

static void copy_often(void *arg)
{
	struct copier *copier = arg;

	allow_only_writes();
	for (int i = 0; i < ROUNDS; i++)
		CHECK_EQ(xengnttab_grant_copy(copier->xgt, 1, &copier->seg), 0);
	CHECK_EQ(copier->seg.status, GNTST_okay);
}

TEST(a_grant_copy_needs_no_call_at_all)
{
	domid_t domid = guest_new(t);
	char *page, text[64];
	struct copier copier = {
		.xgt = gnttab_new(t),
		.seg = {
			.source.foreign.ref =
				guest_shares(t, domid, true, &page),
			.source.foreign.domid = domid,
			.dest.virt = text,
			.len = sizeof(text),
			.flags = GNTCOPY_source_gref,
		},
	};
	uint64_t copies;

	CHECK_EQ(xengnttab_grant_copy(copier.xgt, 1, &copier.seg), 0);
	copies = sim_tables()->domain[0].count[SIM_COUNT_COPY];
	process_new(t, copy_often, &copier);
	CHECK_EQ(sim_tables()->domain[0].count[SIM_COUNT_COPY],
		 copies + ROUNDS);
}
