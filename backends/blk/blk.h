/* SPDX-License-Identifier: MIT */
#pragma once

#include "libpv/pv.h"

extern const struct pv_backend blk_backend;
