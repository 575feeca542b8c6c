/* SPDX-License-Identifier: MIT */

#include "bench/store/meter.h"

#include <errno.h>
#include <stdio.h>

#define NS_PER_S UINT64_C(1000000000)

static uint64_t in_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return in_ns(&time);
}

int meter_open(struct meter *meter, pid_t pid)
{
	*meter = (struct meter){ .pid = pid };
	return -clock_getcpuclockid(pid, &meter->clock);
}

void meter_reset(struct meter *meter)
{
	meter->wall_ns = 0;
	meter->cpu_ns = 0;
}

/* That of a process that has ended stands still; its clients notice. */
static uint64_t cpu_ns(const struct meter *meter)
{
	struct timespec time = { 0 };

	clock_gettime(meter->clock, &time);
	return in_ns(&time);
}

void meter_start(struct meter *meter)
{
	meter->cpu_at = cpu_ns(meter);
	meter->wall_at = now_ns();
}

void meter_stop(struct meter *meter)
{
	meter->wall_ns += now_ns() - meter->wall_at;
	meter->cpu_ns += cpu_ns(meter) - meter->cpu_at;
}

/* statm is quicker, but some pages behind. */
int meter_rss(const struct meter *meter, uint64_t *bytes)
{
	char path[64], line[128];
	unsigned long kib;
	int r = -EPROTO;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", meter->pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (r < 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Rss: %lu kB", &kib) == 1) {
			*bytes = (uint64_t)kib * 1024;
			r = 0;
		}
	}

	fclose(file);
	return r;
}
