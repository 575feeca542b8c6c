/* SPDX-License-Identifier: MIT */

#include "libpv/stats.h"

#include <inttypes.h>
#include <talloc.h>

static const char *const names[STAT_N] = {
	[STAT_SESSIONS] = "sessions",
	[STAT_REQUESTS] = "requests",
	[STAT_REFUSED] = "refused",
	[STAT_BYTES_FROM] = "bytes_from_guest",
	[STAT_BYTES_TO] = "bytes_to_guest",
	[STAT_WAKE_UPS] = "wake_ups",
	[STAT_SPURIOUS] = "spurious",
	[STAT_NOTIFICATIONS] = "notifications",
};

static char *append_latency(char *text, const struct histogram *latency)
{
	return talloc_asprintf_append(
		text,
		"latency_us_p50=%" PRIu64 " latency_us_p99=%" PRIu64
		" latency_us_max=%" PRIu64,
		histogram_quantile(latency, 500),
		histogram_quantile(latency, 990), latency->max);
}

char *stats_text(void *mem, const struct stats *stats)
{
	char *text = talloc_strdup(mem, "");

	for (enum stat i = 0; text && i < STAT_N; i++)
		text = talloc_asprintf_append(text, "%s=%" PRIu64 " ", names[i],
					      stats->count[i]);

	return text ? append_latency(text, &stats->latency) : NULL;
}
