/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about PV Calls agrees with Xen's own header.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()       __sync_synchronize()
#define xen_rmb()      __sync_synchronize()
#define xen_wmb()      __sync_synchronize()
#define XEN_PAGE_SHIFT 12

#include <xen/io/pvcalls.h>

#include "protocols/calls-ring.h"
#include "protocols/calls.h"
#include "tests/lib/test.h"

static_assert((int)CALLS_SOCKET == PVCALLS_SOCKET, "socket");
static_assert((int)CALLS_CONNECT == PVCALLS_CONNECT, "connect");
static_assert((int)CALLS_RELEASE == PVCALLS_RELEASE, "release");
static_assert((int)CALLS_BIND == PVCALLS_BIND, "bind");
static_assert((int)CALLS_LISTEN == PVCALLS_LISTEN, "listen");
static_assert((int)CALLS_ACCEPT == PVCALLS_ACCEPT, "accept");
static_assert((int)CALLS_POLL == PVCALLS_POLL, "poll");

#define SAME_PLACE(ours, theirs)                                               \
	static_assert(offsetof(struct calls_ring_page, ours) ==                \
			      offsetof(struct pvcalls_data_intf, theirs),      \
		      #theirs)
SAME_PLACE(in_cons, in_cons);
SAME_PLACE(in_prod, in_prod);
SAME_PLACE(in_error, in_error);
SAME_PLACE(out_cons, out_cons);
SAME_PLACE(out_prod, out_prod);
SAME_PLACE(out_error, out_error);
SAME_PLACE(order, ring_order);
SAME_PLACE(refs, ref);
static_assert(sizeof(struct calls_ring_page) <= XEN_PAGE_SIZE, "one page");

static struct calls_request req;

TEST(slots_are_as_large_and_as_many)
{
	CHECK_EQ(calls_protocol.slot_size,
		 sizeof(union xen_pvcalls_sring_entry));
	CHECK_EQ(calls_protocol.response_size,
		 sizeof(struct xen_pvcalls_response));
	CHECK_EQ(ring_n_slots(XEN_PAGE_SIZE, calls_protocol.slot_size),
		 __CONST_RING_SIZE(xen_pvcalls, XEN_PAGE_SIZE));
}

TEST(a_connect_as_xen_writes_it)
{
	struct xen_pvcalls_request wire = { .req_id = 1,
					    .cmd = PVCALLS_CONNECT };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(443),
				  .sin_addr.s_addr = inet_addr("10.0.0.9") };

	wire.u.connect.id = 2;
	memcpy(wire.u.connect.addr, &to, sizeof(to));
	wire.u.connect.len = sizeof(to);
	wire.u.connect.ref = 3;
	wire.u.connect.evtchn = 4;

	CHECK_EQ(calls_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.number, 1);
	CHECK_EQ(req.id, 2);
	CHECK_EQ(req.address.ip, 0x0a000009);
	CHECK_EQ(req.address.port, 443);
	CHECK_EQ(req.ref, 3);
	CHECK_EQ(req.port, 4);
}

TEST(a_socket_as_xen_writes_it)
{
	struct xen_pvcalls_request wire = { .req_id = 1,
					    .cmd = PVCALLS_SOCKET };

	wire.u.socket.id = 0x1122334455667788;
	wire.u.socket.domain = AF_INET;
	wire.u.socket.type = SOCK_STREAM;
	wire.u.socket.protocol = IPPROTO_TCP;
	CHECK_EQ(calls_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.id, 0x1122334455667788);

	wire.u.socket.domain = AF_INET6;
	CHECK_EQ(calls_protocol.decode(&wire, &req), -EPROTO);
}

TEST(an_accept_as_xen_writes_it)
{
	struct xen_pvcalls_request wire = { .cmd = PVCALLS_ACCEPT };

	wire.u.accept.id = 2;
	wire.u.accept.id_new = UINT64_MAX;
	wire.u.accept.ref = 3;
	wire.u.accept.evtchn = 4;

	CHECK_EQ(calls_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.id, 2);
	CHECK(req.id_new == UINT64_MAX);
	CHECK_EQ(req.ref, 3);
	CHECK_EQ(req.port, 4);
}

TEST(a_listen_as_xen_writes_it)
{
	struct xen_pvcalls_request wire = { .cmd = PVCALLS_LISTEN };

	wire.u.listen.id = 2;
	wire.u.listen.backlog = 128;

	CHECK_EQ(calls_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.id, 2);
	CHECK_EQ(req.backlog, 128);
}

TEST(a_bind_of_a_guest_of_ours_is_what_xen_reads)
{
	struct calls_request sent = {
		.number = 1,
		.command = CALLS_BIND,
		.id = 2,
		.address = { 0x7f000001, 8080 },
	};
	struct xen_pvcalls_request wire;
	struct sockaddr_in at;

	calls_encode_request(&sent, &wire);

	memcpy(&at, wire.u.bind.addr, sizeof(at));
	CHECK_EQ(wire.cmd, PVCALLS_BIND);
	CHECK_EQ(wire.u.bind.len, sizeof(at));
	CHECK_EQ(at.sin_family, AF_INET);
	CHECK_EQ(at.sin_port, htons(8080));
	CHECK_EQ(at.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
}

TEST(a_response_as_xen_reads_it)
{
	struct calls_response rsp = { 5, CALLS_ACCEPT, -103, 6 };
	struct calls_response back;
	struct xen_pvcalls_response wire;

	memset(&wire, 'x', sizeof(wire));
	calls_protocol.encode(&rsp, &wire);
	CHECK_EQ(wire.req_id, 5);
	CHECK_EQ(wire.cmd, PVCALLS_ACCEPT);
	CHECK_EQ(wire.ret, -103);
	CHECK_EQ(wire.u.accept.id, 6);

	calls_decode_response(&wire, &back);
	CHECK_EQ(back.number, 5);
	CHECK_EQ(back.command, CALLS_ACCEPT);
	CHECK_EQ(back.ret, -103);
	CHECK_EQ(back.id, 6);
}

/* Data rings: what one side writes by Xen's functions, ours reads. */

static uint8_t data[2 * XEN_PAGE_SIZE];
static struct calls_ring_page page;

TEST(data_as_xen_writes_them_are_what_we_read)
{
	struct pvcalls_data_intf *intf = (void *)&page;
	struct duplex host = duplex_host(&page, data, 1);
	RING_IDX prod = 0;
	char back[6] = "";

	pvcalls_write_packet(data + XEN_PAGE_SIZE, "hello", 6, &prod, 0,
			     XEN_PAGE_SIZE);
	intf->out_prod = prod;

	CHECK_EQ(bytes_ready(&host.in), 6);
	bytes_peek(&host.in, 0, back, 6);
	CHECK_STR(back, "hello");
}

TEST(data_as_we_write_them_are_what_xen_reads)
{
	struct pvcalls_data_intf *intf = (void *)&page;
	struct duplex host = duplex_host(&page, data, 1);
	RING_IDX cons = 0;
	char back[6] = "";

	bytes_put(&host.out, "hello", 6);
	calls_ring_end_in(&page, CALLS_RING_END);
	calls_ring_end_out(&page, -EPIPE);

	CHECK_EQ(pvcalls_queued(intf->in_prod, intf->in_cons, XEN_PAGE_SIZE),
		 6);
	pvcalls_read_packet(back, data, 6, intf->in_prod, &cons, XEN_PAGE_SIZE);
	CHECK_STR(back, "hello");
	CHECK_EQ((int32_t)intf->in_error, -ENOTCONN);
	CHECK_EQ((int32_t)intf->out_error, -EPIPE);
}
