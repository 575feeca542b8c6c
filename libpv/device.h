/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * device - one device of one guest, from when it appears in xenstore until it
 * is gone from there and nothing of it is in flight.
 *
 * Whatever may have changed, it is touched.  A while later it takes a step: it
 * reads its two directories as they are then, and does what plan.h says.  So
 * any number of changes costs one step, and there is a limit to steps too.
 */

#include "libpv/inside.h"

/* A device that xenstore may have. */
int device_new(struct pv *pv, const char *class, domid_t guest, uint32_t id,
	       struct pv_device **dev);

/* Something about it may have changed. */
void device_touch(struct pv_device *dev);

/* The connection to xenstore is new: watch again. */
void device_attach(struct pv_device *dev);

/* For manager.c: it is its turn. */
void device_step(struct pv_device *dev);
