/* SPDX-License-Identifier: MIT */

#include "protocols/duplex.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/shared.h"

int duplex_refs(const struct duplex_layout *layout, const void *page,
		unsigned int max, grant_ref_t refs[DUPLEX_PAGES_MAX])
{
	const uint8_t *at = page;
	uint32_t order = shared_read((const void *)(at + layout->order));

	if (order < DUPLEX_ORDER_MIN || order > DUPLEX_ORDER_MAX || order > max)
		return -EPROTO;

	memcpy(refs, at + layout->refs, sizeof(*refs) << order);
	return order;
}

/* Half of the data goes to the guest, half comes from it. */
static uint32_t half(unsigned int order)
{
	assert(order >= DUPLEX_ORDER_MIN && order <= DUPLEX_ORDER_MAX);
	return (uint32_t)XEN_PAGE_SIZE << order >> 1;
}

struct duplex duplex_host(void *page, void *data, unsigned int order)
{
	struct duplex_page *at = page;
	uint8_t *to_guest = data;
	uint32_t size = half(order);

	return (struct duplex){
		.in = { to_guest + size, size, &at->out_prod, &at->out_cons,
			shared_read(&at->out_cons) },
		.out = { to_guest, size, &at->in_prod, &at->in_cons,
			 shared_read(&at->in_prod) },
	};
}

struct duplex duplex_guest(void *page, void *data, unsigned int order)
{
	struct duplex_page *at = page;
	uint8_t *to_guest = data;
	uint32_t size = half(order);

	return (struct duplex){
		.in = { to_guest, size, &at->in_prod, &at->in_cons, 0 },
		.out = { to_guest + size, size, &at->out_prod, &at->out_cons,
			 0 },
	};
}
