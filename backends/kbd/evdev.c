/* SPDX-License-Identifier: MIT */

/*
 * evdev - input from a device of the host; the one file that names libevdev.
 *
 * Fingers are looked at when a report ends: libevdev knows how each slot is
 * then, also after the kernel had to drop events.
 */

#include <errno.h>
#include <libevdev/libevdev.h>
#include <talloc.h>

#include "backends/kbd/source.h"
#include "base/array.h"
#include "base/cleanup.h"

#define BUDGET      256 /* events, before others have their turn */
#define FINGERS_MAX 32

struct finger {
	int tracking; /* -1: none */
	int x;
	int y;
	int major;
	int minor;
	int orientation;
};

struct source {
	struct libevdev *dev;
	struct loop_fd *lfd;
	struct source_range range;
	const struct source_ops *ops;
	void *arg;

	struct kbd_motion motion; /* of this report */
	bool moved;
	bool placed;
	struct finger finger[FINGERS_MAX];
	unsigned int n_fingers;
	bool syncing; /* the kernel dropped events */
};

static int source_free(struct source *source)
{
	talloc_free(source->lfd);
	libevdev_free(source->dev);
	return 0;
}

static void say(struct source *source, const struct kbd_event *event)
{
	source->ops->event(source->arg, event);
}

/* What @axis has, in the range from 0 to @max. */
static int32_t scale(const struct source *source, unsigned int axis, int value,
		     int32_t max)
{
	const struct input_absinfo *info =
		libevdev_get_abs_info(source->dev, axis);
	int64_t width = (int64_t)info->maximum - info->minimum;

	return width > 0 ? ((int64_t)value - info->minimum) * max / width : 0;
}

/* The pointer */

static void say_motion(struct source *source)
{
	struct kbd_event event = { KBD_MOTION, .motion = source->motion };

	if (source->placed) {
		event.type = KBD_POSITION;
		event.motion.x = scale(
			source, ABS_X,
			libevdev_get_event_value(source->dev, EV_ABS, ABS_X),
			source->range.x_max);
		event.motion.y = scale(
			source, ABS_Y,
			libevdev_get_event_value(source->dev, EV_ABS, ABS_Y),
			source->range.y_max);
	}
	if (source->placed || source->moved)
		say(source, &event);
	source->placed = source->moved = false;
	source->motion = (struct kbd_motion){ 0 };
}

static void take_motion(struct source *source, const struct input_event *ev)
{
	struct kbd_motion *motion = &source->motion;

	switch (ev->code) {
	case REL_X:
		motion->x += ev->value;
		break;
	case REL_Y:
		motion->y += ev->value;
		break;
	case REL_WHEEL:
		motion->wheel -= ev->value; /* the other way round */
		break;
	default:
		return;
	}
	source->moved = true;
}

static void take_axis(struct source *source, const struct input_event *ev)
{
	/* With fingers these are only one of them, again. */
	if (!source->n_fingers && (ev->code == ABS_X || ev->code == ABS_Y))
		source->placed = true;
}

static void take_key(struct source *source, const struct input_event *ev)
{
	say_motion(source);
	say(source, &(struct kbd_event){ KBD_KEY,
					 .key = { ev->value != 0, ev->code } });
}

/* Fingers */

static int value_of(const struct source *source, unsigned int slot,
		    unsigned int axis)
{
	return libevdev_has_event_code(source->dev, EV_ABS, axis)
		       ? libevdev_get_slot_value(source->dev, slot, axis)
		       : 0;
}

static struct finger finger_now(const struct source *source, unsigned int slot)
{
	return (struct finger){
		.tracking = value_of(source, slot, ABS_MT_TRACKING_ID),
		.x = value_of(source, slot, ABS_MT_POSITION_X),
		.y = value_of(source, slot, ABS_MT_POSITION_Y),
		.major = value_of(source, slot, ABS_MT_TOUCH_MAJOR),
		.minor = value_of(source, slot, ABS_MT_TOUCH_MINOR),
		.orientation = value_of(source, slot, ABS_MT_ORIENTATION),
	};
}

static void say_touch(struct source *source, struct kbd_touch touch)
{
	say(source, &(struct kbd_event){ KBD_TOUCH, .touch = touch });
}

static void say_place(struct source *source, unsigned int slot,
		      enum kbd_touch_kind kind, const struct finger *finger)
{
	struct kbd_touch touch = { .kind = kind, .contact = slot };

	touch.x = scale(source, ABS_MT_POSITION_X, finger->x,
			source->range.touch_x_max);
	touch.y = scale(source, ABS_MT_POSITION_Y, finger->y,
			source->range.touch_y_max);
	say_touch(source, touch);
}

/* In the units of positions across, as if pixels were square. */
static uint32_t length(const struct source *source, int value)
{
	const struct input_absinfo *info =
		libevdev_get_abs_info(source->dev, ABS_MT_POSITION_X);
	int64_t width = (int64_t)info->maximum - info->minimum;

	if (value <= 0 || width <= 0)
		return 0;
	return (int64_t)value * source->range.touch_x_max / width;
}

static void say_shape(struct source *source, unsigned int slot,
		      const struct finger *finger)
{
	struct kbd_touch touch = { .kind = KBD_SHAPE, .contact = slot };

	touch.major = length(source, finger->major);
	touch.minor = length(source, finger->minor);
	say_touch(source, touch);
}

/* The device's largest value is a quarter of a turn. */
static void say_turn(struct source *source, unsigned int slot,
		     const struct finger *finger)
{
	int max = libevdev_get_abs_maximum(source->dev, ABS_MT_ORIENTATION);
	struct kbd_touch touch = { .kind = KBD_ORIENTATION, .contact = slot };

	if (max > 0)
		touch.degrees = (int64_t)finger->orientation * 90 / max;
	say_touch(source, touch);
}

static void say_finger(struct source *source, unsigned int slot,
		       const struct finger *was, const struct finger *now)
{
	static const struct finger none = { .tracking = -1 };
	bool fresh = was->tracking != now->tracking;

	if (was->tracking >= 0 && fresh)
		say_touch(source, (struct kbd_touch){ .kind = KBD_UP,
						      .contact = slot });
	if (now->tracking < 0)
		return;

	was = fresh ? &none : was;
	if (fresh)
		say_place(source, slot, KBD_DOWN, now);
	else if (was->x != now->x || was->y != now->y)
		say_place(source, slot, KBD_MOVE, now);
	if (was->major != now->major || was->minor != now->minor)
		say_shape(source, slot, now);
	if (was->orientation != now->orientation)
		say_turn(source, slot, now);
}

static void say_fingers(struct source *source)
{
	for (unsigned int i = 0; i < source->n_fingers; i++) {
		struct finger now = finger_now(source, i);

		say_finger(source, i, &source->finger[i], &now);
		source->finger[i] = now;
	}
}

/* Events */

static void take(struct source *source, const struct input_event *ev)
{
	switch (ev->type) {
	case EV_KEY:
		take_key(source, ev);
		break;
	case EV_REL:
		take_motion(source, ev);
		break;
	case EV_ABS:
		take_axis(source, ev);
		break;
	case EV_SYN:
		if (ev->code != SYN_REPORT)
			break;
		say_motion(source);
		say_fingers(source);
		source->ops->frame(source->arg);
		break;
	}
}

/* The next event; 0, -EAGAIN if there is none now, or another error. */
static int next(struct source *source, struct input_event *ev)
{
	int r = libevdev_next_event(source->dev,
				    source->syncing ? LIBEVDEV_READ_FLAG_SYNC
						    : LIBEVDEV_READ_FLAG_NORMAL,
				    ev);

	if (r == -EAGAIN && source->syncing) {
		source->syncing = false;
		return next(source, ev);
	}
	if (r == LIBEVDEV_READ_STATUS_SYNC)
		source->syncing = true;

	return r < 0 ? r : 0;
}

static void ready(void *arg, unsigned int what)
{
	struct source *source = arg;
	struct input_event ev;
	int r = 0;

	for (int i = 0; i < BUDGET && r == 0; i++) {
		r = next(source, &ev);
		if (r == 0)
			take(source, &ev);
	}
	if (r < 0 && r != -EAGAIN && r != -EINTR) {
		TALLOC_FREE(source->lfd); /* it would be ready for ever */
		source->ops->gone(source->arg);
	}
}

/* What libevdev has to say of a device, it has mended already. */
__attribute__((format(printf, 7, 0))) static void ignore(
	const struct libevdev *dev, enum libevdev_log_priority priority,
	void *data, const char *file, int line, const char *func,
	const char *format, va_list args)
{
}

static int look_at(struct source *source, int fd)
{
	int n, r;

	source->dev = libevdev_new();
	if (!source->dev)
		return -ENOMEM;
	libevdev_set_device_log_function(source->dev, ignore,
					 LIBEVDEV_LOG_ERROR, NULL);
	r = libevdev_set_fd(source->dev, fd);
	if (r < 0)
		return r;

	n = libevdev_get_num_slots(source->dev);
	source->n_fingers = n < 0 ? 0 : n > FINGERS_MAX ? FINGERS_MAX : n;
	for (size_t i = 0; i < ARRAY_SIZE(source->finger); i++)
		source->finger[i].tracking = -1;
	return 0;
}

int source_new_evdev(void *mem, struct loop *loop, int fd,
		     const struct source_range *range,
		     const struct source_ops *ops, void *arg)
{
	CLEANUP(cleanup_talloc)
	struct source *source = talloc_zero(mem, struct source);
	int r;

	if (!source)
		return -ENOMEM;
	source->range = *range;
	source->ops = ops;
	source->arg = arg;
	talloc_set_destructor(source, source_free);
	r = look_at(source, fd);
	if (r < 0)
		return r;
	r = loop_fd_new(source, loop, fd, LOOP_READ, ready, source,
			&source->lfd);
	if (r < 0)
		return r;

	take_ptr(source);
	return 0;
}
