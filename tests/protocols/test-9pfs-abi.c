/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about the transport of 9pfs agrees with Xen's own header.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()       __sync_synchronize()
#define xen_rmb()      __sync_synchronize()
#define xen_wmb()      __sync_synchronize()
#define XEN_PAGE_SHIFT 12

#include <xen/io/9pfs.h>

#include "protocols/9pfs-ring.h"
#include "tests/lib/test.h"

static_assert(offsetof(struct p9_ring_page, in_cons) ==
		      offsetof(struct xen_9pfs_data_intf, in_cons),
	      "in_cons");
static_assert(offsetof(struct p9_ring_page, in_prod) ==
		      offsetof(struct xen_9pfs_data_intf, in_prod),
	      "in_prod");
static_assert(offsetof(struct p9_ring_page, out_cons) ==
		      offsetof(struct xen_9pfs_data_intf, out_cons),
	      "out_cons");
static_assert(offsetof(struct p9_ring_page, out_prod) ==
		      offsetof(struct xen_9pfs_data_intf, out_prod),
	      "out_prod");
static_assert(offsetof(struct p9_ring_page, order) ==
		      offsetof(struct xen_9pfs_data_intf, ring_order),
	      "order");
static_assert(offsetof(struct p9_ring_page, refs) ==
		      offsetof(struct xen_9pfs_data_intf, ref),
	      "refs");
static_assert(sizeof(struct p9_ring_page) <= XEN_PAGE_SIZE, "one page");
static_assert(XEN_FLEX_RING_SIZE(P9_RING_ORDER_MAX) * 2 ==
		      P9_RING_PAGES_MAX * XEN_PAGE_SIZE,
	      "half of the data for each direction");

TEST(a_message_as_xen_writes_it_is_what_we_read)
{
	static uint8_t data[2 * XEN_PAGE_SIZE];
	static struct xen_9pfs_data_intf intf;
	struct xen_9pfs_data halves = { data, data + XEN_PAGE_SIZE };
	RING_IDX prod = 0;
	struct p9_ring ring;
	struct p9_header header;

	xen_9pfs_write_packet(halves.out, "\x0b\0\0\0\x78\x05\0\1\2\3\4", 11,
			      &prod, 0, XEN_PAGE_SIZE);
	intf.out_prod = prod;
	p9_ring_init_host(&ring, (struct p9_ring_page *)&intf, data, 1);

	CHECK_EQ(p9_ring_next(&ring, 4096, &header), 1);
	CHECK_EQ(header.size, 11);
	CHECK_EQ(header.type, P9_TCLUNK);
	CHECK_EQ(header.tag, 5);
}

TEST(a_message_as_we_write_it_is_what_xen_reads)
{
	static uint8_t data[2 * XEN_PAGE_SIZE];
	static struct xen_9pfs_data_intf intf = { .in_cons = 4090,
						  .in_prod = 4090 };
	RING_IDX cons = 4090;
	struct p9_ring ring;
	char back[8] = "";

	p9_ring_init_host(&ring, (struct p9_ring_page *)&intf, data, 1);
	bytes_put(&ring.out, "\7\0\0\0\x79\5\0", 7);

	CHECK_EQ(intf.in_prod, 4097);
	xen_9pfs_read_packet(back, data, 7, intf.in_prod & 4095, &cons, 4096);
	CHECK(!memcmp(back, "\7\0\0\0\x79\5\0", 7));
}
