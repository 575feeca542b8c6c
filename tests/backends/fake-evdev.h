/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * fake-evdev - a descriptor that answers like a device of the kernel's.
 *
 * The ioctl() of this program takes the place of libc's for libevdev too.  What
 * it answers is what the test wrote down here.
 */

#include <linux/input.h>
#include <stdbool.h>

#define FAKE_SLOTS 5

struct fake_evdev {
	int fd;    /* for the source */
	int other; /* for events of the kernel's */
	bool keys;
	bool motion;
	bool place;   /* 0 to 4095, as a tablet has */
	bool fingers; /* 100 to 1123 and 100 to 867, in FAKE_SLOTS slots */

	/* What the kernel says when it is asked. */
	int tracking[FAKE_SLOTS];
	int x[FAKE_SLOTS];
	int y[FAKE_SLOTS];
};

/* There is one at a time. */
void fake_evdev_open(struct fake_evdev *fake);

/* It is gone: reading is an error from now on. */
void fake_evdev_unplug(struct fake_evdev *fake);

void fake_evdev_send(struct fake_evdev *fake, int type, int code, int value);
