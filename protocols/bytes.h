/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * bytes - a ring of bytes on shared pages, one end reading, the other writing.
 *
 * The peer can write to the pages at any moment.  Our own index is kept
 * private and never read back; the peer's index is read once for each look.
 * A peer whose indices cannot be is -EPROTO.  See docs/misc/xenstore-ring.txt
 * and docs/misc/9pfs.pandoc, which share the scheme: indices run freely, the
 * sizes are powers of two.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* The half that we read from. */
struct bytes_in {
	const uint8_t *data;
	uint32_t size;        /* a power of two */
	const uint32_t *prod; /* the peer's, shared */
	uint32_t *cons;       /* ours, shared; never read */
	uint32_t taken;       /* ours, private */
};

/* The half that we write to. */
struct bytes_out {
	uint8_t *data;
	uint32_t size;        /* a power of two */
	uint32_t *prod;       /* ours, shared; never read */
	const uint32_t *cons; /* the peer's, shared */
	uint32_t put;         /* ours, private */
};

/* How much there is to read, or -EPROTO. */
int bytes_ready(const struct bytes_in *in);

/* Copy out @len bytes that bytes_ready() reported, @skip bytes further on;
 * they stay in the ring. */
void bytes_peek(const struct bytes_in *in, uint32_t skip, void *to,
		uint32_t len);

/* Where those bytes are, in one part or two, of which the number is returned.
 * The peer may change them at any moment. */
unsigned int bytes_ready_at(const struct bytes_in *in, uint32_t skip,
			    uint32_t len, struct iovec parts[2]);

/* Give the room of the first @len bytes back to the peer. */
void bytes_drop(struct bytes_in *in, uint32_t len);

/* How much there is room for, or -EPROTO. */
int bytes_room(const struct bytes_out *out);

/* Copy in @len bytes for which bytes_room() reported room, and show them to
 * the peer, all at once. */
void bytes_put(struct bytes_out *out, const void *from, uint32_t len);

/* The same in steps: copy in, @skip bytes further on, or learn where that is;
 * show the first @len bytes. */
void bytes_fill(const struct bytes_out *out, uint32_t skip, const void *from,
		uint32_t len);
unsigned int bytes_room_at(const struct bytes_out *out, uint32_t skip,
			   uint32_t len, struct iovec parts[2]);
void bytes_show(struct bytes_out *out, uint32_t len);
