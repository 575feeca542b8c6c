/* SPDX-License-Identifier: MIT */

#include "guest/xenbus.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "base/text.h"

#define KEYS_MAX 256

/* What the states are called on the wire. */
#define INITIALISING "1"
#define INITIALISED  "3"
#define CONNECTED    "4"
#define CLOSING      "5"
#define CLOSED       "6"

/* Which of the backend's states we wait for. */
enum phase {
	RESETTING,  /* we are Closed: for it to be, too */
	WAITING,    /* we are Initialising: for InitWait */
	CONNECTING, /* we are Initialised: for Connected */
	USING,      /* we are Connected: for what we do not want */
	ENDING,     /* we are Closing: for Closing or Closed */
	ENDED,      /* we are Closed: for Closed */
	OVER,
};

struct xenbus {
	struct xs_client *xs;
	struct xenbus_events events;
	enum phase phase;
	const char *front;
	const char *back;
	domid_t backend;
	struct xs_watch *watch;
	struct xs_tree *keys; /* the backend's */
	void *reading;        /* of them, under way */
	bool again;           /* they have changed meanwhile */
	struct xs_change *changes;
	size_t n_changes;
};

static const char *value_of(const struct xs_tree *tree, const char *key)
{
	const struct xs_node *node = tree ? xs_tree_find(tree, key) : NULL;

	return node ? node->value : NULL;
}

static void give_up(struct xenbus *xenbus, const char *why)
{
	xenbus->phase = OVER;
	TALLOC_FREE(xenbus->watch);
	xenbus->events.closed(xenbus->events.arg, why);
}

/* Writing */

static int add_change(struct xenbus *xenbus, const char *key, const char *value)
{
	struct xs_change *changes =
		talloc_realloc(xenbus, xenbus->changes, struct xs_change,
			       xenbus->n_changes + 1);
	const char *path = talloc_asprintf(xenbus, "%s/%s", xenbus->front, key);

	if (!changes || !path || !value)
		return -ENOMEM;

	xenbus->changes = changes;
	changes[xenbus->n_changes++] = (struct xs_change){ path, value };
	return 0;
}

int xenbus_set(struct xenbus *xenbus, const char *key, const char *fmt, ...)
{
	const char *value;
	va_list args;

	va_start(args, fmt);
	value = talloc_vasprintf(xenbus, fmt, args);
	va_end(args);

	return add_change(xenbus, key, value);
}

static void written(void *arg, int error)
{
	struct xenbus *xenbus = arg;

	if (error)
		give_up(xenbus, "cannot write to xenstore");
}

/* All keys that were set, and the state that goes with @phase. */
static int go(struct xenbus *xenbus, enum phase phase, const char *state)
{
	int r = add_change(xenbus, "state", state);

	if (r == 0)
		r = xs_publish(xenbus, xenbus->xs, xenbus->changes,
			       xenbus->n_changes, written, xenbus);
	TALLOC_FREE(xenbus->changes);
	xenbus->n_changes = 0;
	if (r == 0)
		xenbus->phase = phase;

	return r;
}

int xenbus_connect(struct xenbus *xenbus)
{
	return go(xenbus, CONNECTING, INITIALISED);
}

void xenbus_close(struct xenbus *xenbus)
{
	if (xenbus->phase == OVER)
		return;
	if (go(xenbus, ENDING, CLOSING) < 0)
		give_up(xenbus, "cannot write to xenstore");
}

/* What the backend does */

static void offered(struct xenbus *xenbus)
{
	xenbus->events.offered(xenbus->events.arg);
}

static void connected(struct xenbus *xenbus)
{
	if (go(xenbus, USING, CONNECTED) < 0)
		give_up(xenbus, "cannot write to xenstore");
	else
		xenbus->events.connected(xenbus->events.arg);
}

/* The next driver finds everything as if there had been none. */
static void ended(struct xenbus *xenbus)
{
	go(xenbus, OVER, INITIALISING);
	give_up(xenbus, NULL);
}

static void advance(struct xenbus *xenbus, char state)
{
	int r = 0;

	switch (xenbus->phase) {
	case RESETTING:
		if (state == '6' || state == '2')
			r = go(xenbus, WAITING, INITIALISING);
		break;
	case WAITING:
		if (state == '2')
			offered(xenbus);
		break;
	case CONNECTING:
		if (state == '4')
			connected(xenbus);
		else if (state == '5' || state == '6')
			give_up(xenbus, "the backend refused");
		break;
	case USING:
		if (state == '5' || state == '6')
			give_up(xenbus, "the backend went away");
		break;
	case ENDING:
		if (state == '5' || state == '6')
			r = go(xenbus, ENDED, CLOSED);
		break;
	case ENDED:
		if (state == '6')
			ended(xenbus);
		break;
	case OVER:
		break;
	}

	if (r < 0)
		give_up(xenbus, "cannot write to xenstore");
}

static int read_keys(struct xenbus *xenbus);

static void have_keys(void *arg, int error, struct xs_tree *tree)
{
	struct xenbus *xenbus = arg;
	const char *state;

	xenbus->reading = NULL;
	if (error) {
		give_up(xenbus, "there is no backend");
		return;
	}

	talloc_free(xenbus->keys);
	xenbus->keys = tree;
	state = value_of(tree, "state");
	if (xenbus->again && read_keys(xenbus) < 0)
		give_up(xenbus, "cannot read xenstore");
	else if (state)
		advance(xenbus, *state);
}

static int read_keys(struct xenbus *xenbus)
{
	xenbus->again = false;
	xenbus->reading = xenbus;
	return xs_read_tree(xenbus, xenbus->xs, NULL, xenbus->back, KEYS_MAX,
			    have_keys, xenbus);
}

static void changed(void *arg, int error, const char *path)
{
	struct xenbus *xenbus = arg;

	if (xenbus->reading)
		xenbus->again = true;
	else if (error || read_keys(xenbus) < 0)
		give_up(xenbus, "cannot watch the backend");
}

/* Beginning */

static int find_backend(struct xenbus *xenbus, const struct xs_tree *tree)
{
	const char *back = value_of(tree, "backend");
	const char *id = value_of(tree, "backend-id");
	const char *state;
	uint32_t backend;

	if (!back || !id || text_u32(id, &backend) < 0 || backend > UINT16_MAX)
		return -ENOENT;

	xenbus->back = talloc_strdup(xenbus, back);
	state = talloc_asprintf(xenbus, "%s/state", back);
	if (!xenbus->back || !state)
		return -ENOMEM;

	xenbus->backend = backend;
	return xs_watch(xenbus, xenbus->xs, state, changed, xenbus,
			&xenbus->watch);
}

static void have_front(void *arg, int error, struct xs_tree *tree)
{
	struct xenbus *xenbus = arg;
	const char *state = value_of(tree, "state");
	int r = error ?: find_backend(xenbus, tree);

	if (r == 0 && state && strcmp(state, INITIALISING))
		r = go(xenbus, RESETTING, CLOSED);
	talloc_free(tree);
	if (r < 0)
		give_up(xenbus, "there is no such device");
}

int xenbus_new(void *mem, struct xs_client *xs, const char *class, uint32_t id,
	       const struct xenbus_events *events, struct xenbus **result)
{
	CLEANUP(cleanup_talloc)
	struct xenbus *xenbus = talloc_zero(mem, struct xenbus);
	int r;

	if (!xenbus)
		return -ENOMEM;

	xenbus->xs = xs;
	xenbus->events = *events;
	xenbus->phase = WAITING;
	xenbus->front = talloc_asprintf(xenbus, "device/%s/%u", class, id);
	if (!xenbus->front)
		return -ENOMEM;
	r = xs_read_tree(xenbus, xs, NULL, xenbus->front, KEYS_MAX, have_front,
			 xenbus);
	if (r < 0)
		return r;

	*result = take_ptr(xenbus);
	return 0;
}

domid_t xenbus_backend(const struct xenbus *xenbus)
{
	return xenbus->backend;
}

const char *xenbus_get(const struct xenbus *xenbus, const char *key)
{
	return value_of(xenbus->keys, key);
}

int xenbus_get_u64(const struct xenbus *xenbus, const char *key,
		   uint64_t *value)
{
	const char *text = xenbus_get(xenbus, key);

	return text ? text_u64(text, value) : -ENOENT;
}
