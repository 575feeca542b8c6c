/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * message - xenstore messages, put together from bytes as they come.
 */

#include <stdbool.h>

#include "protocols/xs.h"

/* All zeros is one of which nothing has come yet. */
struct message {
	struct xs_header header;
	uint8_t payload[XS_PAYLOAD_MAX];
	size_t have; /* bytes of both */
};

/* How many bytes there still have to be, at least: 0 for a complete one, or
 * -EPROTO for one that is too long. */
int message_wants(const struct message *message);

/* Where they go, and that they have come. */
void *message_room(struct message *message);
void message_got(struct message *message, size_t len);

/* Whether the payload is @n strings or more, each with its NUL; those are
 * pointed to from @string, and @rest is how many bytes follow them. */
bool message_strings(const struct message *message, const char **string,
		     size_t n, size_t *rest);
