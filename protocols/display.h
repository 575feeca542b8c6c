/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * display - requests to a display, as decoded and checked.
 *
 * A guest has buffers (pages.h), says how framebuffers lie in them, and which
 * framebuffer each connector shows.  A connector has a ring of requests, and a
 * page of events (media.h) that say which framebuffer it has begun to show.
 * See docs/protocols/display.md.
 */

#include "base/xen.h"
#include "protocols/media.h"
#include "protocols/ring.h"

enum display_op {
	DISPLAY_CREATE_BUFFER = 0x10,
	DISPLAY_DESTROY_BUFFER,
	DISPLAY_ATTACH,
	DISPLAY_DETACH,
	DISPLAY_CONFIGURE,
	DISPLAY_FLIP,
	DISPLAY_GET_EDID,
};

/* Pixels, of whatever has a width and a height. */
#define DISPLAY_SIDE_MAX 16384

#define DISPLAY_EDID_MIN 32768 /* bytes that a guest has for it, at least */

/* The pixels fit: width * bpp in whole bytes, times height, is no more than
 * @size.  Width, height and bpp may all be 0: imported, not known yet. */
struct display_buffer {
	uint64_t cookie; /* not 0 */
	uint32_t width;
	uint32_t height;
	uint32_t bpp;
	uint32_t size;     /* in bytes, not 0 */
	bool allocate;     /* the pages are to be ours: the list is empty */
	grant_ref_t pages; /* the list of its pages */
	uint32_t offset; /* where pixels begin; in the first page and < size */
};

struct display_framebuffer {
	uint64_t buffer; /* not 0, as is the next */
	uint64_t cookie;
	uint32_t width; /* 1 to DISPLAY_SIDE_MAX, as is the next */
	uint32_t height;
	uint32_t format; /* fourcc */
};

/* Turned off if the cookie is 0; then all else is too. */
struct display_config {
	uint64_t cookie;
	uint32_t x; /* these four: at most DISPLAY_SIDE_MAX */
	uint32_t y;
	uint32_t width; /* this and the next: not 0 */
	uint32_t height;
	uint32_t bpp;
};

struct display_edid {
	uint32_t size;     /* at least DISPLAY_EDID_MIN */
	grant_ref_t pages; /* the list of pages for it */
};

/* Where decode() returns -EPROTO, @id and @op are those to answer with and
 * nothing else holds. */
struct display_request {
	uint16_t id; /* the guest's, echoed in the response */
	uint8_t op;  /* enum display_op, or what no driver sends */
	union {
		struct display_buffer buffer;           /* to create */
		struct display_framebuffer framebuffer; /* to attach */
		struct display_config config;
		struct display_edid edid;
		uint64_t cookie; /* to destroy, to detach, to flip to */
	};
};

struct display_response {
	uint16_t id;
	uint8_t op;
	int32_t status;     /* 0 or -errno */
	uint32_t edid_size; /* of DISPLAY_GET_EDID */
};

extern const struct ring_protocol display_protocol;

/* "1024x768", both from 1 to DISPLAY_SIDE_MAX, or -EINVAL. */
int display_resolution(const char *text, uint32_t *width, uint32_t *height);

/* The guest's side. */
void display_encode_request(const struct display_request *req, void *slot);
void display_decode_response(const void *slot, struct display_response *rsp);
