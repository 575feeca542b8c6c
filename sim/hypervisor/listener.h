/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * listener - a socket in $XENSIM_DIR to which programs connect.
 */

#include "sim/hypervisor/machine.h"

struct listener;

/* @fd is the callee's to close, and does not block. */
typedef void listener_fn(void *arg, int fd);

/* In file @name, of @type (SOCK_...).  The file stays when it is freed. */
int listener_new(void *mem, struct machine *machine, const char *name, int type,
		 listener_fn *fn, void *arg);
