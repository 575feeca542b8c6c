/* SPDX-License-Identifier: MIT */

/*
 * world-handles - the programs in the world: what they ask for is counted, and
 * fails when a test wants it to.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "hv/world-inside.h"

/* Whether the fault that a test asked for comes with this call. */
static bool fails_now(struct handle *handle, enum world_call call)
{
	if (handle->failing != call && handle->failing != WORLD_ANY_CALL)
		return false;
	if (!handle->fails_in || --handle->fails_in)
		return false;

	handle->has_failed = true;
	return true;
}

int handle_call(struct handle *handle, enum world_call call)
{
	handle->count.calls[call]++;
	if (!handle->domain)
		return -ESRCH;

	return fails_now(handle, call) ? -ENOMEM : 0;
}

const struct world_count *world_count(struct hv *hv)
{
	return &handle_of(hv)->count;
}

void world_fail(struct hv *hv, enum world_call call, unsigned int n)
{
	struct handle *handle = handle_of(hv);

	handle->failing = call;
	handle->fails_in = n;
	handle->has_failed = false;
}

bool world_has_failed(struct hv *hv)
{
	return handle_of(hv)->has_failed;
}

static void world_keep_ports(struct hv *hv)
{
	handle_of(hv)->keeps_ports = true;
}

static int world_domains(void *mem, struct hv *hv, struct hv_domain **domains,
			 size_t *n)
{
	struct handle *handle = handle_of(hv);
	struct world *world;
	int r = handle_call(handle, WORLD_DOMAINS);

	if (r < 0)
		return r;
	if (handle->domain->id)
		return -EPERM;
	world = handle->domain->world;
	*domains = talloc_array(mem, struct hv_domain, world->n_domains);
	if (!*domains)
		return -ENOMEM;

	for (size_t i = 0; i < world->n_domains; i++) {
		const struct domain *domain = world->domains[i];
		struct hv_domain *result = &(*domains)[i];

		result->id = domain->id;
		result->shut_down = domain->shut_down;
		result->dying = domain->dying;
		memcpy(result->uuid, domain->uuid, sizeof(result->uuid));
	}
	*n = world->n_domains;
	return 0;
}

void handle_cut_off(struct handle *handle)
{
	ports_cut_off(handle);
	pages_cut_off(handle);
	list_remove(&handle->link);
	handle->domain = NULL;
}

static int free_handle(struct handle *handle)
{
	if (handle->domain)
		handle_cut_off(handle);
	return 0;
}

static int world_open_guest(void *mem, struct hv *hv, domid_t domid,
			    struct hv **guest)
{
	struct handle *handle = handle_of(hv);

	if (!handle->domain)
		return -ESRCH;
	if (handle->domain->id)
		return -EPERM;

	return hv_open_world(mem, handle->domain->world, domid, guest);
}

static const struct hv_ops world_ops = {
	.open_guest = world_open_guest,
	.bind = world_bind,
	.offer = world_offer,
	.adopt = world_adopt,
	.notify = world_notify,
	.unmask = world_unmask,
	.map = world_map,
	.share = world_share,
	.copy = world_copy,
	.store_page = world_store_page,
	.domains = world_domains,
	.watch_domains = world_watch_domains,
	.keep_ports = world_keep_ports,
};

int hv_open_world(void *mem, struct world *world, domid_t domid, struct hv **hv)
{
	struct domain *domain = world_domain(world, domid);
	struct handle *handle;

	if (!domain)
		return -ESRCH;
	handle = talloc_zero(mem, struct handle);
	if (!handle)
		return -ENOMEM;

	handle->base.ops = &world_ops;
	handle->domain = domain;
	list_init(&handle->pages);
	list_init(&handle->ports);
	list_add(&domain->handles, &handle->link);
	talloc_set_destructor(handle, free_handle);
	*hv = &handle->base;
	return 0;
}
