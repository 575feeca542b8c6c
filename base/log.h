/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * log - one line for one event, and always about somebody.
 *
 * Every line starts with its subject ("pv-blk 7/51712: ...").  The function
 * says who is to blame, so that an administrator knows whom to ask:
 *
 *   log_guest   the guest broke the protocol   (rate-limited for each subject)
 *   log_host    the host let us down           (disk full, no such file)
 *   log_bug     we did something wrong         (please report)
 *
 * What a guest wrote goes into a line through text_printable() only.
 */

#include <stdarg.h>
#include <stdbool.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct log;
struct loop;

enum log_level {
	LOG_LEVEL_HOST,
	LOG_LEVEL_GUEST,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Where lines go; a line has no newline. */
typedef void log_write_fn(void *arg, enum log_level level, const char *line);

/* The log of a program, its subject the program's @name.  A NULL @write is
 * stderr, with the priority prefixes of sd-daemon(3) if it is the journal.
 * Debug lines are dropped unless @verbose. */
struct log *log_open(void *mem, const struct loop *clock, const char *name,
		     bool verbose, log_write_fn *write, void *arg);

/* Whether debug lines are written, from now on. */
void log_set_verbose(struct log *log, bool verbose);

/* A log about something within @parent's subject. */
struct log *log_new(void *mem, struct log *parent, const char *fmt, ...)
	PRINTF(3, 4);

void log_debug(struct log *log, const char *fmt, ...) PRINTF(2, 3);
void log_info(struct log *log, const char *fmt, ...) PRINTF(2, 3);
void log_guest(struct log *log, const char *fmt, ...) PRINTF(2, 3);
void log_host(struct log *log, const char *fmt, ...) PRINTF(2, 3);
void log_bug(struct log *log, const char *fmt, ...) PRINTF(2, 3);
