/* SPDX-License-Identifier: MIT */

#include "protocols/bytes.h"

#include <errno.h>
#include <string.h>

#include "protocols/shared.h"

int bytes_ready(const struct bytes_in *in)
{
	uint32_t ready = shared_read(in->prod) - in->taken;

	return ready <= in->size ? (int)ready : -EPROTO;
}

/* The @len bytes of a ring from index @from on, of which the ring may be
 * constant: whoever reads from it leaves it alone. */
static unsigned int parts_of(const uint8_t *ring, uint32_t size, uint32_t from,
			     uint32_t len, struct iovec parts[2])
{
	uint8_t *data = (uint8_t *)(uintptr_t)ring;
	uint32_t at = from & (size - 1);
	uint32_t first = size - at < len ? size - at : len;

	parts[0] = (struct iovec){ data + at, first };
	parts[1] = (struct iovec){ data, len - first };
	return first < len ? 2 : 1;
}

unsigned int bytes_ready_at(const struct bytes_in *in, uint32_t skip,
			    uint32_t len, struct iovec parts[2])
{
	return parts_of(in->data, in->size, in->taken + skip, len, parts);
}

void bytes_peek(const struct bytes_in *in, uint32_t skip, void *to,
		uint32_t len)
{
	struct iovec part[2];

	bytes_ready_at(in, skip, len, part);
	memcpy(to, part[0].iov_base, part[0].iov_len);
	memcpy((uint8_t *)to + part[0].iov_len, part[1].iov_base,
	       part[1].iov_len);
	/* What follows works on the copy and not on the ring again. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void bytes_drop(struct bytes_in *in, uint32_t len)
{
	in->taken += len;
	shared_write(in->cons, in->taken);
}

int bytes_room(const struct bytes_out *out)
{
	uint32_t used = out->put - shared_read(out->cons);

	return used <= out->size ? (int)(out->size - used) : -EPROTO;
}

unsigned int bytes_room_at(const struct bytes_out *out, uint32_t skip,
			   uint32_t len, struct iovec parts[2])
{
	return parts_of(out->data, out->size, out->put + skip, len, parts);
}

void bytes_fill(const struct bytes_out *out, uint32_t skip, const void *from,
		uint32_t len)
{
	struct iovec part[2];

	bytes_room_at(out, skip, len, part);
	memcpy(part[0].iov_base, from, part[0].iov_len);
	memcpy(part[1].iov_base, (const uint8_t *)from + part[0].iov_len,
	       part[1].iov_len);
}

void bytes_show(struct bytes_out *out, uint32_t len)
{
	out->put += len;
	shared_write(out->prod, out->put);
}

void bytes_put(struct bytes_out *out, const void *from, uint32_t len)
{
	bytes_fill(out, 0, from, len);
	bytes_show(out, len);
}
