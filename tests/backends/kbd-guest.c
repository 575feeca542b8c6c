/* SPDX-License-Identifier: MIT */

#include "tests/backends/kbd-guest.h"

#include <assert.h>
#include <talloc.h>

const struct seat_devices kbd_everything = {
	.keyboard = true,
	.pointer = true,
	.absolute = true,
	.x_max = 1023,
	.y_max = 767,
	.n_contacts = 10,
	.touch_x_max = 1023,
	.touch_y_max = 767,
};

static void notified(void *arg)
{
	struct kbd_guest *guest = arg;

	guest->n_notified++;
}

struct kbd_guest *kbd_guest_new(void *mem, const struct seat_devices *devices)
{
	struct kbd_guest *guest = talloc_zero(mem, struct kbd_guest);

	guest->loop = loop_new_virtual(guest);
	guest->seat = seat_new(guest, guest->loop, devices, guest->page,
			       notified, guest);
	events_in_init(&guest->in, guest->page, &kbd_events);
	return guest;
}

unsigned int kbd_guest_read(struct kbd_guest *guest, unsigned int max)
{
	uint8_t slot[KBD_EVENT_SIZE];
	unsigned int n = 0;

	for (; n < max && events_ready(&guest->in) > 0; n++) {
		events_take(&guest->in, slot);
		assert(kbd_decode(slot, &guest->last) == 0);
		assert(guest->last.type != KBD_KEY ||
		       guest->last.key.code < STATE_KEYS);
		state_apply(&guest->state, &guest->last);
	}
	events_release(&guest->in);
	guest->n_read += n;
	return n;
}

void kbd_guest_catch_up(struct kbd_guest *guest)
{
	do {
		loop_advance(guest->loop, 2000);
	} while (kbd_guest_read(guest, UINT32_MAX));
}

void seat_key(struct seat *seat, uint32_t code, bool pressed)
{
	seat_event(seat,
		   &(struct kbd_event){ KBD_KEY, .key = { pressed, code } });
}

void seat_touch(struct seat *seat, enum kbd_touch_kind kind, uint8_t contact,
		int32_t x, int32_t y)
{
	struct kbd_event event = { .type = KBD_TOUCH };

	event.touch.kind = kind;
	event.touch.contact = contact;
	event.touch.x = x;
	event.touch.y = y;
	seat_event(seat, &event);
}

void seat_motion(struct seat *seat, enum kbd_type type, int32_t x, int32_t y,
		 int32_t wheel)
{
	seat_event(seat,
		   &(struct kbd_event){ type, .motion = { x, y, wheel } });
}
