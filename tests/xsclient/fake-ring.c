/* SPDX-License-Identifier: MIT */

#include <talloc.h>

#include "protocols/bytes.h"
#include "tests/lib/test.h"
#include "tests/xsclient/fake.h"

struct fake_wire {
	struct xs_page page;
	struct bytes_in in;
	struct bytes_out out;
	bool notified; /* since somebody looked */
};

static void notify(void *arg)
{
	struct fake *fake = arg;

	fake->wire->notified = true;
}

void fake_open(struct fake *fake)
{
	struct fake_wire *wire = talloc_zero(fake, struct fake_wire);
	struct xs_page *page = &wire->page;

	fake->wire = wire;
	wire->in = (struct bytes_in){ page->req, XS_RING_SIZE, &page->req_prod,
				      &page->req_cons, 0 };
	wire->out = (struct bytes_out){ page->rsp, XS_RING_SIZE,
					&page->rsp_prod, &page->rsp_cons, 0 };
	CHECK_EQ(xs_open_ring(fake, fake->loop, page, notify, fake_lost, fake,
			      &fake->client),
		 0);
}

static void tell(struct fake *fake)
{
	xs_ring_event(fake->client);
	loop_settle(fake->loop);
}

void fake_send(struct fake *fake, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len) {
		size_t n = bytes_room(&fake->wire->out);

		CHECK(n > 0);
		n = n < len ? n : len;
		bytes_put(&fake->wire->out, at, n);
		at += n;
		len -= n;
		tell(fake);
	}
}

/* As much as the client sends, each ringful of which it has to announce. */
size_t fake_receive(struct fake *fake, void *to, size_t size)
{
	struct fake_wire *wire = fake->wire;
	size_t len = 0;

	while (wire->notified) {
		size_t n = bytes_ready(&wire->in);

		wire->notified = false;
		CHECK(n <= size - len);
		bytes_peek(&wire->in, 0, (uint8_t *)to + len, n);
		bytes_drop(&wire->in, n);
		len += n;
		tell(fake);
	}

	return len;
}
