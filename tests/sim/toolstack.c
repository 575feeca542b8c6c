/* SPDX-License-Identifier: MIT */

#include "tests/sim/toolstack.h"

#include <stdio.h>
#include <xenstore.h>

#include "tests/lib/test.h"

void toolstack_give_home(uint16_t domid)
{
	struct xs_handle *xsh = xs_open(0);
	struct xs_permissions perms = { .id = domid };
	char path[32];

	CHECK(xsh);
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	CHECK(xs_mkdir(xsh, XBT_NULL, path));
	CHECK(xs_set_permissions(xsh, XBT_NULL, path, &perms, 1));
	xs_close(xsh);
}
