/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * calls - what a guest has done with sockets, as decoded and checked.
 *
 * Commands come on a ring of requests; each socket that is connected has rings
 * of its own for its data, see calls-ring.h.  The wire is in docs/protocols/
 * calls.md.
 */

#include "base/xen.h"
#include "protocols/ring.h"

enum calls_command {
	CALLS_SOCKET = 0,
	CALLS_CONNECT = 1,
	CALLS_RELEASE = 2,
	CALLS_BIND = 3,
	CALLS_LISTEN = 4,
	CALLS_ACCEPT = 5,
	CALLS_POLL = 6,
	CALLS_N_COMMANDS
};

/* What a command of no known number gets: Linux's ENOTSUPP, as a driver knows
 * it. */
#define CALLS_NOT_SUPPORTED (-524)

/* An address of IPv4, which is the only kind, in the host's byte order. */
struct calls_address {
	uint32_t ip;
	uint16_t port;
};

/*
 * What decode() promises: the command is a known one; a socket is one of TCP
 * over IPv4, and an address one of IPv4.  Where it returns -EPROTO, @number,
 * @command and @id are those to answer with, and @refusal is what to answer.
 */
struct calls_request {
	uint32_t number;  /* the guest's, echoed in the response */
	uint32_t command; /* enum calls_command */
	uint64_t id;      /* of the socket, chosen by the guest */
	int refusal;      /* -errno, or 0 */

	struct calls_address address; /* connect, bind */
	uint32_t backlog;             /* listen; whatever the guest likes */
	uint64_t id_new;              /* accept: of the socket to come */
	grant_ref_t ref;              /* connect, accept: of the page with */
	evtchn_port_t port;           /* the indices; of their channel */
};

struct calls_response {
	uint32_t number;
	uint32_t command;
	int32_t ret; /* 0 or -errno, with Linux's numbers */
	uint64_t id;
};

extern const struct ring_protocol calls_protocol;

/* The guest's side: a slot, from a request; a response, from a slot. */
void calls_encode_request(const struct calls_request *req, void *slot);
void calls_decode_response(const void *slot, struct calls_response *rsp);
