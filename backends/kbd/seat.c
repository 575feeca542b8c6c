/* SPDX-License-Identifier: MIT */

#include "backends/kbd/seat.h"

#include <talloc.h>

#include "backends/kbd/state.h"
#include "base/array.h"

#define QUEUE_MAX   256  /* events that wait for the guest as they are */
#define PATIENCE_US 1000 /* until we look whether it has read */
#define TOUCH_MAX   255  /* the longest axis that Linux knows */

/* Codes that Linux' driver has a device for; of others it complains. */
#define KEY_FIRST    1
#define KEY_LAST     239
#define BUTTON_FIRST 0x110
#define BUTTON_LAST  0x117
#define OTHER_FIRST  0x160
#define OTHER_LAST   0x2fe

struct seat {
	struct seat_devices devices;
	struct events_out out;
	loop_fn *notify;
	void *arg;
	struct loop_timer *patience;

	struct state now;                  /* as it is */
	struct state told;                 /* as the guest has it */
	struct kbd_event queue[QUEUE_MAX]; /* what lies between */
	unsigned int head;
	unsigned int n;
	bool behind; /* there was more than fits into it: it is empty */
};

/* Telling the guest */

static void tell(struct seat *seat, const struct kbd_event *event)
{
	uint8_t slot[KBD_EVENT_SIZE];

	kbd_encode(event, slot);
	events_put(&seat->out, slot);
}

static bool next(struct seat *seat, struct kbd_event *event)
{
	if (seat->n) {
		*event = seat->queue[seat->head];
		seat->head = (seat->head + 1) % QUEUE_MAX;
		seat->n--;
		state_apply(&seat->told, event);
		return true;
	}
	if (!seat->behind)
		return false;

	seat->behind = state_catch_up(&seat->told, &seat->now, event);
	return seat->behind;
}

void seat_look(struct seat *seat)
{
	uint32_t room = events_room(&seat->out);
	struct kbd_event event;

	for (; room && next(seat, &event); room--)
		tell(seat, &event);
	if (events_publish(&seat->out))
		seat->notify(seat->arg);

	if (seat->n || seat->behind)
		loop_timer_set(seat->patience, PATIENCE_US);
}

static void look_again(void *arg)
{
	seat_look(arg);
}

static void queue(struct seat *seat, const struct kbd_event *event)
{
	state_apply(&seat->now, event);
	if (seat->n == QUEUE_MAX) {
		seat->n = 0;
		seat->behind = true;
	}
	if (seat->behind)
		return;

	seat->queue[(seat->head + seat->n) % QUEUE_MAX] = *event;
	seat->n++;
}

/* What the guest's devices make of an event */

static bool is_button(uint32_t code)
{
	return code >= BUTTON_FIRST && code <= BUTTON_LAST;
}

static bool is_key(uint32_t code)
{
	return (code >= KEY_FIRST && code <= KEY_LAST) ||
	       (code >= OTHER_FIRST && code <= OTHER_LAST);
}

/* Linux looks for each key at the pointer's, and crashes if there is none. */
static void queue_key(struct seat *seat, const struct kbd_event *event)
{
	const struct seat_devices *devices = &seat->devices;
	uint32_t code = event->key.code;

	if (devices->pointer &&
	    (is_button(code) || (devices->keyboard && is_key(code))))
		queue(seat, event);
}

static int32_t clamp(int64_t value, int32_t max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

/* The pointer is at @x, @y. */
static void queue_position(struct seat *seat, int64_t x, int64_t y,
			   int32_t wheel)
{
	queue(seat, &(struct kbd_event){
			    .type = KBD_POSITION,
			    .motion = { clamp(x, seat->devices.x_max),
					clamp(y, seat->devices.y_max), wheel },
		    });
}

static void queue_motion(struct seat *seat, const struct kbd_event *event)
{
	const struct kbd_motion *motion = &event->motion;

	if (!seat->devices.pointer)
		return;
	if (seat->devices.absolute)
		queue_position(seat, (int64_t)seat->now.x + motion->x,
			       (int64_t)seat->now.y + motion->y, motion->wheel);
	else
		queue(seat, event);
}

/* For a guest that has no positions, how far it is from the last one. */
static void queue_way_to(struct seat *seat, const struct kbd_motion *place)
{
	int32_t x = clamp(place->x, seat->devices.x_max);
	int32_t y = clamp(place->y, seat->devices.y_max);

	queue(seat, &(struct kbd_event){
			    .type = KBD_MOTION,
			    .motion = { x - seat->now.x, y - seat->now.y,
					place->wheel },
		    });
	seat->now.x = x;
	seat->now.y = y;
}

static void queue_place(struct seat *seat, const struct kbd_event *event)
{
	const struct kbd_motion *place = &event->motion;

	if (!seat->devices.pointer)
		return;
	if (seat->devices.absolute)
		queue_position(seat, place->x, place->y, place->wheel);
	else
		queue_way_to(seat, place);
}

/* A touch that makes sense after those before it, as the guest can take it. */
static bool touch_of(const struct seat *seat, struct kbd_touch *touch)
{
	if (touch->kind == KBD_SYNC) {
		touch->contact = 0; /* it is of all */
		return seat->now.unsynced;
	}
	if (touch->contact >= seat->devices.n_contacts)
		return false;

	if (touch->kind == KBD_DOWN || touch->kind == KBD_MOVE) {
		touch->x = clamp(touch->x, seat->devices.touch_x_max);
		touch->y = clamp(touch->y, seat->devices.touch_y_max);
	}
	if (touch->kind == KBD_SHAPE && touch->major > TOUCH_MAX)
		touch->major = TOUCH_MAX;
	return (touch->kind == KBD_DOWN) !=
	       seat->now.contact[touch->contact].down;
}

static void queue_touch(struct seat *seat, const struct kbd_event *event)
{
	struct kbd_event touch = *event;

	if (touch_of(seat, &touch.touch))
		queue(seat, &touch);
}

void seat_event(struct seat *seat, const struct kbd_event *event)
{
	switch (event->type) {
	case KBD_MOTION:
		queue_motion(seat, event);
		break;
	case KBD_POSITION:
		queue_place(seat, event);
		break;
	case KBD_KEY:
		queue_key(seat, event);
		break;
	case KBD_TOUCH:
		queue_touch(seat, event);
		break;
	}
}

static void sync_touches(struct seat *seat)
{
	seat_event(seat, &(struct kbd_event){ .type = KBD_TOUCH,
					      .touch.kind = KBD_SYNC });
}

void seat_frame(struct seat *seat)
{
	sync_touches(seat);
	seat_look(seat);
}

void seat_release(struct seat *seat)
{
	struct state lifted = seat->now, was = seat->now;
	struct kbd_event event;

	state_lift(&lifted);
	while (state_catch_up(&was, &lifted, &event))
		queue(seat, &event);
	seat_frame(seat);
}

struct seat *seat_new(void *mem, struct loop *loop,
		      const struct seat_devices *devices, void *page,
		      loop_fn *notify, void *arg)
{
	struct seat *seat = talloc_zero(mem, struct seat);

	if (!seat)
		return NULL;

	seat->devices = *devices;
	if (seat->devices.n_contacts > STATE_CONTACTS)
		seat->devices.n_contacts = STATE_CONTACTS;
	seat->notify = notify;
	seat->arg = arg;
	events_out_init(&seat->out, page, &kbd_events);
	seat->patience = loop_timer_new(seat, loop, look_again, seat);
	if (!seat->patience) {
		talloc_free(seat);
		return NULL;
	}

	return seat;
}
