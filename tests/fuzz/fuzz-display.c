/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/display.h"
#include "tests/fuzz/fuzz.h"

static void check_side(uint32_t side)
{
	assert(side > 0 && side <= DISPLAY_SIDE_MAX);
}

static void check_buffer(const struct display_buffer *buffer)
{
	assert(buffer->cookie != 0 && buffer->size > 0);
	assert(buffer->offset < buffer->size);
	assert(buffer->offset < XEN_PAGE_SIZE);
	if (!buffer->width && !buffer->height && !buffer->bpp)
		return;

	check_side(buffer->width);
	check_side(buffer->height);
	assert((uint64_t)buffer->width * buffer->height * buffer->bpp <=
	       (uint64_t)buffer->size * 8);
}

static void check_config(const struct display_config *config)
{
	if (config->cookie == 0) {
		assert(!config->x && !config->y);
		assert(!config->width && !config->height);
		return;
	}
	assert(config->x <= DISPLAY_SIDE_MAX);
	assert(config->y <= DISPLAY_SIDE_MAX);
	check_side(config->width);
	check_side(config->height);
}

static void check(const struct display_request *req)
{
	switch (req->op) {
	case DISPLAY_CREATE_BUFFER:
		check_buffer(&req->buffer);
		break;
	case DISPLAY_ATTACH:
		assert(req->framebuffer.buffer && req->framebuffer.cookie);
		check_side(req->framebuffer.width);
		check_side(req->framebuffer.height);
		break;
	case DISPLAY_CONFIGURE:
		check_config(&req->config);
		break;
	case DISPLAY_GET_EDID:
		assert(req->edid.size >= DISPLAY_EDID_MIN);
		break;
	}
}

/* A decoded request, encoded again, is the same. */
static void check_round_trip(const struct display_request *req)
{
	struct display_request back;
	uint8_t slot[64];

	display_encode_request(req, slot);
	assert(display_protocol.decode(slot, &back) == 0);
	assert(!memcmp(req, &back, sizeof(back)));
}

static void check_resolution(const uint8_t *data, size_t len)
{
	uint32_t width, height;
	char text[64] = "";

	memcpy(text, data, len < sizeof(text) - 1 ? len : sizeof(text) - 1);
	if (display_resolution(text, &width, &height) == 0) {
		check_side(width);
		check_side(height);
	}
}

/* Whatever a peer writes into a slot, what comes out can be relied on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t slot[64] = { 0 }, answer[64];
	struct display_request req;
	struct display_response rsp;

	memcpy(slot, data, len < sizeof(slot) ? len : sizeof(slot));
	if (display_protocol.decode(slot, &req) == 0) {
		check(&req);
		check_round_trip(&req);
	} else {
		display_protocol.refuse(&req, answer);
		display_decode_response(answer, &rsp);
		assert(rsp.id == (slot[0] | slot[1] << 8));
		assert(rsp.op == slot[2] && rsp.status == -EINVAL);
	}
	check_resolution(data, len);

	return 0;
}
