/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * control - what an administrator asks the daemon itself: XS_CONTROL.
 *
 * Commands have the names and arguments that xenstore-control(8) knows.
 */

#include "base/span.h"

struct conn;

/* Run the command in @args.  *text is the answer, for talloc_free().
 * Returns 0, -EINVAL for an unknown command or bad arguments, or -errno. */
int control_run(struct conn *conn, struct span args, char **text);
