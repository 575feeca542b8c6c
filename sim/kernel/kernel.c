/* SPDX-License-Identifier: MIT */

#include "sim/kernel/kernel.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "sim/common/events.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/handle.h"
#include "sim/hypervisor/listener.h"
#include "sim/hypervisor/ports.h"
#include "sim/kernel/program.h"
#include "sim/kernel/xenbus.h"

/* One handle for the ports of all kernels. */
struct kernels {
	struct machine *machine;
	struct handle *handle;
	int reader;
	struct loop_fd *ready;
};

struct kernel {
	struct domain *domain;
	struct xenbus *xenbus; /* once a program needed it */
	struct list programs;
};

/* Programs that had to wait may find room now. */
static void turn(struct kernel *kernel)
{
	struct program *program;

	xenbus_turn(kernel->xenbus);
	if (xenbus_is_busy(kernel->xenbus))
		return;

	list_for_each(&kernel->programs, program, link)
		program_resume(program);
}

static void port_event(struct machine *machine, uint32_t port)
{
	struct sim_port *row = port_row(machine, port);
	struct domain *domain = row ? domain_find(machine, row->domid) : NULL;

	if (!domain)
		return;
	if (domain->kernel && domain->kernel->xenbus)
		turn(domain->kernel);

	if (sim_port_unmask(&row->state))
		handle_write(machine->kernels->handle, port);
}

static void events_came(void *arg, unsigned int ready)
{
	struct kernels *kernels = arg;
	uint32_t port[64];
	ssize_t len = read(kernels->reader, port, sizeof(port));

	(void)ready;
	for (ssize_t i = 0; i < len / (ssize_t)sizeof(port[0]); i++)
		port_event(kernels->machine, port[i]);
}

static int close_kernels(struct kernels *kernels)
{
	TALLOC_FREE(kernels->ready);
	close(kernels->reader);
	return 0;
}

struct kernels *kernels_new(void *mem, struct machine *machine)
{
	CLEANUP(cleanup_talloc)
	struct kernels *kernels = talloc_zero(mem, struct kernels);

	if (!kernels)
		return NULL;

	kernels->machine = machine;
	if (handle_open(machine, SIM_EVTCHN, &kernels->handle,
			&kernels->reader) < 0)
		return NULL;
	talloc_set_destructor(kernels, close_kernels);
	if (loop_fd_new(kernels, machine->loop, kernels->reader, LOOP_READ,
			events_came, kernels, &kernels->ready) < 0)
		return NULL;

	return take_ptr(kernels);
}

/* The way to xenstored */

static void notify_store(void *arg)
{
	const struct kernel *kernel = arg;
	const struct domain *domain = kernel->domain;

	port_notify(domain->machine, domain->row->store_port);
}

static void store_broke(void *arg)
{
	struct kernel *kernel = arg;
	struct program *program;

	log_info(kernel->domain->machine->log,
		 "domain %u: xenstored broke the protocol", kernel->domain->id);
	list_for_each(&kernel->programs, program, link)
		program_hang_up(program);
}

static const struct xenbus_ops xenbus_ops = {
	.notify = notify_store,
	.broken = store_broke,
};

static int open_store(struct kernel *kernel)
{
	struct domain *domain = kernel->domain;
	struct machine *machine = domain->machine;
	struct xs_page *page =
		sim_frame(&machine->memory, domain->row->store_frame);
	int r;

	if (kernel->xenbus)
		return 0;
	if (!page)
		return -ENOMEM;

	kernel->xenbus = xenbus_new(kernel, page, &xenbus_ops, kernel);
	if (!kernel->xenbus)
		return -ENOMEM;
	r = port_take(domain, domain->row->store_port,
		      machine->kernels->handle);
	if (r < 0)
		TALLOC_FREE(kernel->xenbus);
	return r < 0 ? r : 0;
}

/* Programs */

static void program_asked(void *arg)
{
	turn(arg);
}

static void program_connects(void *arg, int fd)
{
	struct kernel *kernel = arg;
	struct loop *loop = kernel->domain->machine->loop;
	struct program *program;

	if (open_store(kernel) < 0 ||
	    program_new(kernel, loop, kernel->xenbus, fd, program_asked, kernel,
			&program) < 0) {
		close(fd);
		return;
	}

	list_add(&kernel->programs, &program->link);
}

/* Programs go first: they leave messages for xenstored. */
static int shut_down(struct kernel *kernel)
{
	struct program *program, *safe;

	list_for_each_safe(&kernel->programs, program, safe, link)
		talloc_free(program);
	return 0;
}

int kernel_boot(struct domain *domain, struct kernel **result)
{
	CLEANUP(cleanup_talloc)
	struct kernel *kernel = talloc_zero(domain, struct kernel);
	char name[32];
	int r;

	if (!kernel)
		return -ENOMEM;

	kernel->domain = domain;
	list_init(&kernel->programs);
	talloc_set_destructor(kernel, shut_down);
	snprintf(name, sizeof(name), "%u/xenbus", domain->id);
	r = listener_new(kernel, domain->machine, name, SOCK_STREAM,
			 program_connects, kernel);
	if (r < 0)
		return r;

	*result = take_ptr(kernel);
	return 0;
}
