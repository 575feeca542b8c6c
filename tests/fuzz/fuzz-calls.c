/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>

#include "protocols/calls.h"
#include "tests/fuzz/fuzz.h"

/* A decoded command, encoded again, is the same. */
static void check_round_trip(const struct calls_request *req)
{
	struct calls_request back;
	uint8_t slot[64], again[64];

	calls_encode_request(req, slot);
	assert(calls_protocol.decode(slot, &back) == 0);
	calls_encode_request(&back, again);
	assert(!memcmp(slot, again, sizeof(slot)));
	assert(back.id == req->id && back.command == req->command);
}

/* A refusal is an error, and goes to whoever asked. */
static void check_refusal(const struct calls_request *req)
{
	struct calls_response rsp;
	uint8_t slot[64];

	assert(req->refusal < 0);
	calls_protocol.refuse(req, slot);
	calls_decode_response(slot, &rsp);
	assert(rsp.number == req->number && rsp.command == req->command);
	assert(rsp.id == req->id && rsp.ret == req->refusal);
}

/* Whatever a guest writes into a slot, what comes out can be relied on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct calls_request req;
	uint8_t slot[64] = { 0 };

	memcpy(slot, data, len < sizeof(slot) ? len : sizeof(slot));
	slot[5] &= 1; /* known commands are rare enough */
	slot[6] = 0;
	slot[7] = 0;
	if (calls_protocol.decode(slot, &req) < 0) {
		check_refusal(&req);
		return 0;
	}

	assert(req.command < CALLS_N_COMMANDS);
	check_round_trip(&req);
	return 0;
}
