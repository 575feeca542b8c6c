/* SPDX-License-Identifier: MIT */

/*
 * watch - events find their watch by its token, which is its slot's number.
 *
 * Events of a watch that was freed may still be on their way; its number is
 * used again only after the server said that it has forgotten it.
 */

#include <errno.h>
#include <stdio.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "base/span.h"
#include "base/text.h"
#include "xsclient/inside.h"

struct xs_watch {
	struct xs_client *client; /* NULL once there is nothing to hear */
	uint32_t number;
	const char *path;
	xs_watch_fn *fn;
	void *arg;
};

/* A watch that is being forgotten. */
struct leaving {
	struct xs_client *client;
	uint32_t number;
};

static int send_about(void *mem, struct xs_client *client, enum xs_type type,
		      const struct xs_watch *watch, xs_reply_fn *fn, void *arg)
{
	char token[16];
	struct message message = {
		.type = type,
		.parts = { part_of(watch->path), { token, 0 } },
	};

	message.parts[1].iov_len =
		1 + snprintf(token, sizeof(token), "%u", watch->number);
	return request_send(mem, client, &message, fn, arg);
}

static void set(void *arg, int error, const char *data, size_t len)
{
	struct xs_watch *watch = arg;

	(void)data;
	(void)len;
	if (!error)
		return;

	slots_give_back(&watch->client->watches, watch->number);
	watch->client = NULL;
	watch->fn(watch->arg, error, NULL);
}

static void forgotten(void *arg, int error, const char *data, size_t len)
{
	struct leaving *leaving = arg;

	(void)error;
	(void)data;
	(void)len;
	slots_give_back(&leaving->client->watches, leaving->number);
	talloc_free(leaving);
}

/* If we cannot tell the server, the number stays taken. */
static int free_watch(struct xs_watch *watch)
{
	struct xs_client *client = watch->client;
	struct leaving *leaving;

	if (!client)
		return 0;

	slots_find(&client->watches, watch->number)->owner = NULL;
	leaving = talloc(client, struct leaving);
	if (!leaving)
		return 0;

	*leaving = (struct leaving){ client, watch->number };
	if (send_about(leaving, client, XS_UNWATCH, watch, forgotten, leaving) <
	    0)
		talloc_free(leaving);
	return 0;
}

int watch_event(struct xs_client *client, const char *payload, size_t len)
{
	struct span in = span_of(payload, len);
	const char *path = span_cstr(&in);
	const char *token = span_cstr(&in);
	struct xs_watch *watch;
	struct slot *slot;
	uint32_t number;

	if (!span_done(&in))
		return -EPROTO;
	if (text_u32(token, &number) < 0)
		return 0;
	slot = slots_find(&client->watches, number);
	watch = slot ? slot->owner : NULL;
	if (watch)
		watch->fn(watch->arg, 0, path);

	return 0;
}

void watches_cut_off(struct xs_client *client)
{
	for (uint32_t number = 1; number <= client->watches.n; number++) {
		struct slot *slot = slots_find(&client->watches, number);
		struct xs_watch *watch = slot ? slot->owner : NULL;

		if (watch)
			watch->client = NULL;
	}
}

int xs_watch(void *mem, struct xs_client *client, const char *path,
	     xs_watch_fn *fn, void *arg, struct xs_watch **result)
{
	CLEANUP(cleanup_talloc)
	struct xs_watch *watch = talloc_zero(mem, struct xs_watch);
	int r;

	if (!watch)
		return -ENOMEM;
	watch->fn = fn;
	watch->arg = arg;
	watch->path = talloc_strdup(watch, path);
	if (!watch->path)
		return -ENOMEM;
	r = slots_take(client, &client->watches, watch, 0, &watch->number);
	if (r < 0)
		return r;
	r = send_about(watch, client, XS_WATCH, watch, set, watch);
	if (r < 0) {
		slots_give_back(&client->watches, watch->number);
		return r;
	}

	watch->client = client;
	talloc_set_destructor(watch, free_watch);
	*result = take_ptr(watch);
	return 0;
}
