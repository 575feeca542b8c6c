/* SPDX-License-Identifier: MIT */

/*
 * call - libxencall.so.1.  See xencall.h for what the functions promise.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xencall.h>

#include "sim/lib/hypercall.h"

struct xencall_handle {
	struct sim_tables *tables;
};

static long unknown(const struct arguments *args)
{
	return -ENOSYS;
}

static long hypercall(unsigned int op, const struct arguments *args)
{
	switch (op) {
	case __HYPERVISOR_domctl:
		return hypercall_domctl(args);
	case __HYPERVISOR_sysctl:
		return hypercall_sysctl(args);
	case __HYPERVISOR_xen_version:
		return hypercall_xen_version(args);
	case __HYPERVISOR_event_channel_op:
		return hypercall_event_channel_op(args);
	case __HYPERVISOR_hvm_op:
		return hypercall_hvm_op(args);
	default:
		return unknown(args);
	}
}

static long call(unsigned int op, const struct arguments *args)
{
	long r = hypercall(op, args);

	if (r >= 0)
		return r;

	errno = (int)-r;
	return -1;
}

SIM_EXPORT xencall_handle *xencall_open(struct xentoollog_logger *logger,
					unsigned open_flags)
{
	xencall_handle *xcall = calloc(1, sizeof(*xcall));

	if (!xcall)
		return NULL;

	xcall->tables = sim_tables();
	if (!xcall->tables) {
		free(xcall);
		errno = ENODEV;
		return NULL;
	}
	return xcall;
}

SIM_EXPORT int xencall_close(xencall_handle *xcall)
{
	free(xcall);
	return 0;
}

/* There is no descriptor behind it. */
SIM_EXPORT int xencall_fd(xencall_handle *xcall)
{
	return -1;
}

SIM_EXPORT int xencall0(xencall_handle *xcall, unsigned int op)
{
	return (int)call(op, &(struct arguments){ 0 });
}

SIM_EXPORT int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg1)
{
	return (int)call(op, &(struct arguments){ { arg1 } });
}

SIM_EXPORT int xencall2(xencall_handle *xcall, unsigned int op, uint64_t arg1,
			uint64_t arg2)
{
	return (int)call(op, &(struct arguments){ { arg1, arg2 } });
}

SIM_EXPORT long xencall2L(xencall_handle *xcall, unsigned int op, uint64_t arg1,
			  uint64_t arg2)
{
	return call(op, &(struct arguments){ { arg1, arg2 } });
}

SIM_EXPORT int xencall3(xencall_handle *xcall, unsigned int op, uint64_t arg1,
			uint64_t arg2, uint64_t arg3)
{
	return (int)call(op, &(struct arguments){ { arg1, arg2, arg3 } });
}

SIM_EXPORT int xencall4(xencall_handle *xcall, unsigned int op, uint64_t arg1,
			uint64_t arg2, uint64_t arg3, uint64_t arg4)
{
	return (int)call(op, &(struct arguments){ { arg1, arg2, arg3, arg4 } });
}

SIM_EXPORT int xencall5(xencall_handle *xcall, unsigned int op, uint64_t arg1,
			uint64_t arg2, uint64_t arg3, uint64_t arg4,
			uint64_t arg5)
{
	return (int)call(
		op, &(struct arguments){ { arg1, arg2, arg3, arg4, arg5 } });
}

/* Arguments may be in any memory; these have only to be aligned. */

SIM_EXPORT void *xencall_alloc_buffer_pages(xencall_handle *xcall,
					    size_t nr_pages)
{
	size_t size = nr_pages * SIM_FRAME_SIZE;
	void *at = aligned_alloc(SIM_FRAME_SIZE, size);

	if (at)
		memset(at, 0, size);
	return at;
}

SIM_EXPORT void xencall_free_buffer_pages(xencall_handle *xcall, void *p,
					  size_t nr_pages)
{
	free(p);
}

SIM_EXPORT void *xencall_alloc_buffer(xencall_handle *xcall, size_t size)
{
	return xencall_alloc_buffer_pages(xcall, (size + SIM_FRAME_SIZE - 1) /
							 SIM_FRAME_SIZE);
}

SIM_EXPORT void xencall_free_buffer(xencall_handle *xcall, void *p)
{
	free(p);
}

SIM_EXPORT int xencall_buffers_never_fault(xencall_handle *xcall)
{
	return 1;
}
