/* SPDX-License-Identifier: MIT */

#include "hv/xen-abi.h"

#include <string.h>

#include "base/span.h"

/* That of Debian 12's Xen 4.17 (to 4.20) first; 4.21 and 4.22; 4.16. */
const uint32_t xen_sysctl_versions[XEN_SYSCTL_N_VERSIONS] = { 0x15, 0x16,
							      0x14 };

enum { FLAG_DYING = 1 << 0, FLAG_SHUT_DOWN = 1 << 2 };

void xen_decode_domain(const void *bytes, struct hv_domain *domain)
{
	struct span in = span_of(bytes, XEN_DOMAIN_SIZE);
	uint32_t flags;

	domain->id = span_le16(&in);
	span_bytes(&in, 2);
	flags = span_le32(&in);
	domain->dying = flags & FLAG_DYING;
	domain->shut_down = flags & FLAG_SHUT_DOWN;
	span_bytes(&in, 7 * sizeof(uint64_t) + 3 * sizeof(uint32_t));
	memcpy(domain->uuid, span_bytes(&in, sizeof(domain->uuid)),
	       sizeof(domain->uuid));
}
