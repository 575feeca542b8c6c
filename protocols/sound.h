/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * sound - requests to a stream of a sound card, as decoded and checked.
 *
 * A stream has a ring of requests, a page of events (media.h) that say how
 * far it has got, and while it is open a buffer (pages.h) through which samples
 * and volumes are passed.  See docs/protocols/sound.md.
 */

#include "base/xen.h"
#include "protocols/media.h"
#include "protocols/ring.h"

enum sound_op {
	SOUND_OPEN,
	SOUND_CLOSE,
	SOUND_READ,
	SOUND_WRITE,
	SOUND_SET_VOLUME,
	SOUND_GET_VOLUME,
	SOUND_MUTE,
	SOUND_UNMUTE,
	SOUND_TRIGGER,
	SOUND_QUERY,
};

enum sound_trigger {
	SOUND_START,
	SOUND_PAUSE,
	SOUND_STOP,
	SOUND_RESUME,
};

enum sound_format {
	SOUND_S8,
	SOUND_U8,
	SOUND_S16_LE,
	SOUND_S16_BE,
	SOUND_U16_LE,
	SOUND_U16_BE,
	SOUND_S24_LE, /* in 4 bytes, as are the next three */
	SOUND_S24_BE,
	SOUND_U24_LE,
	SOUND_U24_BE,
	SOUND_S32_LE,
	SOUND_S32_BE,
	SOUND_U32_LE,
	SOUND_U32_BE,
	SOUND_F32_LE,
	SOUND_F32_BE,
	SOUND_F64_LE,
	SOUND_F64_BE,
	SOUND_IEC958_LE,
	SOUND_IEC958_BE,
	SOUND_MU_LAW,
	SOUND_A_LAW,
	SOUND_IMA_ADPCM, /* this and the next two: not samples, but a code */
	SOUND_MPEG,
	SOUND_GSM,
	SOUND_N_FORMATS,
};

#define SOUND_RATE_MAX 768000

/* The bytes of one sample, or 0 for a format that has no samples. */
unsigned int sound_sample_size(unsigned int format);

/* The format of this name in xenstore, spelled as in the protocol or as libxl
 * does; -EINVAL for none. */
int sound_format_of(const char *name);
const char *sound_format_name(enum sound_format format);

struct sound_range {
	uint32_t min;
	uint32_t max;
};

/* What a stream can do: all combinations of these. */
struct sound_params {
	uint64_t formats; /* a bit for each */
	struct sound_range rates;
	struct sound_range channels;
	struct sound_range buffer; /* in frames, as is the next */
	struct sound_range period;
};

struct sound_open {
	uint32_t rate;        /* 1 to SOUND_RATE_MAX */
	uint8_t format;       /* one with samples */
	uint8_t channels;     /* at least 1 */
	uint32_t buffer_size; /* in bytes, at least a frame */
	uint32_t period_size; /* at most buffer_size; 0: no events */
	grant_ref_t pages;    /* the list of the buffer's pages */
};

/* A part of the buffer; offset + len does not wrap. */
struct sound_area {
	uint32_t offset;
	uint32_t len;
};

/* Where decode() returns -EPROTO, @id and @op are those to answer with and
 * nothing else holds. */
struct sound_request {
	uint16_t id; /* the guest's, echoed in the response */
	uint8_t op;  /* enum sound_op, or what no driver sends */
	union {
		struct sound_open open;
		struct sound_area area; /* read, write, volume, mute */
		enum sound_trigger trigger;
		struct sound_params params; /* of a query; min <= max */
	};
};

struct sound_response {
	uint16_t id;
	uint8_t op;
	int32_t status;             /* 0 or -errno */
	struct sound_params params; /* of a query */
};

extern const struct ring_protocol sound_protocol;

/* The guest's side. */
void sound_encode_request(const struct sound_request *req, void *slot);
void sound_decode_response(const void *slot, struct sound_response *rsp);
