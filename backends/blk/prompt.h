/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * prompt - an image that does what it is told before it does anything else.
 *
 * For images that have nothing to wait for.  Orders are obeyed one by one and
 * reported together: within image_kick(), or from the loop soon after, as if
 * there were something to wait for.
 */

#include "backends/blk/image.h"

struct prompt;

/* Does what @io says: 0 or -errno. */
typedef int prompt_fn(struct prompt *prompt, const struct image_io *io);

/* To be embedded at the beginning of the image. */
struct prompt {
	struct image base;
	prompt_fn *obey;
	struct loop_task *later; /* NULL: at once */
	bool working;
	struct image_io **todo;
	struct image_io **spare; /* takes turns with todo */
	size_t n_todo;
};

/* @prompt is the talloc context of what it needs.  Without @loop orders are
 * obeyed within image_kick(). */
int prompt_init(struct prompt *prompt, struct loop *loop, size_t n_ios,
		prompt_fn *obey, image_done_fn *done, void *arg);
