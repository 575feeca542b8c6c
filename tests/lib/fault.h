/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * fault - a test decides which allocation fails.
 *
 *     for (unsigned int n = 1; fault_plan(n), scenario(), fault_came(); n++)
 *             ... whatever failed, all is well ...
 *
 * Only allocations between fault_on() and fault_off() count, so that a test
 * can have memory for itself.  They are those of the program's own code: a
 * program that wants this is linked with fault_args.
 */

#include <stdbool.h>

/* Let the @n-th allocation from now fail, counted from 1. */
void fault_plan(unsigned int n);

void fault_on(void);
void fault_off(void);

/* Whether that allocation was made. */
bool fault_came(void);
