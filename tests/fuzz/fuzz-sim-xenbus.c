/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>
#include <talloc.h>

#include "base/span.h"
#include "sim/kernel/xenbus.h"
#include "tests/fuzz/fuzz.h"

#define USERS     4
#define STEPS_MAX 200

/* A guest's kernel between programs and a xenstored that send anything. */
struct scene {
	struct xenbus *xenbus;
	struct xs_page page;
	struct bytes_out out;
	struct user {
		struct xenbus_user *xenbus;
		unsigned int asked, answered;
	} user[USERS];
	unsigned int broken;
};

static void hear(void *arg, const struct xs_header *header, const void *payload)
{
	struct user *user = arg;
	char copy[XS_PAYLOAD_MAX];

	assert(user->xenbus && header->len <= XS_PAYLOAD_MAX);
	memcpy(copy, payload, header->len);
	if (header->type != XS_WATCH_EVENT)
		assert(++user->answered <= user->asked);
}

/* A xenstored that reads everything, at once. */
static void notify(void *arg)
{
	struct scene *scene = arg;

	scene->page.req_cons = scene->page.req_prod;
}

static void broken(void *arg)
{
	struct scene *scene = arg;

	assert(++scene->broken == 1);
}

static const struct xenbus_ops ops = { notify, broken };

static struct scene *scene_new(void)
{
	struct scene *scene = talloc_zero(NULL, struct scene);
	struct xs_page *page = &scene->page;

	scene->out = (struct bytes_out){ page->rsp, XS_RING_SIZE,
					 &page->rsp_prod, &page->rsp_cons, 0 };
	scene->xenbus = xenbus_new(scene, page, &ops, scene);
	assert(scene->xenbus);
	return scene;
}

static struct user *user_of(struct scene *scene, struct span *in)
{
	struct user *user = &scene->user[span_u8(in) % USERS];

	if (!user->xenbus)
		user->xenbus = xenbus_join(scene, scene->xenbus, hear, user);
	return user;
}

static void leave(struct scene *scene, struct span *in)
{
	struct user *user = user_of(scene, in);

	TALLOC_FREE(user->xenbus);
	user->asked = user->answered = 0;
}

/* Payloads are mostly short strings. */
static void read_payload(struct span *in, struct message *message)
{
	static const char letters[] = { 'a', '1', '2', 0, 'x', 0, '/', '9' };
	uint32_t len = span_u8(in) % 16;

	for (uint32_t i = 0; i < len; i++) {
		uint8_t byte = span_u8(in);

		message->payload[i] = byte < 224 ? letters[byte % 8] : byte;
	}
	if (span_u8(in) == 9)
		len = XS_PAYLOAD_MAX;
	message->header.len = len;
	message->have = sizeof(message->header) + len;
}

static void ask(struct scene *scene, struct span *in)
{
	struct user *user = user_of(scene, in);
	struct message message = {
		.header = {
			.type = span_u8(in) % XS_N_TYPES,
			.req_id = span_u8(in),
			.tx_id = span_u8(in) % 4,
		},
	};

	read_payload(in, &message);
	user->asked++;
	xenbus_ask(user->xenbus, &message);
	xenbus_turn(scene->xenbus);
}

static void send(struct scene *scene, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0 && !scene->broken) {
		int room = bytes_room(&scene->out);
		size_t n = room > 0 && (size_t)room < len ? (size_t)room : len;

		if (room <= 0)
			return;
		bytes_put(&scene->out, at, (uint32_t)n);
		at += n;
		len -= n;
		xenbus_turn(scene->xenbus);
	}
}

static void say(struct scene *scene, struct span *in)
{
	struct message message = {
		.header = {
			.type = span_u8(in) % XS_N_TYPES,
			.req_id = span_u8(in) % 16,
			.tx_id = span_u8(in) % 4,
		},
	};

	read_payload(in, &message);
	send(scene, &message.header, sizeof(message.header));
	send(scene, message.payload, message.header.len);
}

static void step(struct scene *scene, struct span *in)
{
	uint8_t byte;

	switch (span_u8(in) % 16) {
	case 0:
		leave(scene, in);
		break;
	case 1: /* a piece of a message, or what breaks one */
		byte = span_u8(in);
		send(scene, &byte, 1);
		break;
	case 2: /* the indices */
		byte = span_u8(in) % 16;
		((uint8_t *)&scene->page)[2 * XS_RING_SIZE + byte] =
			span_u8(in);
		xenbus_turn(scene->xenbus);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		ask(scene, in);
		break;
	default:
		say(scene, in);
		break;
	}
}

/* Whatever both sides send: nobody is answered more often than he asked, and
 * nobody hears anything once he has left. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct scene *scene = scene_new();

	for (int i = 0; i < STEPS_MAX && in.left && !in.bad; i++)
		step(scene, &in);

	for (int i = 0; i < USERS; i++)
		TALLOC_FREE(scene->user[i].xenbus);
	xenbus_turn(scene->xenbus);
	talloc_free(scene);
	return 0;
}
