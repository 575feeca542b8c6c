/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * slots - numbers for things that others are to name.
 */

#include <stdint.h>

struct slots;

struct slots *slots_new(void *mem);

/* A number above 0 that is not in use, or -ENOMEM. */
int slots_add(struct slots *slots, void *thing);

/* NULL if the number is not in use. */
void *slots_get(const struct slots *slots, uint32_t number);
void slots_remove(struct slots *slots, uint32_t number);
