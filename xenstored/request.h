/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * request - what clients may ask, and who may ask it.
 *
 * Each type of message is a row of a table; what is common to all (rights,
 * the transaction, the form of the arguments) is done before its handler.
 */

#include <stdint.h>

#include "base/span.h"
#include "protocols/xs.h"

struct conn;

/* Serve one request: a reply or an error goes to its client. */
void request_serve(struct conn *conn, const struct xs_header *header,
		   const uint8_t *payload);
