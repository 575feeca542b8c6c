/* SPDX-License-Identifier: MIT */

#include "protocols/sound.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "protocols/put.h"

static const struct {
	const char *name;
	const char *alias; /* how libxl spells it, if otherwise */
	unsigned int size;
} formats[SOUND_N_FORMATS] = {
	[SOUND_S8] = { "s8", NULL, 1 },
	[SOUND_U8] = { "u8", NULL, 1 },
	[SOUND_S16_LE] = { "s16_le", NULL, 2 },
	[SOUND_S16_BE] = { "s16_be", NULL, 2 },
	[SOUND_U16_LE] = { "u16_le", NULL, 2 },
	[SOUND_U16_BE] = { "u16_be", NULL, 2 },
	[SOUND_S24_LE] = { "s24_le", NULL, 4 },
	[SOUND_S24_BE] = { "s24_be", NULL, 4 },
	[SOUND_U24_LE] = { "u24_le", NULL, 4 },
	[SOUND_U24_BE] = { "u24_be", NULL, 4 },
	[SOUND_S32_LE] = { "s32_le", NULL, 4 },
	[SOUND_S32_BE] = { "s32_be", NULL, 4 },
	[SOUND_U32_LE] = { "u32_le", NULL, 4 },
	[SOUND_U32_BE] = { "u32_be", NULL, 4 },
	[SOUND_F32_LE] = { "float_le", "f32_le", 4 },
	[SOUND_F32_BE] = { "float_be", "f32_be", 4 },
	[SOUND_F64_LE] = { "float64_le", "f64_le", 8 },
	[SOUND_F64_BE] = { "float64_be", "f64_be", 8 },
	[SOUND_IEC958_LE] = { "iec958_subframe_le", NULL, 4 },
	[SOUND_IEC958_BE] = { "iec958_subframe_be", NULL, 4 },
	[SOUND_MU_LAW] = { "mu_law", NULL, 1 },
	[SOUND_A_LAW] = { "a_law", NULL, 1 },
	[SOUND_IMA_ADPCM] = { "ima_adpcm", NULL, 0 },
	[SOUND_MPEG] = { "mpeg", NULL, 0 },
	[SOUND_GSM] = { "gsm", NULL, 0 },
};

unsigned int sound_sample_size(unsigned int format)
{
	return format < SOUND_N_FORMATS ? formats[format].size : 0;
}

int sound_format_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const char *alias = formats[i].alias;

		if (!strcasecmp(name, formats[i].name) ||
		    (alias && !strcasecmp(name, alias)))
			return i;
	}

	return -EINVAL;
}

const char *sound_format_name(enum sound_format format)
{
	return formats[format].name;
}

/* Requests */

static int decode_open(struct span *in, struct sound_open *open)
{
	uint64_t frame;

	open->rate = span_le32(in);
	open->format = span_u8(in);
	open->channels = span_u8(in);
	span_bytes(in, 2);
	open->buffer_size = span_le32(in);
	open->pages = span_le32(in);
	open->period_size = span_le32(in);

	frame = sound_sample_size(open->format) * open->channels;
	if (open->rate == 0 || open->rate > SOUND_RATE_MAX || frame == 0)
		return -EPROTO;
	if (open->buffer_size < frame || open->period_size > open->buffer_size)
		return -EPROTO;

	return 0;
}

static int decode_area(struct span *in, struct sound_area *area)
{
	area->offset = span_le32(in);
	area->len = span_le32(in);

	return area->offset > UINT32_MAX - area->len ? -EPROTO : 0;
}

static void take_range(struct span *in, struct sound_range *range)
{
	range->min = span_le32(in);
	range->max = span_le32(in);
}

static void take_params(struct span *in, struct sound_params *params)
{
	params->formats = span_le64(in);
	take_range(in, &params->rates);
	take_range(in, &params->channels);
	take_range(in, &params->buffer);
	take_range(in, &params->period);
}

static bool is_range(const struct sound_range *range)
{
	return range->min <= range->max;
}

static int decode_params(struct span *in, struct sound_params *params)
{
	take_params(in, params);
	if (!is_range(&params->rates) || !is_range(&params->channels) ||
	    !is_range(&params->buffer) || !is_range(&params->period))
		return -EPROTO;

	return 0;
}

static int decode_trigger(struct span *in, enum sound_trigger *trigger)
{
	uint8_t type = span_u8(in);

	if (type > SOUND_RESUME)
		return -EPROTO;

	*trigger = type;
	return 0;
}

static int decode(const void *slot, void *request)
{
	struct sound_request *req = request;
	struct media_header header;
	struct span in = media_take(slot, &header);

	memset(req, 0, sizeof(*req));
	req->id = header.id;
	req->op = header.op;
	switch (req->op) {
	case SOUND_OPEN:
		return decode_open(&in, &req->open);
	case SOUND_READ:
	case SOUND_WRITE:
	case SOUND_SET_VOLUME:
	case SOUND_GET_VOLUME:
	case SOUND_MUTE:
	case SOUND_UNMUTE:
		return decode_area(&in, &req->area);
	case SOUND_TRIGGER:
		return decode_trigger(&in, &req->trigger);
	case SOUND_QUERY:
		return decode_params(&in, &req->params);
	default:
		return 0;
	}
}

static void put_range(uint8_t **at, const struct sound_range *range)
{
	put_le(at, 4, range->min);
	put_le(at, 4, range->max);
}

static void put_params(uint8_t **at, const struct sound_params *params)
{
	put_le(at, 8, params->formats);
	put_range(at, &params->rates);
	put_range(at, &params->channels);
	put_range(at, &params->buffer);
	put_range(at, &params->period);
}

static void encode(const void *response, void *slot)
{
	const struct sound_response *rsp = response;
	uint8_t *at = media_put(slot, rsp->id, rsp->op, rsp->status);

	if (rsp->op == SOUND_QUERY && rsp->status == 0)
		put_params(&at, &rsp->params);
}

static void refuse(const void *request, void *slot)
{
	const struct sound_request *req = request;

	encode(&(struct sound_response){ .id = req->id,
					 .op = req->op,
					 .status = -EINVAL },
	       slot);
}

const struct ring_protocol sound_protocol = {
	.slot_size = MEDIA_SLOT,
	.request_size = sizeof(struct sound_request),
	.response_size = MEDIA_SLOT,
	.decode = decode,
	.encode = encode,
	.refuse = refuse,
};

/* The guest's side */

static void put_open(uint8_t **at, const struct sound_open *open)
{
	put_le(at, 4, open->rate);
	put_le(at, 1, open->format);
	put_le(at, 1, open->channels);
	put_le(at, 2, 0);
	put_le(at, 4, open->buffer_size);
	put_le(at, 4, open->pages);
	put_le(at, 4, open->period_size);
}

void sound_encode_request(const struct sound_request *req, void *slot)
{
	uint8_t *at = media_put(slot, req->id, req->op, 0);

	switch (req->op) {
	case SOUND_OPEN:
		put_open(&at, &req->open);
		break;
	case SOUND_TRIGGER:
		put_le(&at, 1, req->trigger);
		break;
	case SOUND_QUERY:
		put_params(&at, &req->params);
		break;
	default:
		put_le(&at, 4, req->area.offset);
		put_le(&at, 4, req->area.len);
		break;
	}
}

void sound_decode_response(const void *slot, struct sound_response *rsp)
{
	struct media_header header;
	struct span in = media_take(slot, &header);

	rsp->id = header.id;
	rsp->op = header.op;
	rsp->status = header.status;
	take_params(&in, &rsp->params);
}
