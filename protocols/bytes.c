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

void bytes_peek(const struct bytes_in *in, uint32_t skip, void *to,
		uint32_t len)
{
	uint32_t at = (in->taken + skip) & (in->size - 1);
	uint32_t first = in->size - at < len ? in->size - at : len;

	memcpy(to, in->data + at, first);
	memcpy((uint8_t *)to + first, in->data, len - first);
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

void bytes_put(struct bytes_out *out, const void *from, uint32_t len)
{
	uint32_t at = out->put & (out->size - 1);
	uint32_t first = out->size - at < len ? out->size - at : len;

	memcpy(out->data + at, from, first);
	memcpy(out->data, (const uint8_t *)from + first, len - first);
	out->put += len;
	shared_write(out->prod, out->put);
}
