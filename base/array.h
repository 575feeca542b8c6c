/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * array - sizes of arrays, and structs by one of their members.
 */

#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define container_of(ptr, type, member)                                        \
	((type *)((char *)(ptr)-offsetof(type, member)))
