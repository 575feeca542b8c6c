/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * target - what the toolstack wants served, from "params" and what the hotplug
 * script made of it.
 */

#include <stdint.h>

enum target_kind { TARGET_FILE, TARGET_MEMORY };

struct target {
	enum target_kind kind;
	const char *path; /* of a file or block device */
	uint64_t size;    /* of memory, in bytes */
};

/*
 * @params is one of
 *
 *     /dev/loop6, aio:/path, raw:/path    a file or block device
 *     memory:16M                          memory; K, M or G, or bytes
 *
 * @device is the "physical-device-path" of a script, which wins, or NULL.
 * Returns 0 or -EINVAL.  The path lies within one of them.
 */
int target_parse(const char *params, const char *device, struct target *target);
