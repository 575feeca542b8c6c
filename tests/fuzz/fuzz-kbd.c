/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "protocols/kbd.h"
#include "tests/fuzz/fuzz.h"

/* Whatever is in a slot, what comes out is an event of a known kind, and the
 * same again if it goes back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t slot[KBD_EVENT_SIZE] = { 0 };
	struct kbd_event event, back;

	memcpy(slot, data, len < sizeof(slot) ? len : sizeof(slot));
	if (kbd_decode(slot, &event) < 0)
		return 0;

	assert(event.type >= KBD_MOTION && event.type <= KBD_TOUCH);
	if (event.type == KBD_TOUCH)
		assert(event.touch.kind <= KBD_ORIENTATION);
	kbd_encode(&event, slot);
	assert(kbd_decode(slot, &back) == 0);
	assert(!memcmp(&event, &back, sizeof(back)));

	return 0;
}
