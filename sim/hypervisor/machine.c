/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/machine.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/slots.h"

#define DOM0_BYTES (4ull << 30)

static int release(struct machine *machine)
{
	/* Handles go first: they have ports and pages of domains. */
	for (uint32_t i = 0; i < SIM_HANDLES; i++)
		talloc_free((void *)machine->handle[i]);
	for (uint32_t i = 0; i < SIM_DOMAINS; i++) {
		if (machine->domain[i])
			domain_destroy(machine->domain[i]);
	}

	munmap(machine->tables, sizeof(*machine->tables));
	sim_memory_close(&machine->memory);
	close(machine->tables_fd);
	return 0;
}

/* A memfd of @size bytes, all zeros and all holes. */
static int make_memfd(const char *name, off_t size, int *result)
{
	CLEANUP(cleanup_fd) int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, size) < 0)
		return -errno;

	*result = take_fd(fd);
	return 0;
}

static int make_tables(struct machine *machine)
{
	CLEANUP(cleanup_fd) int fd = -1;
	uint64_t boot;
	void *at;
	int r;

	if (getrandom(&boot, sizeof(boot), 0) < 0)
		return -errno;
	r = make_memfd("xensim-tables", sizeof(struct sim_tables), &fd);
	if (r < 0)
		return r;
	at = mmap(NULL, sizeof(struct sim_tables), PROT_READ | PROT_WRITE,
		  MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;

	machine->tables = at;
	machine->tables->abi = SIM_ABI;
	machine->tables->boot = boot;
	machine->tables_fd = take_fd(fd);
	return 0;
}

static int make_shared(struct machine *machine)
{
	int r;

	r = make_memfd("xensim-memory", (off_t)SIM_FRAMES * SIM_FRAME_SIZE,
		       &machine->memory.fd);
	if (r < 0)
		return r;

	r = make_tables(machine);
	if (r < 0) {
		close(machine->memory.fd);
		return r;
	}

	talloc_set_destructor(machine, release);
	return 0;
}

int machine_new(void *mem, struct loop *loop, struct log *log, const char *dir,
		struct machine **result)
{
	CLEANUP(cleanup_talloc)
	struct machine *machine = talloc_zero(mem, struct machine);
	struct domain *domain;
	int r;

	if (!machine)
		return -ENOMEM;

	machine->loop = loop;
	machine->log = log;
	machine->dir = dir;
	machine->next_domid = 1;
	list_init(&machine->doomed);
	list_init(&machine->clients);
	list_init(&machine->faults);
	machine->frames = frames_new(machine, SIM_FRAMES);
	machine->mappings = slots_new(machine);
	machine->port =
		talloc_zero_array(machine, struct port_links, SIM_PORTS);
	if (!machine->frames || !machine->mappings || !machine->port)
		return -ENOMEM;
	r = make_shared(machine);
	if (r < 0)
		return r;
	r = domain_create(machine, 0, DOM0_BYTES, &domain);
	if (r < 0)
		return r;

	*result = take_ptr(machine);
	return 0;
}
