/* SPDX-License-Identifier: MIT */

#include "backends/blk/blk.h"

int main(int argc, char **argv)
{
	return pv_main(argc, argv, &blk_backend);
}
