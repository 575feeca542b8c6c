/* SPDX-License-Identifier: MIT */
#pragma once

#include "libpv/pv.h"

extern const struct pv_backend null_backend;
