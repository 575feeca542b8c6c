/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>

#include "backends/kbd/lines.h"
#include "tests/fuzz/fuzz.h"

/* Whatever somebody writes, what comes out can be encoded. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t slot[KBD_EVENT_SIZE];
	struct kbd_event back;
	struct line line;
	int r = line_parse((const char *)data, len, &line);

	assert(r == 0 || r == -EINVAL);
	if (r < 0 || line.kind != LINE_EVENT)
		return 0;

	kbd_encode(&line.event, slot);
	assert(kbd_decode(slot, &back) == 0);
	assert(back.type == line.event.type);
	return 0;
}
