/* SPDX-License-Identifier: MIT */

#include "protocols/calls.h"

#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "protocols/put.h"

#define SLOT_SIZE     64
#define RESPONSE_SIZE 24

/* Linux's numbers, whatever the host's are. */
#define FAMILY_IPV4  2
#define TYPE_STREAM  1
#define PROTOCOL_ANY 0
#define PROTOCOL_TCP 6

#define ADDRESS_ROOM     28
#define ADDRESS_IPV4_LEN 16

static int decode_socket(struct span *in)
{
	uint32_t family = span_le32(in);
	uint32_t type = span_le32(in);
	uint32_t protocol = span_le32(in);

	if (family != FAMILY_IPV4 || type != TYPE_STREAM)
		return -EAFNOSUPPORT;

	return protocol == PROTOCOL_ANY || protocol == PROTOCOL_TCP
		       ? 0
		       : -EAFNOSUPPORT;
}

static uint32_t span_be(struct span *in, size_t len)
{
	uint32_t value = 0;

	while (len--)
		value = value << 8 | span_u8(in);

	return value;
}

static int decode_address(struct span *in, struct calls_address *address)
{
	struct span at = span_of(span_bytes(in, ADDRESS_ROOM), ADDRESS_ROOM);
	uint32_t len = span_le32(in);
	uint16_t family = span_le16(&at);

	address->port = span_be(&at, 2);
	address->ip = span_be(&at, 4);

	if (len < sizeof(family) || len > ADDRESS_ROOM)
		return -EINVAL;
	if (family != FAMILY_IPV4)
		return -EAFNOSUPPORT;

	return len < ADDRESS_IPV4_LEN ? -EINVAL : 0;
}

static int decode_connect(struct span *in, struct calls_request *req)
{
	int r = decode_address(in, &req->address);

	span_bytes(in, 4); /* flags of no meaning */
	req->ref = span_le32(in);
	req->port = span_le32(in);
	return r;
}

static int decode_accept(struct span *in, struct calls_request *req)
{
	req->id_new = span_le64(in);
	req->ref = span_le32(in);
	req->port = span_le32(in);
	return 0;
}

/* What follows the socket's id: 0, or what to answer. */
static int decode_rest(struct span *in, struct calls_request *req)
{
	switch (req->command) {
	case CALLS_SOCKET:
		return decode_socket(in);
	case CALLS_CONNECT:
		return decode_connect(in, req);
	case CALLS_BIND:
		return decode_address(in, &req->address);
	case CALLS_LISTEN:
		req->backlog = span_le32(in);
		return 0;
	case CALLS_ACCEPT:
		return decode_accept(in, req);
	case CALLS_RELEASE: /* a hint follows that Linux leaves undefined */
	case CALLS_POLL:
		return 0;
	default:
		return CALLS_NOT_SUPPORTED;
	}
}

static int decode(const void *slot, void *request)
{
	struct span in = span_of(slot, SLOT_SIZE);
	struct calls_request *req = request;

	*req = (struct calls_request){ .number = span_le32(&in) };
	req->command = span_le32(&in);
	req->id = span_le64(&in);
	req->refusal = decode_rest(&in, req);

	return req->refusal ? -EPROTO : 0;
}

static void encode(const void *response, void *slot)
{
	const struct calls_response *rsp = response;
	uint8_t *at = slot;

	put_le(&at, 4, rsp->number);
	put_le(&at, 4, rsp->command);
	put_le(&at, 4, rsp->ret);
	put_le(&at, 4, 0);
	put_le(&at, 8, rsp->id);
}

static void refuse(const void *request, void *slot)
{
	const struct calls_request *req = request;
	struct calls_response rsp = {
		.number = req->number,
		.command = req->command,
		.ret = req->refusal,
		.id = req->id,
	};

	encode(&rsp, slot);
}

const struct ring_protocol calls_protocol = {
	.slot_size = SLOT_SIZE,
	.request_size = sizeof(struct calls_request),
	.response_size = RESPONSE_SIZE,
	.decode = decode,
	.encode = encode,
	.refuse = refuse,
};

/* The guest's side */

static void put_be(uint8_t **at, size_t len, uint32_t value)
{
	while (len--)
		*(*at)++ = value >> (8 * len);
}

static void put_address(uint8_t **at, const struct calls_address *address)
{
	put_le(at, 2, FAMILY_IPV4);
	put_be(at, 2, address->port);
	put_be(at, 4, address->ip);
	*at += ADDRESS_ROOM - 8;
	put_le(at, 4, ADDRESS_IPV4_LEN);
}

static void put_ring(uint8_t **at, const struct calls_request *req)
{
	put_le(at, 4, req->ref);
	put_le(at, 4, req->port);
}

static void put_rest(uint8_t **at, const struct calls_request *req)
{
	switch (req->command) {
	case CALLS_SOCKET:
		put_le(at, 4, FAMILY_IPV4);
		put_le(at, 4, TYPE_STREAM);
		break;
	case CALLS_CONNECT:
		put_address(at, &req->address);
		put_le(at, 4, 0);
		put_ring(at, req);
		break;
	case CALLS_BIND:
		put_address(at, &req->address);
		break;
	case CALLS_LISTEN:
		put_le(at, 4, req->backlog);
		break;
	case CALLS_ACCEPT:
		put_le(at, 8, req->id_new);
		put_ring(at, req);
		break;
	default:
		break;
	}
}

void calls_encode_request(const struct calls_request *req, void *slot)
{
	uint8_t *at = slot;

	memset(slot, 0, SLOT_SIZE);
	put_le(&at, 4, req->number);
	put_le(&at, 4, req->command);
	put_le(&at, 8, req->id);
	put_rest(&at, req);
}

void calls_decode_response(const void *slot, struct calls_response *rsp)
{
	struct span in = span_of(slot, RESPONSE_SIZE);

	rsp->number = span_le32(&in);
	rsp->command = span_le32(&in);
	rsp->ret = span_le32(&in);
	span_bytes(&in, 4);
	rsp->id = span_le64(&in);
}
