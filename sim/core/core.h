/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * core - a program's half of the simulation: libxensim.so, on which the five
 * libraries stand.
 *
 * A process has one connection to the hypervisor process and one view of the
 * shared memory, which all its libraries and threads use.  That makes this the
 * one place with variables outside of functions: the libraries' own ABI has no
 * room for a context that they would share.
 *
 * Functions return 0 or more, or -errno.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/common/memory.h"
#include "sim/common/shared.h"
#include "sim/common/wire.h"

#define SIM_EXPORT __attribute__((visibility("default")))

/* connect.c: what a request carries along, and what its reply brings. */
struct sim_extra {
	uint32_t *item;
	uint32_t n;    /* items sent, then received */
	uint32_t room; /* items that may be received */
	int *fd;
	uint32_t n_fds; /* that the reply must bring */
};

/* @extra may be NULL.  The result is that of the reply. */
SIM_EXPORT int sim_call(struct sim_msg *msg, struct sim_extra *extra);

/* The connection, which is readable once the hypervisor closed it; -1 if there
 * is none. */
SIM_EXPORT int sim_connection(void);

/* What the threads of a process share is behind one lock, which may be taken
 * again by its holder, and which is free in a child after fork(). */
SIM_EXPORT void sim_lock(void);
SIM_EXPORT void sim_unlock(void);

/* The domain that calls of this thread are for. */
SIM_EXPORT uint16_t sim_domid(void);

/* Shared memory; NULL if there is no hypervisor. */
SIM_EXPORT struct sim_tables *sim_tables(void);
SIM_EXPORT struct sim_memory *sim_memory(void);

/* For the libraries' functions: -1 and errno if @r is an error. */
SIM_EXPORT int sim_result(int r);

/* handle.c: what a library's handle stands on. */
struct sim_handle {
	int fd;
	uint32_t id;
};

SIM_EXPORT int sim_handle_open(enum sim_handle_kind kind, bool cloexec,
			       struct sim_handle *handle);
SIM_EXPORT int sim_handle_find(int fd, struct sim_handle *handle);
SIM_EXPORT int sim_handle_adopt(int fd, struct sim_handle *handle);
SIM_EXPORT void sim_handle_close(struct sim_handle *handle);
SIM_EXPORT int sim_handle_restrict(const struct sim_handle *handle,
				   uint16_t domid);

/* events.c */
SIM_EXPORT int sim_notify(const struct sim_handle *handle, uint32_t port);
SIM_EXPORT int sim_unmask(const struct sim_handle *handle, uint32_t port);

/* Fetch what it takes to write to a handle now, not at the first event. */
SIM_EXPORT void sim_meet(uint32_t handle);

/* areas.c: pages of the machine at addresses of this process. */
struct sim_pages {
	const uint32_t *frame;
	const int32_t *error; /* frames that are not to be mapped; or NULL */
	uint32_t n;
	uint32_t cookie; /* under which the hypervisor knows them */
	int prot;
};

/* Map the pages at @at, or anywhere if that is NULL.  On failure the cookie
 * was released. */
SIM_EXPORT int sim_area_map(const struct sim_handle *handle,
			    const struct sim_pages *pages, void *at, int flags,
			    void **result);

/* -EINVAL if that is not what was mapped. */
SIM_EXPORT int sim_area_unmap(const struct sim_handle *handle, void *at,
			      size_t n);

SIM_EXPORT int sim_release(const struct sim_handle *handle, uint32_t cookie);
