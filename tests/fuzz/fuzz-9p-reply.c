/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "protocols/9p-reply.h"
#include "tests/fuzz/fuzz.h"

static void check_entries(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct p9_entry entry;

	while (in.left && p9_entry_decode(&in, &entry) == 0) {
		const uint8_t *name = (const uint8_t *)entry.name;

		assert(name >= data && name + entry.name_len <= data + len);
	}
}

/* Whatever a host sends, a guest can rely on what comes out, and it is encoded
 * to what it was, but for fields that we do not use. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t bytes[P9_HEADER_SIZE + P9_PATH_MAX + 64];
	struct pack out = pack_into(bytes, sizeof(bytes));
	char text[P9_PATH_MAX + 1];
	struct p9_reply reply;

	if (p9_reply_decode(span_of(data, len), &reply, text) < 0)
		return 0;

	if (reply.type == P9_TREAD + 1 || reply.type == P9_TREADDIR + 1)
		assert(reply.count == len - P9_READ_HEADER);
	if (reply.type == P9_TREADDIR + 1)
		check_entries(data + P9_READ_HEADER, reply.count);

	p9_reply_encode(&reply, &out);
	assert(!out.full && out.len <= len);
	if (reply.type != P9_TGETATTR + 1)
		assert(!memcmp(bytes, data, out.len));
	return 0;
}
