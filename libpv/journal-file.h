/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * journal-file - a journal in a file that is mapped: it is whole whenever we
 * die.  On a tmpfs, as it is to survive us and not the host.
 */

#include "libpv/journal.h"

/* A new journal of @n records at @path; or, to take over, the one that is
 * there: -ENOENT if there is none, -EINVAL if it is for another number.  It is
 * mapped as long as its owner, @mem, lives. */
int journal_open(void *mem, const char *path, unsigned int n, bool take_over,
		 struct journal_record **records);
