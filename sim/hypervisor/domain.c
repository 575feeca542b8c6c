/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "sim/common/wire.h"
#include "sim/hypervisor/client.h"
#include "sim/hypervisor/dir.h"
#include "sim/hypervisor/grants.h"
#include "sim/hypervisor/pages.h"
#include "sim/hypervisor/ports.h"
#include "sim/kernel/kernel.h"

#define VIRQ_DOM_EXC 3

/* Where a domain builder puts these two grants. */
enum { REF_CONSOLE, REF_STORE };

static void tell(struct machine *machine)
{
	ports_raise_virq(machine, machine->virq_handler, VIRQ_DOM_EXC);
}

struct domain *domain_find(const struct machine *machine, uint32_t domid)
{
	struct domain *domain =
		domid < SIM_DOMAINS ? machine->domain[domid] : NULL;

	return domain && domain->row->state == SIM_DOMAIN_ALIVE ? domain : NULL;
}

/* Ids are used in turn, as Xen's toolstack does. */
static int choose_id(struct machine *machine, uint32_t domid, domid_t *id)
{
	if (domid != SIM_DOMID_ANY) {
		*id = (domid_t)domid;
		if (domid >= SIM_DOMAINS)
			return -EINVAL;
		return machine->domain[domid] ? -EEXIST : 0;
	}

	for (uint32_t i = 1; i < SIM_DOMAINS; i++) {
		*id = machine->next_domid;
		machine->next_domid = *id + 1 < SIM_DOMAINS ? *id + 1 : 1;
		if (!machine->domain[*id])
			return 0;
	}

	return -ENOSPC;
}

static int give_back_memory(struct domain *domain)
{
	struct machine *machine = domain->machine;
	uint32_t n = domain->n_frames + SIM_GRANT_FRAMES;

	list_remove(&domain->link);
	fallocate(machine->memory.fd,
		  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		  (off_t)domain->first_frame * SIM_FRAME_SIZE,
		  (off_t)n * SIM_FRAME_SIZE);
	return frames_give_back(machine->frames, domain->first_frame, n);
}

static struct domain *new_domain(struct machine *machine, domid_t id,
				 uint32_t n_frames)
{
	CLEANUP(cleanup_talloc)
	struct domain *domain = talloc_zero(machine, struct domain);

	if (!domain)
		return NULL;

	domain->machine = machine;
	domain->id = id;
	domain->n_frames = n_frames;
	list_init(&domain->link);
	list_init(&domain->ports);
	list_init(&domain->mourners);
	if (frames_take(machine->frames, n_frames + SIM_GRANT_FRAMES,
			&domain->first_frame) < 0)
		return NULL;

	talloc_set_destructor(domain, give_back_memory);
	domain->grant_frame = domain->first_frame + n_frames;
	domain->pages = pages_new(domain, machine, domain->first_frame,
				  n_frames + SIM_GRANT_FRAMES, n_frames);
	domain->grants = grants_new(domain, machine, domain->grant_frame);
	if (!domain->pages || !domain->grants)
		return NULL;

	return take_ptr(domain);
}

/* A page with a grant and a port to domain 0, twice: for the store and for
 * the console. */
static int furnish(struct domain *domain, uint32_t ref, uint32_t *frame,
		   uint32_t *port)
{
	int r;

	r = pages_take(domain->pages, 1, frame);
	if (r == 0)
		r = grants_give_at(domain->grants, ref, 0, *frame, true);
	if (r == 0)
		r = port_bind_unbound(domain, 0, NULL);
	if (r < 0)
		return r;

	*port = (uint32_t)r;
	return 0;
}

static int furnish_all(struct domain *domain)
{
	struct sim_domain *row = domain->row;
	int r;

	r = furnish(domain, REF_STORE, &row->store_frame, &row->store_port);
	if (r < 0)
		return r;

	return furnish(domain, REF_CONSOLE, &row->console_frame,
		       &row->console_port);
}

static int enter_row(struct domain *domain)
{
	struct sim_tables *tables = domain->machine->tables;

	domain->row = &tables->domain[domain->id];
	*domain->row = (struct sim_domain){
		.first_frame = domain->first_frame,
		.n_frames = domain->n_frames,
		.grant_frame = domain->grant_frame,
	};
	if (getrandom(domain->row->uuid, sizeof(domain->row->uuid), 0) < 0)
		return -errno;
	if (tables->domains_end <= domain->id)
		tables->domains_end = domain->id + 1;
	return 0;
}

int domain_create(struct machine *machine, uint32_t domid, uint64_t bytes,
		  struct domain **result)
{
	CLEANUP(cleanup_talloc) struct domain *domain = NULL;
	uint64_t n_frames = bytes / SIM_FRAME_SIZE;
	domid_t id;
	int r;

	r = choose_id(machine, domid, &id);
	if (r < 0)
		return r;
	if (n_frames < 2 || n_frames >= SIM_FRAMES / 2)
		return -EINVAL;
	domain = new_domain(machine, id, (uint32_t)n_frames);
	if (!domain)
		return -ENOMEM;

	r = enter_row(domain);
	if (r == 0)
		r = furnish_all(domain);
	if (r < 0) {
		ports_close_all(domain);
		return r;
	}

	machine->domain[id] = domain;
	__atomic_store_n(&domain->row->state, SIM_DOMAIN_ALIVE,
			 __ATOMIC_RELEASE);
	*result = take_ptr(domain);
	return 0;
}

void domain_shut_down(struct domain *domain, uint32_t reason)
{
	if (domain->row->is_shut_down)
		return;

	domain->row->shutdown_reason = reason;
	__atomic_store_n(&domain->row->is_shut_down, 1, __ATOMIC_RELEASE);
	clients_mourn(&domain->mourners);
	tell(domain->machine);
}

/* Nobody else has pages of it: it is no more, though its own programs may
 * still be about to notice. */
static void leave(struct domain *domain)
{
	struct machine *machine = domain->machine;

	__atomic_store_n(&domain->row->state, SIM_DOMAIN_NONE,
			 __ATOMIC_RELEASE);
	domain->row = NULL;
	machine->domain[domain->id] = NULL;
	tell(machine);
}

void domain_released(struct domain *domain)
{
	uint32_t n = pages_held_by_others(domain->pages);

	if (domain->row)
		domain->row->n_mapped = n;
	if (list_empty(&domain->link)) /* it is not doomed */
		return;

	if (domain->row && n == 0)
		leave(domain);
	if (pages_held(domain->pages) == 0)
		talloc_free(domain);
}

int domain_settle_in(struct domain *domain)
{
	int r;

	if (domain->kernel)
		return 0;

	r = dir_settle_in(domain);
	return r < 0 ? r : kernel_boot(domain, &domain->kernel);
}

void domain_destroy(struct domain *domain)
{
	struct machine *machine = domain->machine;

	__atomic_store_n(&domain->row->state, SIM_DOMAIN_DYING,
			 __ATOMIC_RELEASE);
	list_add(&machine->doomed, &domain->link);
	TALLOC_FREE(domain->kernel);
	dir_clear_out(domain);
	ports_close_all(domain);
	clients_mourn(&domain->mourners);
	if (pages_held_by_others(domain->pages) > 0)
		tell(machine);
	domain_released(domain);
}
