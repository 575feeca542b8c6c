/* SPDX-License-Identifier: MIT */

#include "tests/backends/fake-evdev.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fake_evdev *the_fake;

static void set(uint8_t *bits, size_t size, unsigned int bit)
{
	if (bit / 8 < size)
		bits[bit / 8] |= 1 << bit % 8;
}

static void answer_types(uint8_t *bits, size_t size)
{
	set(bits, size, EV_SYN);
	if (the_fake->keys)
		set(bits, size, EV_KEY);
	if (the_fake->motion)
		set(bits, size, EV_REL);
	if (the_fake->place || the_fake->fingers)
		set(bits, size, EV_ABS);
}

static void answer_axes(uint8_t *bits, size_t size)
{
	set(bits, size, ABS_X);
	set(bits, size, ABS_Y);
	if (!the_fake->fingers)
		return;

	set(bits, size, ABS_MT_SLOT);
	set(bits, size, ABS_MT_TRACKING_ID);
	set(bits, size, ABS_MT_POSITION_X);
	set(bits, size, ABS_MT_POSITION_Y);
	set(bits, size, ABS_MT_TOUCH_MAJOR);
	set(bits, size, ABS_MT_ORIENTATION);
}

static void answer_bits(unsigned int type, uint8_t *bits, size_t size)
{
	switch (type) {
	case 0:
		answer_types(bits, size);
		break;
	case EV_KEY:
		set(bits, size, KEY_A);
		set(bits, size, BTN_LEFT);
		break;
	case EV_REL:
		set(bits, size, REL_X);
		set(bits, size, REL_Y);
		set(bits, size, REL_WHEEL);
		break;
	case EV_ABS:
		answer_axes(bits, size);
		break;
	}
}

static void answer_range(unsigned int axis, struct input_absinfo *info)
{
	static const struct input_absinfo range[ABS_CNT] = {
		[ABS_X] = { .maximum = 4095 },
		[ABS_Y] = { .maximum = 4095 },
		[ABS_MT_SLOT] = { .maximum = FAKE_SLOTS - 1 },
		[ABS_MT_TRACKING_ID] = { .maximum = 65535 },
		[ABS_MT_POSITION_X] = { .minimum = 100, .maximum = 1123 },
		[ABS_MT_POSITION_Y] = { .minimum = 100, .maximum = 867 },
		[ABS_MT_TOUCH_MAJOR] = { .maximum = 255 },
		[ABS_MT_ORIENTATION] = { .minimum = -2, .maximum = 2 },
	};

	*info = range[axis];
}

static void answer_slots(int32_t *values, size_t size)
{
	int code = values[0];

	memset(values + 1, 0, size - sizeof(*values));
	if (code == ABS_MT_TRACKING_ID)
		memcpy(values + 1, the_fake->tracking,
		       sizeof(the_fake->tracking));
	if (code == ABS_MT_POSITION_X)
		memcpy(values + 1, the_fake->x, sizeof(the_fake->x));
	if (code == ABS_MT_POSITION_Y)
		memcpy(values + 1, the_fake->y, sizeof(the_fake->y));
}

static int answer(unsigned int number, void *data, size_t size)
{
	if (number == _IOC_NR(EVIOCGMTSLOTS(0))) {
		answer_slots(data, size);
		return 0;
	}

	memset(data, 0, size);
	if (number >= _IOC_NR(EVIOCGBIT(0, 0)) &&
	    number < _IOC_NR(EVIOCGBIT(EV_CNT, 0)))
		answer_bits(number - _IOC_NR(EVIOCGBIT(0, 0)), data, size);
	else if (number >= _IOC_NR(EVIOCGABS(0)) &&
		 number < _IOC_NR(EVIOCGABS(0)) + ABS_CNT)
		answer_range(number - _IOC_NR(EVIOCGABS(0)), data);
	return 0;
}

__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request,
						 ...)
{
	va_list args;
	void *data;

	va_start(args, request);
	data = va_arg(args, void *);
	va_end(args);
	if (!the_fake || fd != the_fake->fd || _IOC_TYPE(request) != 'E') {
		errno = ENOTTY;
		return -1;
	}

	return answer(_IOC_NR(request), data, _IOC_SIZE(request));
}

void fake_evdev_open(struct fake_evdev *fake)
{
	int ends[2];

	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends);
	fake->fd = ends[0];
	fake->other = ends[1];
	for (int i = 0; i < FAKE_SLOTS; i++)
		fake->tracking[i] = -1;
	the_fake = fake;
}

void fake_evdev_unplug(struct fake_evdev *fake)
{
	(void)!write(fake->fd, "", 1); /* not read, so the end is an error */
	close(fake->other);
}

void fake_evdev_send(struct fake_evdev *fake, int type, int code, int value)
{
	struct input_event ev = { .type = type, .code = code, .value = value };

	(void)!write(fake->other, &ev, sizeof(ev));
}
