/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * nbd-wire - the messages of a Network Block Device server, "fixed newstyle"
 * with simple replies.  Numbers are big-endian.  Source: the NBD project's
 * doc/proto.md.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The server's first words, and the client's answer. */
#define NBD_HELLO_SIZE     18
#define NBD_FLAGS_SIZE     4
#define NBD_FLAG_NO_ZEROES 2
void nbd_encode_hello(uint8_t *wire);
int nbd_decode_flags(const uint8_t *wire, bool *no_zeroes);

/* Options that the client may ask for, before requests. */
#define NBD_OPTION_SIZE 16
enum nbd_option_type {
	NBD_OPT_EXPORT_NAME = 1,
	NBD_OPT_ABORT = 2,
	NBD_OPT_LIST = 3,
	NBD_OPT_INFO = 6,
	NBD_OPT_GO = 7,
};
struct nbd_option {
	uint32_t type;
	uint32_t len; /* of the data that follow */
};
int nbd_decode_option(const uint8_t *wire, struct nbd_option *option);

#define NBD_OPTION_REPLY_SIZE 20
enum nbd_option_reply {
	NBD_REP_ACK = 1,
	NBD_REP_SERVER = 2,
	NBD_REP_INFO = 3,
	NBD_REP_UNSUPPORTED = (1U << 31) + 1,
	NBD_REP_INVALID = (1U << 31) + 3,
};
void nbd_encode_option_reply(uint8_t *wire, uint32_t option, uint32_t reply,
			     uint32_t len);

/* What is exported. */
enum {
	NBD_HAS_FLAGS = 1 << 0,
	NBD_READ_ONLY = 1 << 1,
	NBD_SEND_FLUSH = 1 << 2,
	NBD_SEND_TRIM = 1 << 5,
	NBD_MULTI_CONN = 1 << 8,
};
#define NBD_EXPORT_SIZE      10 /* and 124 zeros, but for NO_ZEROES */
#define NBD_EXPORT_ZEROS     124
#define NBD_INFO_EXPORT_SIZE 12
#define NBD_INFO_BLOCKS_SIZE 14
void nbd_encode_export(uint8_t *wire, uint64_t size, uint16_t flags);
void nbd_encode_info_export(uint8_t *wire, uint64_t size, uint16_t flags);
void nbd_encode_info_blocks(uint8_t *wire, uint32_t min, uint32_t preferred,
			    uint32_t max);

/* Requests; -EPROTO if it is none. */
#define NBD_REQUEST_SIZE 28
enum nbd_request_type {
	NBD_READ = 0,
	NBD_WRITE = 1,
	NBD_DISCONNECT = 2,
	NBD_FLUSH = 3,
	NBD_TRIM = 4,
};
struct nbd_request {
	uint16_t flags;
	uint16_t type;
	uint64_t cookie; /* the client's, echoed in the reply */
	uint64_t offset;
	uint32_t len; /* of the payload, which follows a write */
};
int nbd_decode_request(const uint8_t *wire, struct nbd_request *req);

/* Followed by the data of a read that succeeded. */
#define NBD_REPLY_SIZE 16
enum { NBD_EPERM = 1, NBD_EIO = 5, NBD_EINVAL = 22 };
void nbd_encode_reply(uint8_t *wire, uint32_t error, uint64_t cookie);
