/* SPDX-License-Identifier: MIT */

#include "protocols/display.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "protocols/put.h"

#define FLAG_ALLOCATE 1U

#define BPP_MAX 64

static bool is_side(uint32_t side)
{
	return side > 0 && side <= DISPLAY_SIDE_MAX;
}

static bool is_known(const struct display_buffer *buffer)
{
	return buffer->width || buffer->height || buffer->bpp;
}

static bool fits(const struct display_buffer *buffer)
{
	uint64_t row;

	if (!is_side(buffer->width) || !is_side(buffer->height))
		return false;
	if (buffer->bpp == 0 || buffer->bpp > BPP_MAX)
		return false;

	row = ((uint64_t)buffer->width * buffer->bpp + 7) / 8;
	return row * buffer->height <= buffer->size;
}

static int decode_buffer(struct span *in, struct display_buffer *buffer)
{
	uint32_t flags;

	buffer->cookie = span_le64(in);
	buffer->width = span_le32(in);
	buffer->height = span_le32(in);
	buffer->bpp = span_le32(in);
	buffer->size = span_le32(in);
	flags = span_le32(in);
	buffer->pages = span_le32(in);
	buffer->offset = span_le32(in);

	buffer->allocate = flags & FLAG_ALLOCATE;
	/* Some guests do not fill this in. */
	if (buffer->offset >= XEN_PAGE_SIZE || buffer->offset >= buffer->size)
		buffer->offset = 0;

	if (buffer->cookie == 0 || buffer->size == 0)
		return -EPROTO;
	return !is_known(buffer) || fits(buffer) ? 0 : -EPROTO;
}

static int decode_framebuffer(struct span *in, struct display_framebuffer *fb)
{
	fb->buffer = span_le64(in);
	fb->cookie = span_le64(in);
	fb->width = span_le32(in);
	fb->height = span_le32(in);
	fb->format = span_le32(in);

	if (fb->buffer == 0 || fb->cookie == 0)
		return -EPROTO;
	return is_side(fb->width) && is_side(fb->height) ? 0 : -EPROTO;
}

static int decode_config(struct span *in, struct display_config *config)
{
	config->cookie = span_le64(in);
	config->x = span_le32(in);
	config->y = span_le32(in);
	config->width = span_le32(in);
	config->height = span_le32(in);
	config->bpp = span_le32(in);

	if (config->cookie == 0)
		return config->x || config->y || config->width ||
				       config->height || config->bpp
			       ? -EPROTO
			       : 0;
	if (config->x > DISPLAY_SIDE_MAX || config->y > DISPLAY_SIDE_MAX)
		return -EPROTO;
	return is_side(config->width) && is_side(config->height) ? 0 : -EPROTO;
}

static int decode_edid(struct span *in, struct display_edid *edid)
{
	edid->size = span_le32(in);
	edid->pages = span_le32(in);

	return edid->size >= DISPLAY_EDID_MIN ? 0 : -EPROTO;
}

static int decode(const void *slot, void *request)
{
	struct display_request *req = request;
	struct media_header header;
	struct span in = media_take(slot, &header);

	memset(req, 0, sizeof(*req));
	req->id = header.id;
	req->op = header.op;
	switch (req->op) {
	case DISPLAY_CREATE_BUFFER:
		return decode_buffer(&in, &req->buffer);
	case DISPLAY_ATTACH:
		return decode_framebuffer(&in, &req->framebuffer);
	case DISPLAY_CONFIGURE:
		return decode_config(&in, &req->config);
	case DISPLAY_GET_EDID:
		return decode_edid(&in, &req->edid);
	case DISPLAY_DESTROY_BUFFER:
	case DISPLAY_DETACH:
	case DISPLAY_FLIP:
		req->cookie = span_le64(&in);
		return 0;
	default:
		return 0;
	}
}

static void encode(const void *response, void *slot)
{
	const struct display_response *rsp = response;
	uint8_t *at = media_put(slot, rsp->id, rsp->op, rsp->status);

	if (rsp->op == DISPLAY_GET_EDID && rsp->status == 0)
		put_le(&at, 4, rsp->edid_size);
}

static void refuse(const void *request, void *slot)
{
	const struct display_request *req = request;

	media_put(slot, req->id, req->op, -EINVAL);
}

const struct ring_protocol display_protocol = {
	.slot_size = MEDIA_SLOT,
	.request_size = sizeof(struct display_request),
	.response_size = MEDIA_SLOT,
	.decode = decode,
	.encode = encode,
	.refuse = refuse,
};

int display_resolution(const char *text, uint32_t *width, uint32_t *height)
{
	const char *x = strchr(text, 'x');
	char digits[sizeof("16384")] = "";

	if (!x || (size_t)(x - text) >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, x - text);
	if (text_u32(digits, width) < 0 || text_u32(x + 1, height) < 0)
		return -EINVAL;

	return is_side(*width) && is_side(*height) ? 0 : -EINVAL;
}

/* The guest's side */

static void put_buffer(uint8_t **at, const struct display_buffer *buffer)
{
	put_le(at, 8, buffer->cookie);
	put_le(at, 4, buffer->width);
	put_le(at, 4, buffer->height);
	put_le(at, 4, buffer->bpp);
	put_le(at, 4, buffer->size);
	put_le(at, 4, buffer->allocate ? FLAG_ALLOCATE : 0);
	put_le(at, 4, buffer->pages);
	put_le(at, 4, buffer->offset);
}

static void put_framebuffer(uint8_t **at, const struct display_framebuffer *fb)
{
	put_le(at, 8, fb->buffer);
	put_le(at, 8, fb->cookie);
	put_le(at, 4, fb->width);
	put_le(at, 4, fb->height);
	put_le(at, 4, fb->format);
}

static void put_config(uint8_t **at, const struct display_config *config)
{
	put_le(at, 8, config->cookie);
	put_le(at, 4, config->x);
	put_le(at, 4, config->y);
	put_le(at, 4, config->width);
	put_le(at, 4, config->height);
	put_le(at, 4, config->bpp);
}

void display_encode_request(const struct display_request *req, void *slot)
{
	uint8_t *at = media_put(slot, req->id, req->op, 0);

	switch (req->op) {
	case DISPLAY_CREATE_BUFFER:
		put_buffer(&at, &req->buffer);
		break;
	case DISPLAY_ATTACH:
		put_framebuffer(&at, &req->framebuffer);
		break;
	case DISPLAY_CONFIGURE:
		put_config(&at, &req->config);
		break;
	case DISPLAY_GET_EDID:
		put_le(&at, 4, req->edid.size);
		put_le(&at, 4, req->edid.pages);
		break;
	default:
		put_le(&at, 8, req->cookie);
		break;
	}
}

void display_decode_response(const void *slot, struct display_response *rsp)
{
	struct media_header header;
	struct span in = media_take(slot, &header);

	rsp->id = header.id;
	rsp->op = header.op;
	rsp->status = header.status;
	rsp->edid_size = span_le32(&in);
}
