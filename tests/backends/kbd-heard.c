/* SPDX-License-Identifier: MIT */

#include "tests/backends/kbd-heard.h"

#include <stdio.h>
#include <talloc.h>

static void say(struct heard *heard, const char *what)
{
	heard->text = talloc_asprintf_append(heard->text, "%s;", what);
}

static void touch(const struct kbd_touch *touch, char *to, size_t size)
{
	switch (touch->kind) {
	case KBD_DOWN:
	case KBD_MOVE:
		snprintf(to, size, "touch %d %s %d %d", touch->contact,
			 touch->kind == KBD_DOWN ? "down" : "move", touch->x,
			 touch->y);
		break;
	case KBD_SHAPE:
		snprintf(to, size, "touch %d shape %u %u", touch->contact,
			 touch->major, touch->minor);
		break;
	case KBD_ORIENTATION:
		snprintf(to, size, "touch %d turn %d", touch->contact,
			 touch->degrees);
		break;
	default:
		snprintf(to, size, "touch %d up", touch->contact);
		break;
	}
}

static void event(void *arg, const struct kbd_event *event)
{
	char text[64];

	if (event->type == KBD_KEY)
		snprintf(text, sizeof(text), "key %u %s", event->key.code,
			 event->key.pressed ? "down" : "up");
	else if (event->type == KBD_TOUCH)
		touch(&event->touch, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s %d %d %d",
			 event->type == KBD_MOTION ? "move" : "to",
			 event->motion.x, event->motion.y, event->motion.wheel);
	say(arg, text);
}

static void frame(void *arg)
{
	say(arg, "sync");
}

static void gone(void *arg)
{
	say(arg, "gone");
}

const struct source_ops heard_ops = {
	.event = event,
	.frame = frame,
	.gone = gone,
};

struct heard *heard_new(void *mem, struct loop *loop)
{
	struct heard *heard = talloc_zero(mem, struct heard);

	heard->loop = loop;
	heard->text = talloc_strdup(heard, "");
	return heard;
}

void heard_forget(struct heard *heard)
{
	talloc_free(heard->text);
	heard->text = talloc_strdup(heard, "");
}
