/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * prompt - an image that does what it is told before it does anything else.
 *
 * For images that have nothing to wait for.  Orders are obeyed one by one in
 * image_kick()'s wake, from the loop, and reported together.
 */

#include "backends/blk/image.h"

struct prompt;

/* Does what @io says: 0 or -errno. */
typedef int prompt_fn(struct prompt *prompt, const struct image_io *io);

/* To be embedded at the beginning of the image. */
struct prompt {
	struct image base;
	prompt_fn *obey;
	struct loop_task *task;
	struct image_io **todo;
	struct image_io **spare; /* takes turns with todo */
	size_t n_todo;
};

/* @prompt is the talloc context of what it needs. */
int prompt_init(struct prompt *prompt, struct loop *loop, size_t n_ios,
		prompt_fn *obey, image_done_fn *done, void *arg);
