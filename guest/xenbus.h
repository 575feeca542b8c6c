/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xenbus - a guest's end of a device's life, for drivers that are programs.
 *
 *     new                   the backend's directory is found; whatever a
 *                           driver before us left is closed
 *     offered               the backend is ready: set keys, and connect
 *     connected             it serves us
 *     closed                it went away, or never was there
 *
 * After xenbus_close() everything is as before, for the next driver.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/xen.h"
#include "xsclient/xs.h"

struct xenbus;

struct xenbus_events {
	loop_fn *offered;
	loop_fn *connected;
	void (*closed)(void *arg, const char *why);
	void *arg;
};

/* The device of this class ("vbd") and number, of our own domain.  Callbacks
 * come from the loop, and may free it. */
int xenbus_new(void *mem, struct xs_client *xs, const char *class, uint32_t id,
	       const struct xenbus_events *events, struct xenbus **xenbus);

/* From offered on: who serves us, and the keys of its directory as they were
 * at the last callback.  -ENOENT or -EINVAL if there is no such number. */
domid_t xenbus_backend(const struct xenbus *xenbus);
const char *xenbus_get(const struct xenbus *xenbus, const char *key);
int xenbus_get_u64(const struct xenbus *xenbus, const char *key,
		   uint64_t *value);

/* Within offered: keys of ours, which xenbus_connect() writes. */
int xenbus_set(struct xenbus *xenbus, const char *key, const char *fmt, ...)
	PRINTF(3, 4);
int xenbus_connect(struct xenbus *xenbus);

/* We are done.  closed is called with NULL when the backend is, too. */
void xenbus_close(struct xenbus *xenbus);
