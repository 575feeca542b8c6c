/* SPDX-License-Identifier: MIT */

#include "sim/kernel/xenbus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/list.h"
#include "base/text.h"
#include "sim/hypervisor/slots.h"

#define BUSY_BYTES 16384

struct xenbus {
	struct store_ring ring;
	const struct xenbus_ops *ops;
	void *arg;
	bool is_broken;
	void *in_flight;        /* the parent of all requests */
	struct slots *requests; /* by the number that xenstored sees */
	struct slots *watches;  /* by the token that xenstored sees */
};

struct xenbus_user {
	struct xenbus *xenbus;
	xenbus_fn *fn;
	void *arg;
	struct list requests;
	struct list watches;
	struct list txns;
};

/* What was not answered yet.  It outlives its user. */
struct request {
	struct list link;
	struct xenbus *xenbus;
	struct xenbus_user *user; /* NULL once it has left */
	uint32_t number;
	struct xs_header header; /* as the user sent it */
	struct watch *watch;     /* that it adds or removes */
};

/* It outlives its user too, until xenstored has answered all about it. */
struct watch {
	struct list link; /* empty once it is to be removed */
	unsigned int n_requests;
	struct xenbus *xenbus;
	struct xenbus_user *user; /* NULL once it has left */
	uint32_t number;
	const char *path;
	const char *token;
};

struct txn {
	struct list link;
	uint32_t id;
};

/* Requests */

static int free_request(struct request *request)
{
	struct watch *watch = request->watch;

	if (watch && --watch->n_requests == 0 && list_empty(&watch->link))
		talloc_free(watch);
	list_remove(&request->link);
	slots_remove(request->xenbus->requests, request->number);
	return 0;
}

static struct request *new_request(struct xenbus *xenbus,
				   struct xenbus_user *user,
				   const struct xs_header *header)
{
	struct request *request =
		talloc_zero(xenbus->in_flight, struct request);
	int number = request ? slots_add(xenbus->requests, request) : -ENOMEM;

	if (number < 0) {
		talloc_free(request);
		return NULL;
	}

	request->xenbus = xenbus;
	request->user = user;
	request->number = (uint32_t)number;
	request->header = *header;
	list_init(&request->link);
	talloc_set_destructor(request, free_request);
	return request;
}

/* Send on, with a number of ours.  @user may be NULL, if nobody cares. */
static int send(struct xenbus *xenbus, struct xenbus_user *user,
		const struct xs_header *header, const void *payload,
		struct watch *watch)
{
	struct request *request = new_request(xenbus, user, header);
	struct xs_header ours = *header;
	int r;

	if (!request)
		return -ENOMEM;

	ours.req_id = request->number;
	r = store_ring_send(xenbus, &xenbus->ring, &ours, payload);
	if (r < 0) {
		talloc_free(request);
		return r;
	}

	request->watch = watch;
	if (watch)
		watch->n_requests++;
	if (user)
		list_add(&user->requests, &request->link);
	return 0;
}

/* Answer instead of xenstored. */
static void refuse(struct xenbus_user *user, const struct xs_header *header,
		   int error)
{
	const char *name = xs_error_name(error);
	struct xs_header reply = {
		.type = XS_ERROR,
		.req_id = header->req_id,
		.tx_id = header->tx_id,
		.len = (uint32_t)strlen(name) + 1,
	};

	user->fn(user->arg, &reply, name);
}

/* Watches: on the wire, tokens are the numbers of their slots. */

static int free_watch(struct watch *watch)
{
	list_remove(&watch->link);
	slots_remove(watch->xenbus->watches, watch->number);
	return 0;
}

static struct watch *new_watch(struct xenbus_user *user, const char *path,
			       const char *token)
{
	struct xenbus *xenbus = user->xenbus;
	struct watch *watch = talloc_zero(xenbus, struct watch);
	int number;

	if (!watch)
		return NULL;

	watch->path = talloc_strdup(watch, path);
	watch->token = talloc_strdup(watch, token);
	number = watch->path && watch->token ? slots_add(xenbus->watches, watch)
					     : -ENOMEM;
	if (number < 0) {
		talloc_free(watch);
		return NULL;
	}

	watch->number = (uint32_t)number;
	watch->xenbus = xenbus;
	watch->user = user;
	list_init(&watch->link);
	list_add(&user->watches, &watch->link);
	talloc_set_destructor(watch, free_watch);
	return watch;
}

/* Send a request about @watch, with @rest after its path and token. */
static int send_watch(struct watch *watch, struct xenbus_user *user,
		      const struct xs_header *header, const void *rest,
		      size_t rest_len)
{
	char payload[XS_PAYLOAD_MAX];
	struct xs_header ours = *header;
	int len = snprintf(payload, sizeof(payload), "%s%c%u", watch->path, 0,
			   watch->number);

	len++;
	if (len < 0 || rest_len > sizeof(payload) - (size_t)len)
		return -E2BIG;

	if (rest_len)
		memcpy(payload + len, rest, rest_len);
	ours.len = (uint32_t)((size_t)len + rest_len);
	return send(watch->xenbus, user, &ours, payload, watch);
}

/* Its user wants to hear nothing more of it. */
static void disown(struct watch *watch)
{
	list_remove(&watch->link);
	watch->user = NULL;
}

static int ask_watch(struct xenbus_user *user, const struct message *message)
{
	const char *string[2];
	struct watch *watch;
	size_t rest;
	int r;

	if (!message_strings(message, string, 2, &rest))
		return -EINVAL;
	watch = new_watch(user, string[0], string[1]);
	if (!watch)
		return -ENOMEM;

	r = send_watch(watch, user, &message->header,
		       message->payload + message->header.len - rest, rest);
	if (r < 0)
		talloc_free(watch);
	return r;
}

static struct watch *find_watch(const struct xenbus_user *user,
				const char *path, const char *token)
{
	struct watch *watch;

	list_for_each(&user->watches, watch, link) {
		if (!strcmp(watch->path, path) && !strcmp(watch->token, token))
			return watch;
	}

	return NULL;
}

static int ask_unwatch(struct xenbus_user *user, const struct message *message)
{
	const char *string[2];
	struct watch *watch;
	size_t rest;
	int r;

	if (!message_strings(message, string, 2, &rest))
		return -EINVAL;
	watch = find_watch(user, string[0], string[1]);
	if (!watch)
		return -ENOENT;

	r = send_watch(watch, user, &message->header, NULL, 0);
	if (r == 0)
		disown(watch);
	return r;
}

static void event(struct xenbus *xenbus, const struct message *message)
{
	char payload[XS_PAYLOAD_MAX];
	struct xs_header header = message->header;
	const char *string[2];
	struct watch *watch;
	uint32_t number;
	size_t rest;
	int len;

	if (!message_strings(message, string, 2, &rest) ||
	    text_u32(string[1], &number) < 0)
		return;
	watch = slots_get(xenbus->watches, number);
	if (!watch || !watch->user)
		return;

	len = snprintf(payload, sizeof(payload), "%s%c%s", string[0], 0,
		       watch->token);
	if (len < 0 || (size_t)len >= sizeof(payload))
		return;
	header.len = (uint32_t)len + 1;
	watch->user->fn(watch->user->arg, &header, payload);
}

/* Transactions */

static struct txn *find_txn(const struct xenbus_user *user, uint32_t id)
{
	struct txn *txn;

	list_for_each(&user->txns, txn, link) {
		if (txn->id == id)
			return txn;
	}

	return NULL;
}

static void abort_txn(struct xenbus *xenbus, uint32_t id)
{
	struct xs_header header = {
		.type = XS_TRANSACTION_END,
		.tx_id = id,
		.len = sizeof("F"),
	};

	send(xenbus, NULL, &header, "F", NULL);
}

/* A transaction began: it is aborted if there is nobody to end it. */
static void txn_began(struct xenbus *xenbus, struct xenbus_user *user,
		      const struct message *reply)
{
	const char *text;
	struct txn *txn;
	uint32_t id;
	size_t rest;

	if (!message_strings(reply, &text, 1, &rest) || text_u32(text, &id) < 0)
		return;

	txn = user ? talloc_zero(user, struct txn) : NULL;
	if (!txn) {
		abort_txn(xenbus, id);
		return;
	}

	txn->id = id;
	list_add(&user->txns, &txn->link);
}

static void txn_ended(struct xenbus_user *user, uint32_t id)
{
	struct txn *txn = user ? find_txn(user, id) : NULL;

	if (!txn)
		return;

	list_remove(&txn->link);
	talloc_free(txn);
}

/* Replies */

static void note(struct request *request, const struct message *message)
{
	bool failed = message->header.type == XS_ERROR;

	switch (request->header.type) {
	case XS_TRANSACTION_START:
		if (!failed)
			txn_began(request->xenbus, request->user, message);
		break;
	case XS_TRANSACTION_END:
		txn_ended(request->user, request->header.tx_id);
		break;
	case XS_WATCH:
		if (failed)
			disown(request->watch);
		break;
	default:
		break;
	}
}

static void reply(struct xenbus *xenbus, const struct message *message)
{
	struct request *request =
		slots_get(xenbus->requests, message->header.req_id);
	struct xs_header header = message->header;

	if (!request)
		return;

	note(request, message);
	header.req_id = request->header.req_id;
	if (request->user)
		request->user->fn(request->user->arg, &header,
				  message->payload);
	talloc_free(request);
}

static void incoming(void *arg, const struct message *message)
{
	if (message->header.type == XS_WATCH_EVENT)
		event(arg, message);
	else
		reply(arg, message);
}

/* Requests go before the watches that they are about. */
static int free_xenbus(struct xenbus *xenbus)
{
	TALLOC_FREE(xenbus->in_flight);
	return 0;
}

struct xenbus *xenbus_new(void *mem, struct xs_page *page,
			  const struct xenbus_ops *ops, void *arg)
{
	struct xenbus *xenbus = talloc_zero(mem, struct xenbus);

	if (!xenbus)
		return NULL;

	store_ring_init(&xenbus->ring, page, incoming, xenbus);
	xenbus->ops = ops;
	xenbus->arg = arg;
	xenbus->requests = slots_new(xenbus);
	xenbus->watches = slots_new(xenbus);
	xenbus->in_flight = talloc_new(xenbus);
	if (!xenbus->requests || !xenbus->watches || !xenbus->in_flight) {
		talloc_free(xenbus);
		return NULL;
	}

	talloc_set_destructor(xenbus, free_xenbus);
	return xenbus;
}

void xenbus_turn(struct xenbus *xenbus)
{
	int r;

	if (xenbus->is_broken)
		return;

	r = store_ring_turn(&xenbus->ring);
	if (r > 0)
		xenbus->ops->notify(xenbus->arg);
	if (r >= 0)
		return;

	xenbus->is_broken = true;
	xenbus->ops->broken(xenbus->arg);
}

bool xenbus_is_busy(const struct xenbus *xenbus)
{
	return buffer_len(&xenbus->ring.waiting) > BUSY_BYTES;
}

/* Users */

static int leave(struct xenbus_user *user)
{
	struct xs_header unwatch = { .type = XS_UNWATCH };
	struct request *request, *next_request;
	struct watch *watch, *next_watch;
	struct txn *txn;

	list_for_each_safe(&user->requests, request, next_request, link) {
		list_remove(&request->link);
		request->user = NULL;
	}
	list_for_each(&user->txns, txn, link)
		abort_txn(user->xenbus, txn->id);
	list_for_each_safe(&user->watches, watch, next_watch, link) {
		disown(watch);
		send_watch(watch, NULL, &unwatch, NULL, 0);
	}
	return 0;
}

struct xenbus_user *xenbus_join(void *mem, struct xenbus *xenbus, xenbus_fn *fn,
				void *arg)
{
	struct xenbus_user *user = talloc_zero(mem, struct xenbus_user);

	if (!user)
		return NULL;

	user->xenbus = xenbus;
	user->fn = fn;
	user->arg = arg;
	list_init(&user->requests);
	list_init(&user->watches);
	list_init(&user->txns);
	talloc_set_destructor(user, leave);
	return user;
}

static int pass_on(struct xenbus_user *user, const struct message *message)
{
	const struct xs_header *header = &message->header;

	switch (header->type) {
	case XS_WATCH:
		return ask_watch(user, message);
	case XS_UNWATCH:
		return ask_unwatch(user, message);
	default:
		if (header->tx_id && !find_txn(user, header->tx_id))
			return -ENOENT;
		return send(user->xenbus, user, header, message->payload, NULL);
	}
}

void xenbus_ask(struct xenbus_user *user, const struct message *message)
{
	int r = pass_on(user, message);

	if (r < 0)
		refuse(user, &message->header, -r);
}
