/* SPDX-License-Identifier: MIT */

#include "tests/xsclient/real.h"

#include <string.h>

void real_wait(struct real *real)
{
	loop_run(real->loop);
}

void real_done(struct real *real)
{
	loop_stop(real->loop);
}

void real_lost(void *arg, int error)
{
	(void)arg;
	test_fail(__FILE__, __LINE__, "the connection was lost: %s",
		  strerror(-error));
}
