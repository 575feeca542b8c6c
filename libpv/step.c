/* SPDX-License-Identifier: MIT */

/*
 * step - read a device's directories, do what the plan says, publish.
 *
 * The directories are read within a transaction that is then dropped: so they
 * are of one moment, and nothing that a guest writes can make it fail.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "libpv/device.h"

/* More keys than any device has. */
#define KEYS_MAX 1024

static enum xenbus_state state_in(const struct xs_tree *tree)
{
	const char *text = step_value(tree, "state");
	uint32_t state;

	if (!text)
		return XENBUS_UNKNOWN;

	return text_u32(text, &state) < 0 || state > XENBUS_N_STATES
		       ? XENBUS_N_STATES
		       : state;
}

static bool is_online(const struct step *step)
{
	const char *online = step_value(step->back, "online");

	return !online || strcmp(online, "0");
}

/* Doing */

static void go_to(struct step *step, enum xenbus_state state)
{
	int r = pv_publish(step->dev, "state", "%d", state);

	if (r < 0)
		step_end(step);
	else
		step_publish(step);
}

static void close_device(struct step *step)
{
	if (step->dev->fault)
		step_tell_fault(step);
	connect_forget(step->dev);
	go_to(step, XENBUS_CLOSED);
}

/* A callback failed; it may have said why. */
static void fail(struct step *step, int error)
{
	struct pv_device *dev = step->dev;

	if (!dev->fault)
		pv_fail(dev, error, "cannot be served");
	step->n_changes = 0;
	close_device(step);
}

static void probe(struct step *step)
{
	int r = step->dev->pv->backend->probe(step->dev);

	if (r < 0)
		fail(step, r);
	else
		go_to(step, XENBUS_INIT_WAIT);
}

static void connect(struct step *step)
{
	enum xenbus_state back = state_in(step->back);
	bool take_over = back == XENBUS_CONNECTED || back == XENBUS_CLOSING;
	int r = connect_session(step->dev, take_over);

	if (r == -EAGAIN)
		step_end(step);
	else if (r < 0)
		fail(step, r);
	else
		go_to(step, back == XENBUS_CLOSING ? back : XENBUS_CONNECTED);
}

static void act(struct step *step, enum pv_action action)
{
	switch (action) {
	case PV_WAIT:
		step_end(step);
		break;
	case PV_PROBE:
		probe(step);
		break;
	case PV_CONNECT:
		connect(step);
		break;
	case PV_ANNOUNCE:
		go_to(step, XENBUS_CLOSING);
		break;
	case PV_CLOSE:
		close_device(step);
		break;
	}
}

/* Deciding */

static void front_changed(void *arg, int error, const char *path)
{
	struct pv_device *dev = arg;

	if (error) {
		log_host(dev->log, "cannot watch the guest: %s",
			 strerror(-error));
		return;
	}
	device_touch(dev);
}

/* The directory of the guest, if it can be no other's. */
static const char *front_of(const struct step *step)
{
	const char *path = step_value(step->back, "frontend");
	char home[32];
	int len = snprintf(home, sizeof(home), "/local/domain/%u/",
			   step->dev->guest);

	return path && !strncmp(path, home, len) ? path : NULL;
}

static int watch_front(struct step *step)
{
	struct pv_device *dev = step->dev;
	const char *front = front_of(step);
	const char *state;

	if (!front)
		return pv_fail(dev, -EINVAL, "frontend: not the guest's");
	if (dev->front && !strcmp(dev->front, front))
		return 0;

	TALLOC_FREE(dev->front_watch);
	talloc_free(dev->front);
	dev->front = talloc_strdup(dev, front);
	state = talloc_asprintf(step, "%s/state", front);
	if (!dev->front || !state)
		return -ENOMEM;

	return xs_watch(dev, dev->pv->xs, state, front_changed, dev,
			&dev->front_watch);
}

static enum pv_action decide(struct step *step)
{
	struct pv_device *dev = step->dev;
	enum xenbus_state back = state_in(step->back);

	if (back == XENBUS_UNKNOWN) /* the directory is not complete yet */
		return PV_WAIT;
	if (back == XENBUS_INITIALISING) /* faults are of the one before it */
		TALLOC_FREE(dev->fault);
	if (dev->fault || watch_front(step) < 0)
		return PV_CLOSE;

	return pv_plan(back, state_in(step->front), dev->session,
		       is_online(step));
}

static void carry_out(struct step *step)
{
	struct pv_session *session = step->dev->session;
	enum pv_action action = decide(step);
	bool in_the_way =
		session && (session->stopping ||
			    (action != PV_WAIT && action != PV_ANNOUNCE));

	/* First things first: we are called again when it is over. */
	if (in_the_way) {
		session_stop(session);
		step_end(step);
		return;
	}

	act(step, action);
}

static void gone(struct step *step)
{
	struct pv_device *dev = step->dev;

	if (dev->session) {
		session_stop(dev->session);
		step_end(step);
		return;
	}

	step_untell_fault(step);
	connect_forget(dev);
	manager_stepped(dev->pv);
	talloc_free(dev);
}

/* Reading */

static void have_both(void *arg, int error)
{
	struct step *step = arg;

	switch (error) {
	case -ECANCELED:
		carry_out(step);
		break;
	case -ENOENT:
		gone(step);
		break;
	default:
		log_host(step->dev->log, "cannot read xenstore: %s",
			 strerror(-error));
		step_end(step);
	}
}

static void have_front(void *arg, int error, struct xs_tree *tree)
{
	struct step *step = arg;

	if (error == -E2BIG)
		log_guest(step->dev->log, "more than %d keys", KEYS_MAX);
	step->front = tree;
	xs_fail(step->txn, -ECANCELED);
}

static void have_back(void *arg, int error, struct xs_tree *tree)
{
	struct step *step = arg;
	const char *front;
	int r = error;

	step->back = tree;
	front = tree ? front_of(step) : NULL;
	if (front)
		r = xs_read_tree(step, step->dev->pv->xs, step->txn, front,
				 KEYS_MAX, have_front, step);
	if (r < 0 || !front)
		xs_fail(step->txn, r < 0 ? r : -ECANCELED);
}

static int read_both(void *arg, struct xs_txn *txn)
{
	struct step *step = arg;

	step->txn = txn;
	return xs_read_tree(step, step->dev->pv->xs, txn, step->dev->back,
			    KEYS_MAX, have_back, step);
}

int step_begin(struct pv_device *dev)
{
	struct step *step = talloc_zero(dev, struct step);
	int r;

	if (!step)
		return -ENOMEM;

	step->dev = dev;
	r = xs_transact(step, dev->pv->xs, read_both, have_both, step);
	if (r < 0) {
		talloc_free(step);
		return r;
	}

	dev->step = step;
	return 0;
}
