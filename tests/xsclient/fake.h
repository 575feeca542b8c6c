/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * fake - a client, and the other end of its wire, on which a test plays
 * xenstored line by line.
 *
 * fake-socket.c and fake-ring.c make the wire; the tests cannot tell.
 */

#include "xsclient/xs.h"

struct fake {
	struct loop *loop;
	struct xs_client *client;
	int lost; /* what the client was told, or 0 */
	int n_lost;
	struct fake_wire *wire;
	char bytes[65536]; /* that the client sent and nobody looked at */
	size_t n_bytes;
};

struct asked {
	struct xs_header header;
	char payload[XS_PAYLOAD_MAX + 1];
};

struct fake *fake_new(void *mem);

/* What the client asked for next; fails the test if nothing. */
struct asked fake_next(struct fake *fake);
struct asked fake_expect(struct fake *fake, enum xs_type type,
			 const char *payload);
void fake_expect_nothing(struct fake *fake);

/* Answers.  Strings travel without their last NUL unless there is a "\0" in
 * them; the loop has settled when the call returns. */
void fake_reply(struct fake *fake, const struct asked *asked, const char *data,
		size_t len);
void fake_ok(struct fake *fake, const struct asked *asked);
void fake_error(struct fake *fake, const struct asked *asked, const char *name);
void fake_event(struct fake *fake, const char *path, const char *token);
void fake_message(struct fake *fake, uint32_t type, uint32_t req_id,
		  const void *data, size_t len);

/* The wire: make it, and the client with it; move bytes; end. */
void fake_open(struct fake *fake);
void fake_lost(void *arg, int error);
void fake_send(struct fake *fake, const void *bytes, size_t len);
size_t fake_receive(struct fake *fake, void *to, size_t size);
