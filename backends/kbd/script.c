/* SPDX-License-Identifier: MIT */

/*
 * script - input from a text that says what happens when.
 *
 * The whole text is looked through before anything happens, so that a mistake
 * at its end is found at the beginning.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "backends/kbd/lines.h"
#include "backends/kbd/source.h"
#include "base/cleanup.h"

#define SCRIPT_MAX (1 << 20) /* bytes */
#define BUDGET     64        /* lines, before others have their turn */

struct script {
	const struct source_ops *ops;
	void *arg;
	struct loop_timer *timer;
	char *text;
	size_t len;
	size_t at;
};

/* The next line, which @at is moved behind; -ENOENT at the end. */
static int next(const struct script *script, size_t *at, struct line *line)
{
	const char *text = script->text + *at;
	size_t left = script->len - *at;
	const char *end = memchr(text, '\n', left);
	size_t len = end ? (size_t)(end - text) : left;

	if (!left)
		return -ENOENT;

	*at += len + (end != NULL);
	return line_parse(text, len, line);
}

static void run(void *arg)
{
	struct script *script = arg;
	struct line line;

	for (int i = 0; i < BUDGET; i++) {
		if (next(script, &script->at, &line) < 0) {
			script->ops->frame(script->arg);
			script->ops->gone(script->arg);
			return;
		}
		if (line.kind == LINE_EVENT)
			script->ops->event(script->arg, &line.event);
		if (line.kind == LINE_SYNC)
			script->ops->frame(script->arg);
		if (line.kind == LINE_WAIT) {
			loop_timer_set(script->timer, line.ms * UINT64_C(1000));
			return;
		}
	}
	loop_timer_set(script->timer, 0);
}

static int read_text(struct script *script, int fd)
{
	ssize_t n;

	script->text = talloc_array(script, char, SCRIPT_MAX);
	if (!script->text)
		return -ENOMEM;
	do {
		n = pread(fd, script->text + script->len,
			  SCRIPT_MAX - script->len, script->len);
		if (n > 0)
			script->len += n;
	} while (n > 0);
	if (n < 0)
		return -errno;

	return script->len < SCRIPT_MAX ? 0 : -EFBIG;
}

/* Whether each line is one. */
static int check(const struct script *script, unsigned int *number)
{
	struct line line;
	size_t at = 0;
	int r = 0;

	for (*number = 0; r == 0; ++*number)
		r = next(script, &at, &line);

	return r == -ENOENT ? 0 : r;
}

int source_new_script(void *mem, struct loop *loop, int fd,
		      const struct source_ops *ops, void *arg,
		      unsigned int *line)
{
	CLEANUP(cleanup_talloc)
	struct script *script = talloc_zero(mem, struct script);
	int r;

	if (!script)
		return -ENOMEM;
	script->ops = ops;
	script->arg = arg;
	script->timer = loop_timer_new(script, loop, run, script);
	if (!script->timer)
		return -ENOMEM;
	r = read_text(script, fd);
	if (r < 0)
		return r;
	r = check(script, line);
	if (r < 0)
		return r;

	loop_timer_set(script->timer, 0);
	take_ptr(script);
	return 0;
}
