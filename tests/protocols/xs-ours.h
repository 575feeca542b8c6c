/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xs-ours - our view of the xenstore wire, for a file that has Xen's: the two
 * headers use the same names and cannot meet in one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int ours_type(const char *name);
bool ours_header_is(const void *wire, size_t len, uint32_t type,
		    uint32_t req_id, uint32_t tx_id, uint32_t payload);
bool ours_page_is(const void *wire, uint32_t req_prod, uint32_t rsp_cons);
int ours_payload_max(void);
int ours_error(const char *name);
