/* SPDX-License-Identifier: MIT */

#include "protocols/calls.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/lib/test.h"

static struct calls_request req;

/* A command of 32-bit words, as a guest writes it, decoded. */
static int decode(const uint32_t *words, size_t n)
{
	uint8_t slot[64] = { 0 };

	memcpy(slot, words, n * sizeof(*words));
	return calls_protocol.decode(slot, &req);
}

/* Connect to 10.1.2.3:80, with an address of this family and length. */
static int connect_with(uint16_t family, uint32_t len)
{
	uint32_t words[] = { 4,
			     CALLS_CONNECT,
			     7,
			     0,
			     0x50000000 | family,
			     0x0302010a,
			     0,
			     0,
			     0,
			     0,
			     0,
			     len,
			     0,
			     8,
			     9 };

	return decode(words, ARRAY_SIZE(words));
}

static int socket_of(uint32_t family, uint32_t type, uint32_t protocol)
{
	uint32_t words[] = { 4, CALLS_SOCKET, 7, 0, family, type, protocol };

	return decode(words, ARRAY_SIZE(words));
}

TEST(a_socket_is_one_of_tcp_over_ipv4)
{
	CHECK_EQ(socket_of(2, 1, 0), 0);
	CHECK_EQ(req.id, 7);
	CHECK_EQ(socket_of(2, 1, 6), 0);
}

TEST(other_sockets_are_refused_as_linux_does)
{
	static const uint32_t sockets[][3] = {
		{ 10, 1, 0 }, { 1, 1, 0 },       { 0, 1, 0 }, { 65535, 1, 0 },
		{ 2, 2, 0 },  { 2, 0x80001, 0 }, { 2, 3, 0 }, { 2, 1, 17 },
		{ 2, 1, 2 },  { 0x10002, 1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++) {
		CHECK_EQ(socket_of(sockets[i][0], sockets[i][1], sockets[i][2]),
			 -EPROTO);
		CHECK_EQ(req.refusal, -EAFNOSUPPORT);
	}
}

TEST(an_address_is_read_in_network_order)
{
	CHECK_EQ(connect_with(2, 16), 0);

	CHECK_EQ(req.address.ip, 0x0a010203);
	CHECK_EQ(req.address.port, 80);
	CHECK_EQ(req.ref, 8);
	CHECK_EQ(req.port, 9);
}

TEST(an_address_that_is_too_short_or_too_long_is_refused)
{
	static const uint32_t lengths[] = { 0,  1,          2,         15,
					    29, 0x7fffffff, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		CHECK_EQ(connect_with(2, lengths[i]), -EPROTO);
		CHECK_EQ(req.refusal, -EINVAL);
	}
	CHECK_EQ(connect_with(2, 28), 0);
}

TEST(an_address_of_another_family_is_refused)
{
	static const uint16_t families[] = { 0, 1, 10, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		CHECK_EQ(connect_with(families[i], 28), -EPROTO);
		CHECK_EQ(req.refusal, -EAFNOSUPPORT);
	}
}

TEST(a_command_of_no_known_number_is_not_supported)
{
	static const uint32_t commands[] = { 7, 8, 255, 256, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		uint32_t words[] = { 5, commands[i], 6, 1 };

		CHECK_EQ(decode(words, ARRAY_SIZE(words)), -EPROTO);
		CHECK_EQ(req.refusal, CALLS_NOT_SUPPORTED);
		CHECK_EQ(req.number, 5);
		CHECK_EQ(req.command, commands[i]);
		CHECK_EQ(req.id, 0x100000006);
	}
}

TEST(what_follows_a_release_means_nothing)
{
	uint32_t words[] = { 5, CALLS_RELEASE, 6, 0, 0xffffff01, 0xffffffff };

	CHECK_EQ(decode(words, ARRAY_SIZE(words)), 0);
	CHECK_EQ(req.id, 6);
	CHECK_EQ(req.refusal, 0);
}

TEST(a_refusal_says_why_and_to_what)
{
	struct calls_response rsp;
	uint8_t slot[64];

	memset(slot, 'x', sizeof(slot));
	CHECK_EQ(connect_with(10, 28), -EPROTO);
	calls_protocol.refuse(&req, slot);

	calls_decode_response(slot, &rsp);
	CHECK_EQ(rsp.number, 4);
	CHECK_EQ(rsp.command, CALLS_CONNECT);
	CHECK_EQ(rsp.id, 7);
	CHECK_EQ(rsp.ret, -EAFNOSUPPORT);
}

TEST(a_response_leaves_nothing_of_ours_in_its_padding)
{
	struct calls_response rsp = { 1, CALLS_POLL, -1, UINT64_MAX };
	uint8_t slot[64];

	memset(slot, 'x', sizeof(slot));
	calls_protocol.encode(&rsp, slot);

	CHECK(!memcmp(slot + 12, "\0\0\0", 4));
	CHECK_EQ(calls_protocol.response_size, 24);
	CHECK_EQ(slot[24], 'x');
}
