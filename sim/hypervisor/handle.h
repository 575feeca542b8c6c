/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * handle - what a program opened, for as long as anybody has its descriptor.
 *
 * That descriptor is the read end of a pipe of which we keep the write end.
 * When its last copy is closed, by a program's end too, the handle goes, and
 * with it its ports and mappings.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "sim/common/wire.h"
#include "sim/hypervisor/machine.h"

struct handle {
	struct machine *machine;
	uint32_t id;
	enum sim_handle_kind kind;
	int writer;
	dev_t dev;
	ino_t ino;
	bool is_restricted;
	domid_t only; /* the domain that it is restricted to */
	struct loop_fd *watch;
	struct list ports;
	uint32_t n_ports;
	uint32_t max_ports; /* whose numbers fit into the pipe */
	struct list mappings;
};

/* @reader is the caller's to close. */
int handle_open(struct machine *machine, enum sim_handle_kind kind,
		struct handle **handle, int *reader);

/* NULL if there is none. */
struct handle *handle_find(const struct machine *machine, uint32_t id);
struct handle *handle_find_pipe(const struct machine *machine, dev_t dev,
				ino_t ino);

/* Free it if nobody has its descriptor any more; whether that was so. */
bool handle_reap(struct handle *handle);

/* Have room for one port more, or -ENOSPC. */
int handle_add_port(struct handle *handle, struct list *link);
void handle_remove_port(struct handle *handle, struct list *link);

void handle_write(struct handle *handle, uint32_t port);
