/* SPDX-License-Identifier: MIT */

#include "guest/blk/nbd-wire.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#define MAGIC_HELLO        0x4e42444d41474943 /* "NBDMAGIC" */
#define MAGIC_OPTION       0x49484156454f5054 /* "IHAVEOPT" */
#define MAGIC_OPTION_REPLY 0x0003e889045565a9
#define MAGIC_REQUEST      0x25609513
#define MAGIC_REPLY        0x67446698

#define FLAG_FIXED_NEWSTYLE 1

enum { INFO_EXPORT = 0, INFO_BLOCK_SIZE = 3 };

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return be16toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

/* Append a number of @len bytes. */
static void put(uint8_t **at, size_t len, uint64_t value)
{
	while (len--)
		*(*at)++ = value >> (8 * len);
}

void nbd_encode_hello(uint8_t *wire)
{
	put(&wire, 8, MAGIC_HELLO);
	put(&wire, 8, MAGIC_OPTION);
	put(&wire, 2, FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);
}

int nbd_decode_flags(const uint8_t *wire, bool *no_zeroes)
{
	uint32_t flags = get32(wire);

	*no_zeroes = flags & NBD_FLAG_NO_ZEROES;
	return flags & ~(FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES) ? -EPROTO
								   : 0;
}

int nbd_decode_option(const uint8_t *wire, struct nbd_option *option)
{
	option->type = get32(wire + 8);
	option->len = get32(wire + 12);
	return get64(wire) == MAGIC_OPTION ? 0 : -EPROTO;
}

void nbd_encode_option_reply(uint8_t *wire, uint32_t option, uint32_t reply,
			     uint32_t len)
{
	put(&wire, 8, MAGIC_OPTION_REPLY);
	put(&wire, 4, option);
	put(&wire, 4, reply);
	put(&wire, 4, len);
}

void nbd_encode_export(uint8_t *wire, uint64_t size, uint16_t flags)
{
	put(&wire, 8, size);
	put(&wire, 2, flags);
}

void nbd_encode_info_export(uint8_t *wire, uint64_t size, uint16_t flags)
{
	put(&wire, 2, INFO_EXPORT);
	nbd_encode_export(wire, size, flags);
}

void nbd_encode_info_blocks(uint8_t *wire, uint32_t min, uint32_t preferred,
			    uint32_t max)
{
	put(&wire, 2, INFO_BLOCK_SIZE);
	put(&wire, 4, min);
	put(&wire, 4, preferred);
	put(&wire, 4, max);
}

int nbd_decode_request(const uint8_t *wire, struct nbd_request *req)
{
	req->flags = get16(wire + 4);
	req->type = get16(wire + 6);
	req->cookie = get64(wire + 8);
	req->offset = get64(wire + 16);
	req->len = get32(wire + 24);
	return get32(wire) == MAGIC_REQUEST ? 0 : -EPROTO;
}

void nbd_encode_reply(uint8_t *wire, uint32_t error, uint64_t cookie)
{
	put(&wire, 4, MAGIC_REPLY);
	put(&wire, 4, error);
	put(&wire, 8, cookie);
}
