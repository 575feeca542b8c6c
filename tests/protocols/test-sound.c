/* SPDX-License-Identifier: MIT */

#include "protocols/sound.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

/* Offsets in a slot. */
enum { ID, OP = 2, REST = 8 };

static struct sound_request req;

/* An open with these numbers instead of sensible ones, if they are not -1. */
static int open_with(int64_t rate, int format, int channels, int64_t size,
		     int64_t period)
{
	struct sound_request sent = { .op = SOUND_OPEN };
	uint8_t slot[64];

	sent.open = (struct sound_open){
		.rate = rate < 0 ? 48000 : rate,
		.format = format < 0 ? SOUND_S16_LE : format,
		.channels = channels < 0 ? 2 : channels,
		.buffer_size = size < 0 ? 65536 : size,
		.period_size = period < 0 ? 4096 : period,
		.pages = 9,
	};
	sound_encode_request(&sent, slot);
	return sound_protocol.decode(slot, &req);
}

static int area(uint8_t op, uint32_t offset, uint32_t len)
{
	struct sound_request sent = { .op = op, .area = { offset, len } };
	uint8_t slot[64];

	sound_encode_request(&sent, slot);
	return sound_protocol.decode(slot, &req);
}

static int query(struct sound_params params)
{
	struct sound_request sent = { .op = SOUND_QUERY, .params = params };
	uint8_t slot[64];

	sound_encode_request(&sent, slot);
	return sound_protocol.decode(slot, &req);
}

TEST(a_rate_is_between_1_and_768000)
{
	CHECK_EQ(open_with(1, -1, -1, -1, -1), 0);
	CHECK_EQ(open_with(768000, -1, -1, -1, -1), 0);
	CHECK_EQ(open_with(0, -1, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(768001, -1, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(UINT32_MAX, -1, -1, -1, -1), -EPROTO);
}

TEST(a_format_must_have_samples)
{
	CHECK_EQ(open_with(-1, SOUND_A_LAW, -1, -1, -1), 0);
	CHECK_EQ(open_with(-1, SOUND_IMA_ADPCM, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(-1, SOUND_MPEG, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(-1, SOUND_GSM, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(-1, 25, -1, -1, -1), -EPROTO);
	CHECK_EQ(open_with(-1, 255, -1, -1, -1), -EPROTO);
}

TEST(there_is_at_least_one_channel)
{
	CHECK_EQ(open_with(-1, -1, 0, -1, -1), -EPROTO);
	CHECK_EQ(open_with(-1, -1, 1, -1, -1), 0);
	CHECK_EQ(open_with(-1, -1, 255, -1, -1), 0);
}

TEST(a_buffer_holds_a_frame_and_a_period)
{
	CHECK_EQ(open_with(-1, -1, 2, 4, 0), 0);
	CHECK_EQ(open_with(-1, -1, 2, 3, 0), -EPROTO);
	CHECK_EQ(open_with(-1, -1, 2, 0, 0), -EPROTO);
	CHECK_EQ(open_with(-1, -1, 2, 4096, 4096), 0);
	CHECK_EQ(open_with(-1, -1, 2, 4096, 4097), -EPROTO);
}

TEST(no_area_wraps)
{
	CHECK_EQ(area(SOUND_WRITE, UINT32_MAX, 0), 0);
	CHECK_EQ(area(SOUND_WRITE, UINT32_MAX - 7, 7), 0);
	for (int op = SOUND_READ; op <= SOUND_UNMUTE; op++) {
		CHECK_EQ(area(op, UINT32_MAX, 1), -EPROTO);
		CHECK_EQ(area(op, 1, UINT32_MAX), -EPROTO);
	}
}

TEST(no_range_is_upside_down)
{
	CHECK_EQ(query((struct sound_params){ .rates = { 2, 2 } }), 0);
	CHECK_EQ(query((struct sound_params){ .rates = { 2, 1 } }), -EPROTO);
	CHECK_EQ(query((struct sound_params){ .channels = { 2, 1 } }), -EPROTO);
	CHECK_EQ(query((struct sound_params){ .buffer = { 2, 1 } }), -EPROTO);
	CHECK_EQ(query((struct sound_params){ .period = { 2, 1 } }), -EPROTO);
}

TEST(a_trigger_is_one_of_four)
{
	uint8_t slot[64] = { [OP] = SOUND_TRIGGER, [REST] = 3 };

	CHECK_EQ(sound_protocol.decode(slot, &req), 0);
	CHECK_EQ(req.trigger, SOUND_RESUME);
	slot[REST] = 4;
	CHECK_EQ(sound_protocol.decode(slot, &req), -EPROTO);
	slot[REST] = 255;
	CHECK_EQ(sound_protocol.decode(slot, &req), -EPROTO);
}

TEST(an_unknown_request_is_decoded_to_be_refused)
{
	uint8_t slot[64];

	memset(slot, 0xff, sizeof(slot));
	CHECK_EQ(sound_protocol.decode(slot, &req), 0);
	CHECK_EQ(req.op, 255);
	CHECK_EQ(req.id, 65535);
}

TEST(a_request_that_cannot_be_is_refused_by_its_id)
{
	uint8_t slot[64] = { 1, 0x80, SOUND_TRIGGER, [REST] = 9 };
	struct sound_response rsp;

	CHECK_EQ(sound_protocol.decode(slot, &req), -EPROTO);
	sound_protocol.refuse(&req, slot);
	sound_decode_response(slot, &rsp);

	CHECK_EQ(rsp.id, 0x8001);
	CHECK_EQ(rsp.op, SOUND_TRIGGER);
	CHECK_EQ(rsp.status, -EINVAL);
}

TEST(a_response_leaves_nothing_of_the_request_in_its_slot)
{
	uint8_t slot[64];
	uint8_t want[64] = { 1, 0, SOUND_CLOSE, 0, 0xfb, 0xff, 0xff, 0xff };

	memset(slot, 'x', sizeof(slot));
	sound_protocol.encode(
		&(struct sound_response){ 1, SOUND_CLOSE, -EIO, { 0 } }, slot);

	CHECK_EQ(sound_protocol.response_size, sizeof(slot));
	CHECK(!memcmp(slot, want, sizeof(slot)));
}

TEST(a_query_that_fails_tells_nothing)
{
	struct sound_response rsp = { 1, SOUND_QUERY, -EINVAL, { 0 } }, back;
	uint8_t slot[64];

	rsp.params.formats = 4;
	sound_protocol.encode(&rsp, slot);
	sound_decode_response(slot, &back);

	CHECK_EQ(back.status, -EINVAL);
	CHECK_EQ(back.params.formats, 0);
}

TEST(what_the_host_answers_the_guest_decodes)
{
	struct sound_response rsp = { 7, SOUND_QUERY, 0, { 4, { 1, 2 } } },
			      back;
	uint8_t slot[64];

	sound_protocol.encode(&rsp, slot);
	sound_decode_response(slot, &back);

	CHECK_EQ(back.id, 7);
	CHECK_EQ(back.op, SOUND_QUERY);
	CHECK_EQ(back.status, 0);
	CHECK_EQ(back.params.formats, 4);
	CHECK_EQ(back.params.rates.max, 2);
}

TEST(events_go_there_and_back)
{
	struct media_event event = { 62, 1ULL << 40 }, back;
	uint8_t slot[64];

	media_encode_event(&event, slot);
	CHECK_EQ(media_decode_event(slot, &back), 0);
	CHECK_EQ(back.id, 62);
	CHECK_EQ(back.what, 1ULL << 40);

	slot[2] = 1;
	CHECK_EQ(media_decode_event(slot, &back), -EPROTO);
}

TEST(formats_may_be_spelled_as_libxl_does)
{
	CHECK_EQ(sound_format_of("f32_le"), SOUND_F32_LE);
	CHECK_EQ(sound_format_of("float_le"), SOUND_F32_LE);
	CHECK_EQ(sound_format_of("F64_BE"), SOUND_F64_BE);
	CHECK_EQ(sound_format_of("S16_LE"), SOUND_S16_LE);
	CHECK_EQ(sound_format_of("s16"), -EINVAL);
	CHECK_EQ(sound_format_of(""), -EINVAL);
}

TEST(samples_have_1_2_4_or_8_bytes)
{
	CHECK_EQ(sound_sample_size(SOUND_MU_LAW), 1);
	CHECK_EQ(sound_sample_size(SOUND_U16_BE), 2);
	CHECK_EQ(sound_sample_size(SOUND_S24_LE), 4);
	CHECK_EQ(sound_sample_size(SOUND_F64_LE), 8);
	CHECK_EQ(sound_sample_size(SOUND_MPEG), 0);
	CHECK_EQ(sound_sample_size(1000), 0);
}
