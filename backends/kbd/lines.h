/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * lines - input as people write it down.
 *
 *     key 30 down              a key or button, by its number in
 *     key 30 up                linux/input-event-codes.h
 *     move -5 3                the pointer, by pixels
 *     move 0 0 1               its wheel, by notches, down
 *     to 100 200               the pointer, to a place
 *     touch 0 down 100 200     the first finger
 *     touch 0 move 110 200
 *     touch 0 shape 30 20      the axes of its ellipse
 *     touch 0 turn 45          and how it lies, in degrees
 *     touch 0 up
 *     sync                     all since the last one happened at once
 *     wait 100                 milliseconds
 *
 * What follows a # is a comment.
 */

#include <stddef.h>

#include "protocols/kbd.h"

#define LINE_MAX_LEN 255

enum line_kind { LINE_EMPTY, LINE_EVENT, LINE_SYNC, LINE_WAIT };

struct line {
	enum line_kind kind;
	struct kbd_event event;
	uint32_t ms;
};

/* -EINVAL if @text is not one of the above, or longer than LINE_MAX_LEN. */
int line_parse(const char *text, size_t len, struct line *line);
