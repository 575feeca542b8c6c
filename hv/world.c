/* SPDX-License-Identifier: MIT */

/*
 * world - domains come, stop and go.
 */

#include "hv/world.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "hv/world-inside.h"

void *table_grow(void *mem, void *table, size_t item_size)
{
	size_t old = talloc_get_size(table);
	size_t new = old ? old * 2 : 16 * item_size;
	uint8_t *grown = talloc_realloc_size(mem, table, new);

	if (grown)
		memset(grown + old, 0, new - old);

	return grown;
}

/* Where @id is in the list, or should be. */
static size_t place_of(const struct world *world, domid_t id)
{
	size_t first = 0, last = world->n_domains;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (world->domains[middle]->id < id)
			first = middle + 1;
		else
			last = middle;
	}

	return first;
}

static bool is_at(const struct world *world, size_t place, domid_t id)
{
	return place < world->n_domains && world->domains[place]->id == id;
}

struct domain *world_domain(struct world *world, domid_t id)
{
	size_t place = place_of(world, id);

	if (!is_at(world, place, id) || world->domains[place]->dying)
		return NULL;

	return world->domains[place];
}

static int insert(struct world *world, size_t place, struct domain *domain)
{
	if (world->n_domains == talloc_array_length(world->domains)) {
		struct domain **domains = table_grow(world, world->domains,
						     sizeof(struct domain *));

		if (!domains)
			return -ENOMEM;
		world->domains = domains;
	}

	memmove(world->domains + place + 1, world->domains + place,
		(world->n_domains - place) * sizeof(*world->domains));
	world->domains[place] = domain;
	world->n_domains++;
	return 0;
}

static int free_domain(struct domain *domain)
{
	frame_drop(domain->world->memory, domain->store_frame);
	return 0;
}

static int domain_new(struct world *world, domid_t id, struct domain **result)
{
	CLEANUP(cleanup_talloc)
	struct domain *domain = talloc_zero(world, struct domain);
	int r;

	if (!domain)
		return -ENOMEM;
	r = frame_new(world->memory, &domain->store_frame);
	if (r < 0)
		return r;

	domain->world = world;
	domain->id = id;
	list_init(&domain->handles);
	world->n_created++;
	memcpy(domain->uuid, &world->n_created, sizeof(world->n_created));
	talloc_set_destructor(domain, free_domain);

	r = grants_new(domain);
	if (r < 0)
		return r;
	r = channels_new(domain);
	if (r < 0)
		return r;

	*result = take_ptr(domain);
	return 0;
}

int world_create(struct world *world, domid_t id)
{
	CLEANUP(cleanup_talloc) struct domain *domain = NULL;
	size_t place = place_of(world, id);
	int r;

	if (is_at(world, place, id))
		return -EEXIST;
	r = domain_new(world, id, &domain);
	if (r < 0)
		return r;
	r = insert(world, place, domain);
	if (r < 0)
		return r;

	take_ptr(domain);
	return 0;
}

int world_shut_down(struct world *world, domid_t id)
{
	struct domain *domain = world_domain(world, id);

	if (!domain)
		return -ESRCH;

	domain->shut_down = true;
	domains_changed(world);
	return 0;
}

void domain_settle(struct domain *domain)
{
	struct world *world = domain->world;
	size_t place = place_of(world, domain->id);

	if (!domain->dying || domain->n_mapped)
		return;

	world->n_domains--;
	memmove(world->domains + place, world->domains + place + 1,
		(world->n_domains - place) * sizeof(*world->domains));
	talloc_free(domain);
	domains_changed(world);
}

static void cut_off(struct domain *domain)
{
	while (!list_empty(&domain->handles))
		handle_cut_off(
			list_first(&domain->handles, struct handle, link));
}

int world_destroy(struct world *world, domid_t id)
{
	struct domain *domain = world_domain(world, id);

	if (!domain)
		return -ESRCH;
	if (!id)
		return -EINVAL;

	cut_off(domain);
	channels_close(domain);
	grants_end(domain);
	domain->dying = true;
	domains_changed(world);
	domain_settle(domain);
	return 0;
}

static int free_world(struct world *world)
{
	for (size_t i = 0; i < world->n_domains; i++)
		cut_off(world->domains[i]);

	return 0;
}

struct world *world_new(void *mem, struct loop *loop)
{
	struct world *world = talloc_zero(mem, struct world);

	if (!world)
		return NULL;

	world->loop = loop;
	talloc_set_destructor(world, free_world);
	world->memory = memory_new(world);
	if (!world->memory || world_create(world, 0) < 0) {
		talloc_free(world);
		return NULL;
	}

	return world;
}
