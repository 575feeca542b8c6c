/* SPDX-License-Identifier: MIT */

#include "base/log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/loop.h"

/* A guest may cause this many lines at once, then one a second. */
#define GUEST_BURST     10
#define GUEST_REFILL_US 1000000
#define LINE_MAX_LEN    1024

/* What all logs of a program share. */
struct sink {
	const struct loop *clock;
	log_write_fn *write;
	void *arg;
	bool verbose;
};

struct log {
	struct sink *sink;
	const char *subject;
	unsigned int guest_lines; /* left of the burst */
	unsigned int suppressed;
	uint64_t refilled_at;
};

static void write_stderr(void *arg, enum log_level level, const char *line)
{
	static const int priority[] = {
		[LOG_LEVEL_HOST] = 3,
		[LOG_LEVEL_GUEST] = 4,
		[LOG_LEVEL_INFO] = 6,
		[LOG_LEVEL_DEBUG] = 7,
	};
	const bool *journal = arg;

	if (*journal)
		fprintf(stderr, "<%d>%s\n", priority[level], line);
	else
		fprintf(stderr, "%s\n", line);
}

static struct log *new_log(void *mem, struct sink *sink)
{
	struct log *log = talloc_zero(mem, struct log);

	if (!log)
		return NULL;

	log->sink = sink;
	log->guest_lines = GUEST_BURST;
	log->refilled_at = loop_now(sink->clock);
	return log;
}

struct log *log_open(void *mem, const struct loop *clock, const char *name,
		     bool verbose, log_write_fn *write, void *arg)
{
	struct sink *sink = talloc_zero(mem, struct sink);
	struct log *log;
	bool *journal;

	if (!sink)
		return NULL;

	journal = talloc(sink, bool);
	sink->clock = clock;
	log = journal ? new_log(mem, sink) : NULL;
	if (log)
		log->subject = talloc_strdup(log, name);
	if (!log || !log->subject) {
		talloc_free(sink);
		talloc_free(log);
		return NULL;
	}

	*journal = getenv("JOURNAL_STREAM") != NULL;
	sink->verbose = verbose;
	sink->write = write ?: write_stderr;
	sink->arg = write ? arg : journal;
	return log;
}

void log_set_verbose(struct log *log, bool verbose)
{
	log->sink->verbose = verbose;
}

struct log *log_new(void *mem, struct log *parent, const char *fmt, ...)
{
	struct log *log = new_log(mem, parent->sink);
	char *subject;
	va_list args;

	if (!log)
		return NULL;

	subject = talloc_asprintf(log, "%s ", parent->subject);
	va_start(args, fmt);
	if (subject)
		subject = talloc_vasprintf_append(subject, fmt, args);
	va_end(args);

	if (!subject) {
		talloc_free(log);
		return NULL;
	}
	log->subject = subject;
	return log;
}

static void write_line(struct log *log, enum log_level level, const char *blame,
		       const char *fmt, va_list args) PRINTF(4, 0);

static void write_line(struct log *log, enum log_level level, const char *blame,
		       const char *fmt, va_list args)
{
	char line[LINE_MAX_LEN];
	int len = snprintf(line, sizeof(line), "%s: %s", log->subject, blame);

	if (len >= 0 && (size_t)len < sizeof(line))
		vsnprintf(line + len, sizeof(line) - len, fmt, args);

	log->sink->write(log->sink->arg, level, line);
}

static void write_format(struct log *log, enum log_level level,
			 const char *blame, const char *fmt, ...) PRINTF(4, 5);

static void write_format(struct log *log, enum log_level level,
			 const char *blame, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(log, level, blame, fmt, args);
	va_end(args);
}

#define WRITE(log, level, blame, fmt)                                          \
	do {                                                                   \
		va_list _args;                                                 \
		va_start(_args, fmt);                                          \
		write_line(log, level, blame, fmt, _args);                     \
		va_end(_args);                                                 \
	} while (0)

void log_debug(struct log *log, const char *fmt, ...)
{
	if (log->sink->verbose)
		WRITE(log, LOG_LEVEL_DEBUG, "", fmt);
}

void log_info(struct log *log, const char *fmt, ...)
{
	WRITE(log, LOG_LEVEL_INFO, "", fmt);
}

void log_host(struct log *log, const char *fmt, ...)
{
	WRITE(log, LOG_LEVEL_HOST, "", fmt);
}

void log_bug(struct log *log, const char *fmt, ...)
{
	WRITE(log, LOG_LEVEL_HOST, "bug, please report: ", fmt);
}

/* Whether the guest has a line left; a second gives one back. */
static bool may_speak(struct log *log)
{
	uint64_t seconds = (loop_now(log->sink->clock) - log->refilled_at) /
			   GUEST_REFILL_US;

	log->refilled_at += seconds * GUEST_REFILL_US;
	if (seconds >= GUEST_BURST - log->guest_lines)
		log->guest_lines = GUEST_BURST;
	else
		log->guest_lines += seconds;

	if (!log->guest_lines)
		return false;
	log->guest_lines--;
	return true;
}

void log_guest(struct log *log, const char *fmt, ...)
{
	if (!may_speak(log)) {
		log->suppressed++;
		return;
	}
	if (log->suppressed)
		write_format(log, LOG_LEVEL_GUEST,
			     "guest: ", "%u lines like these were left out",
			     log->suppressed);
	log->suppressed = 0;
	WRITE(log, LOG_LEVEL_GUEST, "guest: ", fmt);
}
