/* SPDX-License-Identifier: MIT */

#include "protocols/calls-ring.h"

#include <stddef.h>

#include "protocols/shared.h"

const struct duplex_layout calls_ring_layout = {
	.order = offsetof(struct calls_ring_page, order),
	.refs = offsetof(struct calls_ring_page, refs),
};

int calls_ring_is_read(const struct duplex *ring)
{
	int room = bytes_room(&ring->out);

	return room < 0 ? room : (uint32_t)room == ring->out.size;
}

void calls_ring_end_in(struct calls_ring_page *page, int error)
{
	shared_write((uint32_t *)&page->in_error, error);
}

void calls_ring_end_out(struct calls_ring_page *page, int error)
{
	shared_write((uint32_t *)&page->out_error, error);
}

/* Whoever shares the page may write what is no error. */
static int error_at(const int32_t *field)
{
	int error = shared_read((const uint32_t *)field);

	return error < 0 ? error : 0;
}

int calls_ring_in_error(const struct calls_ring_page *page)
{
	return error_at(&page->in_error);
}

int calls_ring_out_error(const struct calls_ring_page *page)
{
	return error_at(&page->out_error);
}
