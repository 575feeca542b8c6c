/* SPDX-License-Identifier: MIT */

/*
 * What we wrote down about sound agrees with Xen's own header.
 */

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define xen_mb()  __sync_synchronize()
#define xen_rmb() __sync_synchronize()
#define xen_wmb() __sync_synchronize()

#include <xen/errno.h>
#include <xen/io/sndif.h>
#include <xen/xen.h>

#include "base/array.h"
#include "protocols/pages.h"
#include "protocols/sound.h"
#include "tests/lib/test.h"

static_assert((int)SOUND_OPEN == XENSND_OP_OPEN, "open");
static_assert((int)SOUND_CLOSE == XENSND_OP_CLOSE, "close");
static_assert((int)SOUND_READ == XENSND_OP_READ, "read");
static_assert((int)SOUND_WRITE == XENSND_OP_WRITE, "write");
static_assert((int)SOUND_SET_VOLUME == XENSND_OP_SET_VOLUME, "set volume");
static_assert((int)SOUND_GET_VOLUME == XENSND_OP_GET_VOLUME, "get volume");
static_assert((int)SOUND_MUTE == XENSND_OP_MUTE, "mute");
static_assert((int)SOUND_UNMUTE == XENSND_OP_UNMUTE, "unmute");
static_assert((int)SOUND_TRIGGER == XENSND_OP_TRIGGER, "trigger");
static_assert((int)SOUND_QUERY == XENSND_OP_HW_PARAM_QUERY, "query");
static_assert((int)SOUND_START == XENSND_OP_TRIGGER_START, "start");
static_assert((int)SOUND_PAUSE == XENSND_OP_TRIGGER_PAUSE, "pause");
static_assert((int)SOUND_STOP == XENSND_OP_TRIGGER_STOP, "stop");
static_assert((int)SOUND_RESUME == XENSND_OP_TRIGGER_RESUME, "resume");
static_assert(MEDIA_SLOT == sizeof(struct xensnd_req), "request");
static_assert(MEDIA_SLOT == sizeof(struct xensnd_resp), "response");
static_assert(MEDIA_SLOT == sizeof(struct xensnd_evt), "event");
static_assert(EINVAL == XEN_EINVAL && EBUSY == XEN_EBUSY &&
		      ENOMEM == XEN_ENOMEM && ENOENT == XEN_ENOENT &&
		      EEXIST == XEN_EEXIST && EAGAIN == XEN_EAGAIN &&
		      ENOSPC == XEN_ENOSPC && EIO == XEN_EIO &&
		      EACCES == XEN_EACCES && EOPNOTSUPP == XEN_EOPNOTSUPP,
	      "errors have the numbers of Linux");

static struct sound_request req;

TEST(slots_are_as_large_and_as_many)
{
	CHECK_EQ(sound_protocol.slot_size, sizeof(union xen_sndif_sring_entry));
	CHECK_EQ(ring_n_slots(XEN_PAGE_SIZE, sound_protocol.slot_size),
		 __CONST_RING_SIZE(xen_sndif, XEN_PAGE_SIZE));
}

TEST(events_are_where_xen_has_them)
{
	CHECK_EQ(media_events.indices,
		 offsetof(struct xensnd_event_page, in_cons));
	CHECK_EQ(media_events.indices + 4,
		 offsetof(struct xensnd_event_page, in_prod));
	CHECK_EQ(media_events.slots, XENSND_IN_RING_OFFS);
	CHECK_EQ(media_events.n_slots, XENSND_IN_RING_LEN);
	CHECK_EQ(media_events.size, sizeof(struct xensnd_evt));
}

TEST(references_are_where_xen_has_them)
{
	uint8_t page[XEN_PAGE_SIZE];
	struct xensnd_page_directory *list = (void *)page;

	pages_write(page, 7, (grant_ref_t[]){ 8, 9 }, 2);
	CHECK_EQ(list->gref_dir_next_page, 7);
	CHECK_EQ(list->gref[0], 8);
	CHECK_EQ(list->gref[1], 9);
	CHECK_EQ(
		PAGES_PER_LIST_PAGE,
		(XEN_PAGE_SIZE - offsetof(struct xensnd_page_directory, gref)) /
			sizeof(list->gref[0]));
}

static const struct {
	int ours;
	int xens;
	const char *name;
} names[] = {
	{ SOUND_S8, XENSND_PCM_FORMAT_S8, XENSND_PCM_FORMAT_S8_STR },
	{ SOUND_U8, XENSND_PCM_FORMAT_U8, XENSND_PCM_FORMAT_U8_STR },
	{ SOUND_S16_LE, XENSND_PCM_FORMAT_S16_LE,
	  XENSND_PCM_FORMAT_S16_LE_STR },
	{ SOUND_S16_BE, XENSND_PCM_FORMAT_S16_BE,
	  XENSND_PCM_FORMAT_S16_BE_STR },
	{ SOUND_U16_LE, XENSND_PCM_FORMAT_U16_LE,
	  XENSND_PCM_FORMAT_U16_LE_STR },
	{ SOUND_U16_BE, XENSND_PCM_FORMAT_U16_BE,
	  XENSND_PCM_FORMAT_U16_BE_STR },
	{ SOUND_S24_LE, XENSND_PCM_FORMAT_S24_LE,
	  XENSND_PCM_FORMAT_S24_LE_STR },
	{ SOUND_S24_BE, XENSND_PCM_FORMAT_S24_BE,
	  XENSND_PCM_FORMAT_S24_BE_STR },
	{ SOUND_U24_LE, XENSND_PCM_FORMAT_U24_LE,
	  XENSND_PCM_FORMAT_U24_LE_STR },
	{ SOUND_U24_BE, XENSND_PCM_FORMAT_U24_BE,
	  XENSND_PCM_FORMAT_U24_BE_STR },
	{ SOUND_S32_LE, XENSND_PCM_FORMAT_S32_LE,
	  XENSND_PCM_FORMAT_S32_LE_STR },
	{ SOUND_S32_BE, XENSND_PCM_FORMAT_S32_BE,
	  XENSND_PCM_FORMAT_S32_BE_STR },
	{ SOUND_U32_LE, XENSND_PCM_FORMAT_U32_LE,
	  XENSND_PCM_FORMAT_U32_LE_STR },
	{ SOUND_U32_BE, XENSND_PCM_FORMAT_U32_BE,
	  XENSND_PCM_FORMAT_U32_BE_STR },
	{ SOUND_F32_LE, XENSND_PCM_FORMAT_F32_LE,
	  XENSND_PCM_FORMAT_F32_LE_STR },
	{ SOUND_F32_BE, XENSND_PCM_FORMAT_F32_BE,
	  XENSND_PCM_FORMAT_F32_BE_STR },
	{ SOUND_F64_LE, XENSND_PCM_FORMAT_F64_LE,
	  XENSND_PCM_FORMAT_F64_LE_STR },
	{ SOUND_F64_BE, XENSND_PCM_FORMAT_F64_BE,
	  XENSND_PCM_FORMAT_F64_BE_STR },
	{ SOUND_IEC958_LE, XENSND_PCM_FORMAT_IEC958_SUBFRAME_LE,
	  XENSND_PCM_FORMAT_IEC958_SUBFRAME_LE_STR },
	{ SOUND_IEC958_BE, XENSND_PCM_FORMAT_IEC958_SUBFRAME_BE,
	  XENSND_PCM_FORMAT_IEC958_SUBFRAME_BE_STR },
	{ SOUND_MU_LAW, XENSND_PCM_FORMAT_MU_LAW,
	  XENSND_PCM_FORMAT_MU_LAW_STR },
	{ SOUND_A_LAW, XENSND_PCM_FORMAT_A_LAW, XENSND_PCM_FORMAT_A_LAW_STR },
	{ SOUND_IMA_ADPCM, XENSND_PCM_FORMAT_IMA_ADPCM,
	  XENSND_PCM_FORMAT_IMA_ADPCM_STR },
	{ SOUND_MPEG, XENSND_PCM_FORMAT_MPEG, XENSND_PCM_FORMAT_MPEG_STR },
	{ SOUND_GSM, XENSND_PCM_FORMAT_GSM, XENSND_PCM_FORMAT_GSM_STR },
};

TEST(formats_have_the_numbers_and_names_of_xen)
{
	CHECK_EQ(ARRAY_SIZE(names), SOUND_N_FORMATS);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK_EQ(names[i].ours, names[i].xens);
		CHECK_EQ(sound_format_of(names[i].name), names[i].ours);
		CHECK_STR(sound_format_name(names[i].ours), names[i].name);
		CHECK(strlen(names[i].name) < XENSND_SAMPLE_FORMAT_MAX_LEN);
	}
}

TEST(an_open_as_xen_writes_it)
{
	struct xensnd_req wire = { .id = 0x8001, .operation = XENSND_OP_OPEN };

	wire.op.open = (struct xensnd_open_req){
		.pcm_rate = 48000,
		.pcm_format = XENSND_PCM_FORMAT_S16_LE,
		.pcm_channels = 2,
		.buffer_sz = 65536,
		.gref_directory = 99,
		.period_sz = 4096,
	};

	CHECK_EQ(sound_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.id, 0x8001);
	CHECK_EQ(req.op, SOUND_OPEN);
	CHECK_EQ(req.open.rate, 48000);
	CHECK_EQ(req.open.format, SOUND_S16_LE);
	CHECK_EQ(req.open.channels, 2);
	CHECK_EQ(req.open.buffer_size, 65536);
	CHECK_EQ(req.open.pages, 99);
	CHECK_EQ(req.open.period_size, 4096);
}

TEST(areas_and_triggers_as_xen_writes_them)
{
	struct xensnd_req wire = { .operation = XENSND_OP_WRITE };

	wire.op.rw = (struct xensnd_rw_req){ .offset = 64, .length = 192 };
	CHECK_EQ(sound_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.area.offset, 64);
	CHECK_EQ(req.area.len, 192);

	wire = (struct xensnd_req){ .operation = XENSND_OP_TRIGGER };
	wire.op.trigger.type = XENSND_OP_TRIGGER_STOP;
	CHECK_EQ(sound_protocol.decode(&wire, &req), 0);
	CHECK_EQ(req.trigger, SOUND_STOP);
}

static void check_params(const struct sound_params *ours,
			 const struct xensnd_query_hw_param *xens)
{
	CHECK(ours->formats == xens->formats);
	CHECK_EQ(ours->rates.min, xens->rates.min);
	CHECK_EQ(ours->rates.max, xens->rates.max);
	CHECK_EQ(ours->channels.min, xens->channels.min);
	CHECK_EQ(ours->channels.max, xens->channels.max);
	CHECK_EQ(ours->buffer.min, xens->buffer.min);
	CHECK_EQ(ours->buffer.max, xens->buffer.max);
	CHECK_EQ(ours->period.min, xens->period.min);
	CHECK_EQ(ours->period.max, xens->period.max);
}

TEST(a_query_as_xen_writes_and_reads_it)
{
	struct xensnd_req wire = { .operation = XENSND_OP_HW_PARAM_QUERY };
	struct sound_response rsp = { .id = 5, .op = SOUND_QUERY };
	struct xensnd_resp back;

	wire.op.hw_param = (struct xensnd_query_hw_param){
		0x8000000000000004, { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }
	};
	CHECK_EQ(sound_protocol.decode(&wire, &req), 0);
	check_params(&req.params, &wire.op.hw_param);

	rsp.params = req.params;
	sound_protocol.encode(&rsp, &back);
	check_params(&rsp.params, &back.resp.hw_param);
}

TEST(a_response_as_xen_reads_it)
{
	struct sound_response rsp = { 0x8001, SOUND_WRITE, -EINVAL, { 0 } };
	struct xensnd_resp wire;

	memset(&wire, 'x', sizeof(wire));
	sound_protocol.encode(&rsp, &wire);

	CHECK_EQ(wire.id, 0x8001);
	CHECK_EQ(wire.operation, XENSND_OP_WRITE);
	CHECK_EQ(wire.reserved, 0);
	CHECK_EQ(wire.status, -XEN_EINVAL);
	for (size_t i = 0; i < sizeof(wire.resp.reserved1); i++)
		CHECK_EQ(wire.resp.reserved1[i], 0);
}

TEST(an_event_as_xen_reads_it)
{
	struct media_event event = { 3, 0x100000002 };
	struct xensnd_evt wire;

	memset(&wire, 'x', sizeof(wire));
	media_encode_event(&event, &wire);

	CHECK_EQ(wire.id, 3);
	CHECK_EQ(wire.type, XENSND_EVT_CUR_POS);
	CHECK_EQ(wire.op.cur_pos.position, 0x100000002);
}

TEST(a_guest_of_ours_writes_what_xen_reads)
{
	struct sound_request sent = { .id = 3, .op = SOUND_OPEN };
	struct xensnd_req wire;

	sent.open = (struct sound_open){ 8000, SOUND_U8, 1, 4096, 512, 9 };
	sound_encode_request(&sent, &wire);

	CHECK_EQ(wire.id, 3);
	CHECK_EQ(wire.operation, XENSND_OP_OPEN);
	CHECK_EQ(wire.op.open.pcm_rate, 8000);
	CHECK_EQ(wire.op.open.pcm_format, XENSND_PCM_FORMAT_U8);
	CHECK_EQ(wire.op.open.pcm_channels, 1);
	CHECK_EQ(wire.op.open.buffer_sz, 4096);
	CHECK_EQ(wire.op.open.period_sz, 512);
	CHECK_EQ(wire.op.open.gref_directory, 9);
}
