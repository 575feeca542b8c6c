/* SPDX-License-Identifier: MIT */

#include "tests/xsclient/fake.h"

#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"

void fake_lost(void *arg, int error)
{
	struct fake *fake = arg;

	fake->lost = error;
	fake->n_lost++;
}

struct fake *fake_new(void *mem)
{
	struct fake *fake = talloc_zero(mem, struct fake);

	fake->loop = loop_new_virtual(fake);
	fake_open(fake);
	return fake;
}

/* Whether a whole message is there. */
static bool has_message(struct fake *fake, struct xs_header *header)
{
	loop_settle(fake->loop);
	fake->n_bytes += fake_receive(fake, fake->bytes + fake->n_bytes,
				      sizeof(fake->bytes) - fake->n_bytes);
	loop_settle(fake->loop);
	if (fake->n_bytes < sizeof(*header))
		return false;

	memcpy(header, fake->bytes, sizeof(*header));
	return fake->n_bytes >= sizeof(*header) + header->len;
}

struct asked fake_next(struct fake *fake)
{
	struct asked asked = { 0 };
	size_t len;

	CHECK(has_message(fake, &asked.header));
	len = sizeof(asked.header) + asked.header.len;
	memcpy(asked.payload, fake->bytes + sizeof(asked.header),
	       asked.header.len);
	fake->n_bytes -= len;
	memmove(fake->bytes, fake->bytes + len, fake->n_bytes);
	return asked;
}

struct asked fake_expect(struct fake *fake, enum xs_type type,
			 const char *payload)
{
	struct asked asked = fake_next(fake);

	CHECK_EQ(asked.header.type, type);
	CHECK_STR(asked.payload, payload);
	return asked;
}

void fake_expect_nothing(struct fake *fake)
{
	struct xs_header header;

	CHECK(!has_message(fake, &header));
	CHECK_EQ(fake->n_bytes, 0);
}

void fake_message(struct fake *fake, uint32_t type, uint32_t req_id,
		  const void *data, size_t len)
{
	struct xs_header header = {
		.type = type,
		.req_id = req_id,
		.len = len,
	};

	fake_send(fake, &header, sizeof(header));
	fake_send(fake, data, len);
	loop_settle(fake->loop);
}

void fake_reply(struct fake *fake, const struct asked *asked, const char *data,
		size_t len)
{
	fake_message(fake, asked->header.type, asked->header.req_id, data, len);
}

void fake_ok(struct fake *fake, const struct asked *asked)
{
	fake_reply(fake, asked, "OK", 3);
}

void fake_error(struct fake *fake, const struct asked *asked, const char *name)
{
	fake_message(fake, XS_ERROR, asked->header.req_id, name,
		     strlen(name) + 1);
}

void fake_event(struct fake *fake, const char *path, const char *token)
{
	char payload[XS_PAYLOAD_MAX];
	size_t len = strlen(path) + 1;

	strcpy(payload, path);
	strcpy(payload + len, token);
	fake_message(fake, XS_WATCH_EVENT, 0, payload, len + strlen(token) + 1);
}
