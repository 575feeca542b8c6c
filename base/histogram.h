/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * histogram - how often something took how long.
 *
 * Values are sorted into buckets that are an eighth of a power of two wide, so
 * that a quantile is right within 12 %, whatever the unit.
 */

#include <stdint.h>

#define HISTOGRAM_N_BUCKETS 496

struct histogram {
	uint64_t n;
	uint64_t sum;
	uint64_t max;
	uint64_t bucket[HISTOGRAM_N_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t value);

/* What @per_mille of the values did not exceed (500 is the median), or 0 if
 * there is no value. */
uint64_t histogram_quantile(const struct histogram *h, unsigned int per_mille);

/* The arithmetic mean, or 0 if there is no value. */
uint64_t histogram_mean(const struct histogram *h);
