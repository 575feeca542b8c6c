/* SPDX-License-Identifier: MIT */

#include "tests/protocols/xs-ours.h"

#include <string.h>

#include "protocols/xs.h"

int ours_type(const char *name)
{
	static const struct {
		const char *name;
		enum xs_type type;
	} types[] = {
		{ "CONTROL", XS_CONTROL },
		{ "RM", XS_RM },
		{ "SET_TARGET", XS_SET_TARGET },
		{ "RESET_WATCHES", XS_RESET_WATCHES },
		{ "DIRECTORY_PART", XS_DIRECTORY_PART },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcmp(types[i].name, name))
			return types[i].type;
	}
	return -1;
}

bool ours_header_is(const void *wire, size_t len, uint32_t type,
		    uint32_t req_id, uint32_t tx_id, uint32_t payload)
{
	struct xs_header header;

	if (len != sizeof(header))
		return false;
	memcpy(&header, wire, len);
	return header.type == type && header.req_id == req_id &&
	       header.tx_id == tx_id && header.len == payload;
}

bool ours_page_is(const void *wire, uint32_t req_prod, uint32_t rsp_cons)
{
	const struct xs_page *page = wire;

	return page->req_prod == req_prod && page->rsp_cons == rsp_cons &&
	       page->features == XS_FEATURE_RECONNECTION &&
	       page->connection == XS_RECONNECT &&
	       page->error == XS_PAGE_PROTOCOL;
}

int ours_payload_max(void)
{
	return XS_PAYLOAD_MAX;
}

int ours_error(const char *name)
{
	return xs_error_number(name, strlen(name) + 1);
}
