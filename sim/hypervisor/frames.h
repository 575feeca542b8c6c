/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * frames - which frames of the machine belong to nobody.
 */

#include <stdint.h>

struct frames;

/* All of @n frames from 0 on are free. */
struct frames *frames_new(void *mem, uint32_t n);

/* @n contiguous frames, the lowest there are, or -ENOMEM. */
int frames_take(struct frames *frames, uint32_t n, uint32_t *first);

/* They must have come from frames_take().  Returns 0 or -ENOMEM, and then
 * they are lost. */
int frames_give_back(struct frames *frames, uint32_t first, uint32_t n);
