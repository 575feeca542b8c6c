/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>
#include <talloc.h>

#include "base/span.h"
#include "tests/backends/kbd-guest.h"
#include "tests/fuzz/fuzz.h"

static void make_event(struct span *in, struct seat *seat)
{
	uint8_t slot[KBD_EVENT_SIZE] = { 0 };
	const void *bytes = span_bytes(in, 16);
	struct kbd_event event;

	if (bytes)
		memcpy(slot, bytes, 16);
	slot[0] = slot[0] % 6;
	slot[1] = slot[1] % 7;
	if (kbd_decode(slot, &event) == 0)
		seat_event(seat, &event);
}

static void step(struct kbd_guest *guest, struct span *in)
{
	switch (span_u8(in) % 5) {
	case 0:
	case 1:
		make_event(in, guest->seat);
		break;
	case 2:
		seat_frame(guest->seat);
		break;
	case 3:
		kbd_guest_read(guest, span_u8(in));
		break;
	case 4:
		loop_advance(guest->loop, 1000);
		break;
	}
}

static void check_nothing_pressed(const struct state *state)
{
	for (unsigned int i = 0; i < STATE_KEYS; i++)
		assert(!state_key(state, i));
	for (unsigned int i = 0; i < STATE_CONTACTS; i++)
		assert(!state->contact[i].down);
	assert(!state->unsynced);
}

/* Whatever happens and however slowly a guest reads: where it has devices, it
 * is told what is in range, and when all is released, it knows in the end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct seat_devices devices = kbd_everything;
	struct kbd_guest *guest;
	uint8_t flags = span_u8(&in);

	devices.absolute = flags & 1;
	devices.keyboard = flags & 2;
	devices.n_contacts = flags >> 2;
	guest = kbd_guest_new(NULL, &devices);
	while (in.left && !in.bad) {
		step(guest, &in);
		assert(guest->state.x >= 0 && guest->state.x <= 1023);
		assert(guest->state.y >= 0 && guest->state.y <= 767);
	}

	seat_release(guest->seat);
	kbd_guest_catch_up(guest);
	check_nothing_pressed(&guest->state);
	talloc_free(guest);
	return 0;
}
