/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/sound.h"
#include "tests/fuzz/fuzz.h"

static void check_open(const struct sound_open *open)
{
	unsigned int frame = sound_sample_size(open->format) * open->channels;

	assert(frame > 0 && frame <= 8 * 255);
	assert(open->rate > 0 && open->rate <= SOUND_RATE_MAX);
	assert(open->buffer_size >= frame);
	assert(open->period_size <= open->buffer_size);
}

static void check_params(const struct sound_params *params)
{
	assert(params->rates.min <= params->rates.max);
	assert(params->channels.min <= params->channels.max);
	assert(params->buffer.min <= params->buffer.max);
	assert(params->period.min <= params->period.max);
}

static void check(const struct sound_request *req)
{
	if (req->op == SOUND_OPEN)
		check_open(&req->open);
	else if (req->op == SOUND_QUERY)
		check_params(&req->params);
	else if (req->op == SOUND_TRIGGER)
		assert(req->trigger <= SOUND_RESUME);
	else
		assert(req->area.offset + req->area.len >= req->area.len);
}

/* A decoded request, encoded again, is the same. */
static void check_round_trip(const struct sound_request *req)
{
	struct sound_request back;
	uint8_t slot[64];

	sound_encode_request(req, slot);
	assert(sound_protocol.decode(slot, &back) == 0);
	assert(!memcmp(req, &back, sizeof(back)));
}

/* What one end encodes is what the other one reads, whatever that is. */
static void check_answers(const uint8_t *slot)
{
	struct sound_response rsp, back;
	struct media_event event;
	uint8_t again[64];

	sound_decode_response(slot, &rsp);
	sound_protocol.encode(&rsp, again);
	sound_decode_response(again, &back);
	assert(back.id == rsp.id && back.op == rsp.op);
	assert(back.status == rsp.status);
	if (media_decode_event(slot, &event) == 0) {
		media_encode_event(&event, again);
		assert(!memcmp(again + 8, slot + 8, 8));
	}
}

/* Whatever a peer writes into a slot, what comes out can be relied on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t slot[64] = { 0 }, answer[64];
	struct sound_request req;
	struct sound_response rsp;

	memcpy(slot, data, len < sizeof(slot) ? len : sizeof(slot));
	if (sound_protocol.decode(slot, &req) == 0) {
		check(&req);
		check_round_trip(&req);
	} else {
		sound_protocol.refuse(&req, answer);
		sound_decode_response(answer, &rsp);
		assert(rsp.id == (slot[0] | slot[1] << 8));
		assert(rsp.op == slot[2] && rsp.status == -EINVAL);
	}
	check_answers(slot);

	return 0;
}
