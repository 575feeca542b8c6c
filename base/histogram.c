/* SPDX-License-Identifier: MIT */

#include "base/histogram.h"

#define EIGHTHS_SHIFT 3
#define EIGHTHS       (1U << EIGHTHS_SHIFT)

/* Values below 8 have a bucket each; above, the leading bit and the next three
 * say which. */
static unsigned int bucket_of(uint64_t value)
{
	unsigned int shift;

	if (value < EIGHTHS)
		return value;

	shift = 63 - __builtin_clzll(value) - EIGHTHS_SHIFT;
	return shift * EIGHTHS + (value >> shift);
}

/* The largest value that belongs into bucket @i. */
static uint64_t end_of(unsigned int i)
{
	unsigned int shift;

	if (i < EIGHTHS)
		return i;

	shift = i / EIGHTHS - 1;
	return ((uint64_t)(i % EIGHTHS + EIGHTHS) << shift) +
	       ((uint64_t)1 << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	h->n++;
	h->sum += value;
	if (value > h->max)
		h->max = value;
	h->bucket[bucket_of(value)]++;
}

uint64_t histogram_quantile(const struct histogram *h, unsigned int per_mille)
{
	uint64_t wanted = h->n * per_mille / 1000 + !!(h->n * per_mille % 1000);
	uint64_t seen = 0;

	for (unsigned int i = 0; i < HISTOGRAM_N_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen && seen >= wanted)
			return end_of(i) < h->max ? end_of(i) : h->max;
	}

	return 0;
}

uint64_t histogram_mean(const struct histogram *h)
{
	return h->n ? h->sum / h->n : 0;
}
