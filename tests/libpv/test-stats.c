/* SPDX-License-Identifier: MIT */

#include "libpv/stats.h"

#include <talloc.h>

#include "tests/lib/test.h"

TEST(every_counter_has_a_word)
{
	struct stats stats = { 0 };
	char *text;

	for (unsigned int i = 0; i < STAT_N; i++)
		stats.count[i] = 100 + i;
	histogram_add(&stats.latency, 7);
	text = stats_text(t->mem, &stats);

	CHECK_STR(text,
		  "sessions=100 requests=101 refused=102 bytes_from_guest=103 "
		  "bytes_to_guest=104 wake_ups=105 spurious=106 "
		  "notifications=107 latency_us_p50=7 latency_us_p99=7 "
		  "latency_us_max=7");
}
