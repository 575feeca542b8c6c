/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * wire - what programs ask the hypervisor process for.
 *
 * A request and its reply are each one message on the SOCK_SEQPACKET socket
 * $XENSIM_DIR/hypervisor: a struct sim_msg and n items after it.  A connection
 * has one request under way at a time.  Descriptors come with replies only.
 */

#include <stdint.h>

#define SIM_SOCKET    "hypervisor"
#define SIM_ITEMS_MAX 32768
#define SIM_FDS_MAX   4

struct sim_msg {
	uint32_t op;    /* enum sim_op */
	int32_t result; /* of a reply: 0 or more, or -errno */
	uint32_t handle;
	uint16_t domid; /* on whose behalf; SIM_DOMID_SELF: the connection's */
	uint16_t other; /* the other domain of it all */
	uint64_t arg[4];
	uint32_t n; /* items that follow */
	uint32_t unused;
};

enum sim_op {
	/* arg: SIM_ABI, domid of the process.  Reply: arg: boot; fds: the
	 * machine's memory, the tables. */
	SIM_HELLO,

	/* Handles.  arg: enum sim_handle_kind.  Reply: handle; fds: the read
	 * end of its pipe. */
	SIM_OPEN,
	/* A handle by its pipe: st_dev, st_ino.  Reply: handle. */
	SIM_FIND,
	/* The descriptor to write port numbers to.  Reply: fds: it. */
	SIM_WRITER,
	/* Its descriptor was closed here: release it if that was the last. */
	SIM_CLOSED,
	/* From now on it works with domain @other only. */
	SIM_RESTRICT,

	/* Ports of a handle.  Reply: result: the port. */
	SIM_BIND_UNBOUND,     /* for @other */
	SIM_BIND_INTERDOMAIN, /* to arg: port of @other; arg: its handle */
	SIM_BIND_VIRQ,        /* arg: which */
	SIM_TAKE,             /* arg: a port of the domain without a handle */
	SIM_UNBIND,           /* arg: port */
	/* For domain arg, an unbound port for @other, without a handle. */
	SIM_ALLOC_UNBOUND,
	SIM_RESET_PORTS, /* close all of @other's */

	/* Pages.  Reply: result: a cookie; items as said. */
	SIM_MAP,     /* arg: writable; items: domid, ref ... -> frame ... */
	SIM_FOREIGN, /* of @other; items: gfn ... -> errno ... */
	SIM_SHARE,   /* with @other; arg: n, writable; -> ref, frame ... */
	/* When arg: cookie goes, clear the byte at arg: offset (-1: none) of
	 * its page and notify arg: port (-1: none). */
	SIM_NOTIFY_ON_RELEASE,
	SIM_RELEASE, /* arg: cookie */

	/* Domains.  arg: bytes of memory; @other may be SIM_DOMID_ANY. */
	SIM_CREATE,   /* Reply: result: domid */
	SIM_DESTROY,  /* @other */
	SIM_SHUTDOWN, /* @other, arg: reason */
	SIM_PAUSE,    /* @other, arg: whether */
	SIM_SET_UUID, /* @other, items: 4 words */
	/* Make the files that programs in @other look for. */
	SIM_SETTLE_IN,
	/* The connection is closed by us when @other stops to run. */
	SIM_OUTLIVE,

	/* Faults, and the end. */
	SIM_FAULT, /* op: arg; @other; arg: nth | times << 32, errno, ms */
	SIM_STOP,
	SIM_N_OPS
};

#define SIM_DOMID_ANY 0xffff
#define SIM_NONE      (~(uint64_t)0)

enum sim_handle_kind { SIM_EVTCHN = 1, SIM_GNTTAB, SIM_GNTSHR, SIM_FOREIGNMEM };

/* What a fault does besides, or instead of, an error. */
enum { SIM_FAULT_DROP = 1 << 0 };
