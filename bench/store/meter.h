/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * meter - what a process used while we looked.
 */

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct meter {
	pid_t pid;
	clockid_t clock;
	uint64_t wall_ns; /* sums over the times between start and stop */
	uint64_t cpu_ns;
	uint64_t wall_at;
	uint64_t cpu_at;
};

uint64_t now_ns(void);

/* Nothing is used yet. */
int meter_open(struct meter *meter, pid_t pid);
void meter_reset(struct meter *meter);

void meter_start(struct meter *meter);
void meter_stop(struct meter *meter);

/* The memory that the process has now, each page counted. */
int meter_rss(const struct meter *meter, uint64_t *bytes);
