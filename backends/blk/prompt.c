/* SPDX-License-Identifier: MIT */

#include "backends/blk/prompt.h"

#include <errno.h>
#include <talloc.h>

#include "base/array.h"
#include "base/loop.h"

static struct prompt *prompt_of(struct image *image)
{
	return container_of(image, struct prompt, base);
}

static void prompt_submit(struct image *image, struct image_io *io)
{
	struct prompt *prompt = prompt_of(image);

	prompt->todo[prompt->n_todo++] = io;
}

static void work_once(struct prompt *prompt)
{
	struct image_io **todo = prompt->todo;
	size_t n = prompt->n_todo;

	prompt->todo = prompt->spare;
	prompt->spare = todo;
	prompt->n_todo = 0;
	for (size_t i = 0; i < n; i++)
		todo[i]->result = prompt->obey(prompt, todo[i]);
	prompt->base.done(prompt->base.arg, todo, n);
}

/* Who is told that orders are done may have more of them. */
static void work(void *arg)
{
	struct prompt *prompt = arg;

	prompt->working = true;
	while (prompt->n_todo)
		work_once(prompt);
	prompt->working = false;
}

static void prompt_kick(struct image *image)
{
	struct prompt *prompt = prompt_of(image);

	if (!prompt->n_todo || prompt->working)
		return;
	if (prompt->later)
		loop_task_queue(prompt->later);
	else
		work(prompt);
}

static const struct image_ops prompt_ops = {
	.submit = prompt_submit,
	.kick = prompt_kick,
};

int prompt_init(struct prompt *prompt, struct loop *loop, size_t n_ios,
		prompt_fn *obey, image_done_fn *done, void *arg)
{
	prompt->base = (struct image){ &prompt_ops, done, arg };
	prompt->obey = obey;
	prompt->todo = talloc_array(prompt, struct image_io *, n_ios);
	prompt->spare = talloc_array(prompt, struct image_io *, n_ios);
	if (loop)
		prompt->later = loop_task_new(prompt, loop, work, prompt);

	return prompt->todo && prompt->spare && !loop == !prompt->later
		       ? 0
		       : -ENOMEM;
}
