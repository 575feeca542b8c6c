/* SPDX-License-Identifier: MIT */

#include "sim/kernel/message.h"

#include <assert.h>
#include <errno.h>

#include "base/span.h"

int message_wants(const struct message *message)
{
	size_t header = sizeof(message->header);

	if (message->have < header)
		return (int)(header - message->have);
	if (message->header.len > XS_PAYLOAD_MAX)
		return -EPROTO;

	return (int)(header + message->header.len - message->have);
}

void *message_room(struct message *message)
{
	size_t header = sizeof(message->header);

	if (message->have < header)
		return (uint8_t *)&message->header + message->have;

	return message->payload + (message->have - header);
}

void message_got(struct message *message, size_t len)
{
	assert(message_wants(message) >= (int)len);
	message->have += len;
}

bool message_strings(const struct message *message, const char **string,
		     size_t n, size_t *rest)
{
	struct span in = span_of(message->payload, message->header.len);

	for (size_t i = 0; i < n; i++)
		string[i] = span_cstr(&in);

	*rest = in.left;
	return !in.bad;
}
