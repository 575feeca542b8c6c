/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * machine - what the hypervisor process holds.
 *
 *     machine > domain            memory, grant table
 *             > handle > mapping  pages that a program mapped or shared
 *             > client            a program's connection
 *
 * Ports are no objects: they stand in the tables that all programs see, with
 * the lists that only we need beside them.
 */

#include <stdbool.h>

#include "base/list.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/xen.h"
#include "sim/common/memory.h"
#include "sim/common/shared.h"
#include "sim/hypervisor/frames.h"

struct domain;
struct handle;

/* What a port's row in the tables does not say. */
struct port_links {
	struct list of_domain;
	struct list of_handle;
	uint32_t n_pins;
	bool is_closed; /* but pinned */
	bool is_taken;  /* outlives its handle */
};

struct machine {
	struct loop *loop;
	struct log *log;
	const char *dir; /* $XENSIM_DIR */
	int tables_fd;
	struct sim_tables *tables;
	struct sim_memory memory;
	struct frames *frames; /* those that are no domain's */
	struct domain *domain[SIM_DOMAINS];
	struct handle *handle[SIM_HANDLES];
	struct port_links *port; /* SIM_PORTS of them */
	struct list doomed;      /* domains whose pages are still mapped */
	struct list clients;
	struct list faults;
	struct slots *mappings;
	struct kernels *kernels;
	struct request *request; /* the one being served */
	uint32_t next_handle;
	uint32_t handles_end; /* slots from here on were never used */
	uint32_t next_port;
	domid_t next_domid;
	domid_t virq_handler; /* of VIRQ_DOM_EXC */
};

/* A machine with domain 0, whose files are in @dir. */
int machine_new(void *mem, struct loop *loop, struct log *log, const char *dir,
		struct machine **machine);
