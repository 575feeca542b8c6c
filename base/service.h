/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * service - what an init system expects of a daemon.
 *
 * In the foreground a daemon tells systemd, or whoever set NOTIFY_SOCKET, when
 * it is ready.  In the background its starter waits until then, so that what
 * comes next in a boot script finds it working.  See sd_notify(3), daemon(7).
 */

#include <stdbool.h>

#include "base/log.h"

/* Tell the init system, "READY=1" say.  Nobody may be listening. */
void service_notify(const char *state);

/*
 * Go on in the background, in a process of its own without a terminal.  The
 * starter waits: service_is_ready() lets it end with success, our end before
 * that with failure.  *ready_fd is for service_is_ready().
 * Returns 0 in the new process, or -errno; the starter does not return.
 */
int service_detach(int *ready_fd);
void service_is_ready(int *ready_fd);

/* Write our process id to @path and hold a lock on the file for as long as we
 * live.  Returns 0, -EBUSY if another process holds it, or -errno. */
int service_pid_file(const char *path);

/* A struct log's way to syslog(3), as the daemon of this name. */
void service_open_syslog(const char *name);
void service_write_syslog(void *arg, enum log_level level, const char *line);
