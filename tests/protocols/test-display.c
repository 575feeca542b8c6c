/* SPDX-License-Identifier: MIT */

#include "protocols/display.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/test.h"

static struct display_request req;

static int decode(const struct display_request *sent)
{
	uint8_t slot[64];

	display_encode_request(sent, slot);
	return display_protocol.decode(slot, &req);
}

static int buffer(uint32_t width, uint32_t height, uint32_t bpp, uint32_t size)
{
	struct display_request sent = { .op = DISPLAY_CREATE_BUFFER };

	sent.buffer = (struct display_buffer){
		.cookie = 1,
		.width = width,
		.height = height,
		.bpp = bpp,
		.size = size,
		.pages = 9,
	};
	return decode(&sent);
}

static int offset(uint32_t size, uint32_t at)
{
	struct display_request sent = { .op = DISPLAY_CREATE_BUFFER };

	sent.buffer = (struct display_buffer){ 1, 0, 0, 0, size, false, 9, at };
	CHECK_EQ(decode(&sent), 0);
	return req.buffer.offset;
}

static int framebuffer(uint64_t of, uint64_t cookie, uint32_t width,
		       uint32_t height)
{
	struct display_request sent = { .op = DISPLAY_ATTACH };

	sent.framebuffer =
		(struct display_framebuffer){ of, cookie, width, height, 0 };
	return decode(&sent);
}

static int configure(uint64_t cookie, uint32_t x, uint32_t y, uint32_t width,
		     uint32_t height)
{
	struct display_request sent = { .op = DISPLAY_CONFIGURE };

	sent.config = (struct display_config){ cookie, x, y, width, height, 0 };
	return decode(&sent);
}

TEST(the_pixels_of_a_buffer_fit)
{
	CHECK_EQ(buffer(1920, 1080, 32, 1920 * 1080 * 4), 0);
	CHECK_EQ(buffer(1920, 1080, 32, 1920 * 1080 * 4 - 1), -EPROTO);
	CHECK_EQ(buffer(3, 2, 12, 10), 0); /* rows of 5 bytes */
	CHECK_EQ(buffer(3, 2, 12, 9), -EPROTO);
}

TEST(no_product_of_sides_overflows)
{
	CHECK_EQ(buffer(65536, 65536, 32, 4096), -EPROTO);
	CHECK_EQ(buffer(1U << 31, 2, 32, 4096), -EPROTO);
	CHECK_EQ(buffer(UINT32_MAX, 1, 1, UINT32_MAX), -EPROTO);
	CHECK_EQ(buffer(16384, 16384, 32, 1 << 30), 0);
	CHECK_EQ(buffer(16385, 1, 32, 1 << 30), -EPROTO);
}

TEST(a_pixel_has_between_1_and_64_bits)
{
	CHECK_EQ(buffer(4, 4, 0, 4096), -EPROTO);
	CHECK_EQ(buffer(4, 4, 1, 4096), 0);
	CHECK_EQ(buffer(4, 4, 64, 4096), 0);
	CHECK_EQ(buffer(4, 4, 65, 4096), -EPROTO);
	CHECK_EQ(buffer(4, 4, UINT32_MAX, 4096), -EPROTO);
}

TEST(an_imported_buffer_has_no_sides_yet)
{
	CHECK_EQ(buffer(0, 0, 0, 4096), 0);
	CHECK_EQ(buffer(0, 4, 32, 4096), -EPROTO);
	CHECK_EQ(buffer(4, 0, 32, 4096), -EPROTO);
}

TEST(a_buffer_has_a_size_and_a_cookie)
{
	struct display_request sent = { .op = DISPLAY_CREATE_BUFFER };

	CHECK_EQ(buffer(0, 0, 0, 0), -EPROTO);
	sent.buffer.size = 4096;
	CHECK_EQ(decode(&sent), -EPROTO);
}

TEST(pixels_begin_in_the_first_page_or_at_0)
{
	CHECK_EQ(offset(8192, 64), 64);
	CHECK_EQ(offset(8192, 4095), 4095);
	CHECK_EQ(offset(8192, 4096), 0);
	CHECK_EQ(offset(64, 64), 0);
	CHECK_EQ(offset(8192, UINT32_MAX), 0);
}

TEST(a_framebuffer_has_cookies_and_sides)
{
	CHECK_EQ(framebuffer(1, 2, 1, 16384), 0);
	CHECK_EQ(framebuffer(0, 2, 4, 4), -EPROTO);
	CHECK_EQ(framebuffer(1, 0, 4, 4), -EPROTO);
	CHECK_EQ(framebuffer(1, 2, 0, 4), -EPROTO);
	CHECK_EQ(framebuffer(1, 2, 4, 0), -EPROTO);
	CHECK_EQ(framebuffer(1, 2, 16385, 4), -EPROTO);
}

TEST(off_is_all_zeros)
{
	CHECK_EQ(configure(0, 0, 0, 0, 0), 0);
	CHECK_EQ(configure(0, 1, 0, 0, 0), -EPROTO);
	CHECK_EQ(configure(0, 0, 0, 4, 4), -EPROTO);
}

TEST(a_configuration_has_an_area_that_does_not_wrap)
{
	CHECK_EQ(configure(1, 16384, 0, 16384, 1), 0);
	CHECK_EQ(configure(1, 0, 0, 0, 4), -EPROTO);
	CHECK_EQ(configure(1, 0, 0, 4, 0), -EPROTO);
	CHECK_EQ(configure(1, UINT32_MAX, 0, 4, 4), -EPROTO);
	CHECK_EQ(configure(1, 0, UINT32_MAX, 4, 4), -EPROTO);
	CHECK_EQ(configure(1, 0, 0, UINT32_MAX, 4), -EPROTO);
}

TEST(room_for_an_edid_is_room_for_any)
{
	struct display_request sent = { .op = DISPLAY_GET_EDID };

	sent.edid = (struct display_edid){ 32768, 9 };
	CHECK_EQ(decode(&sent), 0);
	sent.edid.size = 32767;
	CHECK_EQ(decode(&sent), -EPROTO);
	sent.edid.size = 0;
	CHECK_EQ(decode(&sent), -EPROTO);
}

TEST(unknown_flags_are_of_no_interest)
{
	struct display_request sent = { .op = DISPLAY_CREATE_BUFFER };
	uint8_t slot[64];

	sent.buffer = (struct display_buffer){ .cookie = 1, .size = 4096 };
	display_encode_request(&sent, slot);
	slot[32] = 0xfe;
	slot[35] = 0xff;

	CHECK_EQ(display_protocol.decode(slot, &req), 0);
	CHECK(!req.buffer.allocate);
}

TEST(an_unknown_request_is_decoded_to_be_refused)
{
	uint8_t slot[64];

	memset(slot, 0xff, sizeof(slot));
	CHECK_EQ(display_protocol.decode(slot, &req), 0);
	CHECK_EQ(req.op, 255);
	CHECK_EQ(req.id, 65535);
	slot[2] = 0; /* the first 16 are reserved */
	CHECK_EQ(display_protocol.decode(slot, &req), 0);
	CHECK_EQ(req.op, 0);
}

TEST(a_request_that_cannot_be_is_refused_by_its_id)
{
	uint8_t slot[64] = { 1, 0x80, DISPLAY_ATTACH };
	struct display_response rsp;

	CHECK_EQ(display_protocol.decode(slot, &req), -EPROTO);
	display_protocol.refuse(&req, slot);
	display_decode_response(slot, &rsp);

	CHECK_EQ(rsp.id, 0x8001);
	CHECK_EQ(rsp.op, DISPLAY_ATTACH);
	CHECK_EQ(rsp.status, -EINVAL);
}

/* Linux sets flags in whatever it finds in a slot. */
TEST(a_response_leaves_nothing_of_the_request_in_its_slot)
{
	uint8_t slot[64];
	uint8_t want[64] = { 1, 0, DISPLAY_ATTACH };

	memset(slot, 0xff, sizeof(slot));
	display_protocol.encode(
		&(struct display_response){ 1, DISPLAY_ATTACH, 0, 128 }, slot);

	CHECK_EQ(display_protocol.response_size, sizeof(slot));
	CHECK(!memcmp(slot, want, sizeof(slot)));
}

TEST(what_the_host_answers_the_guest_decodes)
{
	struct display_response rsp = { 7, DISPLAY_GET_EDID, 0, 256 }, back;
	uint8_t slot[64];

	display_protocol.encode(&rsp, slot);
	display_decode_response(slot, &back);

	CHECK_EQ(back.id, 7);
	CHECK_EQ(back.op, DISPLAY_GET_EDID);
	CHECK_EQ(back.edid_size, 256);
}

TEST(a_resolution_is_two_numbers_and_an_x)
{
	uint32_t width, height;

	CHECK_EQ(display_resolution("1920x1080", &width, &height), 0);
	CHECK_EQ(width, 1920);
	CHECK_EQ(height, 1080);
	CHECK_EQ(display_resolution("16384x1", &width, &height), 0);
	CHECK_EQ(width, 16384);
}

TEST(what_is_no_resolution_is_none)
{
	static const char *const wrong[] = {
		"",      "x",    "4",       "4x",      "x4",
		"4x4x4", "-4x4", " 4x4",    "4 x4",    "4X4",
		"0x4",   "4x0",  "16385x4", "4x16385", "0000000000000004x4",
	};
	uint32_t width, height;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK_EQ(display_resolution(wrong[i], &width, &height),
			 -EINVAL);
}
