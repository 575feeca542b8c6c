/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * introduce - tell xenstored of a domain, as a toolstack does.
 */

#include "sim/xensim.h"

/* Through domain 0's own ring.  0 or -errno; -ETIMEDOUT if nobody serves it. */
int introduce(const struct xensim_domain *domain);
