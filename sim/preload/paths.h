/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * paths - what programs look for in fixed places, and where it is here.
 */

#include <limits.h>

/* @path, or where it is in $XENSIM_DIR, which may be in @space. */
const char *path_here(const char *path, char space[PATH_MAX]);
