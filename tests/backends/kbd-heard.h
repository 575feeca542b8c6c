/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * kbd-heard - what a source said, as a text: each event as in lines.h, and
 * "sync" and "gone".
 */

#include "backends/kbd/source.h"

struct heard {
	struct loop *loop;
	char *text; /* each with a ";" after it */
};

extern const struct source_ops heard_ops; /* whose arg is a struct heard */

struct heard *heard_new(void *mem, struct loop *loop);

/* Whether it said just this since the last time. */
#define CHECK_HEARD(heard, want)                                               \
	do {                                                                   \
		CHECK_STR((heard)->text, want);                                \
		heard_forget(heard);                                           \
	} while (0)
void heard_forget(struct heard *heard);
