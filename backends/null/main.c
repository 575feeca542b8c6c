/* SPDX-License-Identifier: MIT */

#include "backends/null/null.h"

int main(int argc, char **argv)
{
	return pv_main(argc, argv, &null_backend);
}
