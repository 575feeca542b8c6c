/* SPDX-License-Identifier: MIT */

/*
 * publish - write what a step has to say, all at once.
 *
 * It is written only if our state is still what the step has read: else the
 * toolstack wants something else by now, or has removed the directory, which
 * must not come back to life.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "libpv/device.h"

static const char *error_path(void *mem, const struct pv_device *dev)
{
	return talloc_asprintf(mem, "error/%s/error", dev->back);
}

int step_change(struct step *step, const char *path, const char *value)
{
	struct xs_change *changes = talloc_realloc(
		step, step->changes, struct xs_change, step->n_changes + 1);

	if (!changes || !path)
		return -ENOMEM;

	step->changes = changes;
	changes[step->n_changes++] = (struct xs_change){ path, value };
	return 0;
}

void step_tell_fault(struct step *step)
{
	struct pv_device *dev = step->dev;
	const char *text =
		talloc_asprintf(step, "%d %s", -dev->fault_error, dev->fault);

	if (text && step_change(step, error_path(step, dev), text) == 0)
		dev->told_error = true;
}

void step_untell_fault(struct step *step)
{
	struct pv_device *dev = step->dev;
	const char *path = error_path(step, dev);

	if (dev->told_error && path)
		xs_rm(dev->pv, dev->pv->xs, NULL, path, NULL, NULL);
	dev->told_error = false;
}

static void done(void *arg, int error)
{
	struct step *step = arg;
	struct pv_device *dev = step->dev;

	switch (error) {
	case 0:
		TALLOC_FREE(dev->fault);
		break;
	case -ENOENT:
	case -ESTALE:
		dev->dirty = true;
		break;
	default:
		log_host(dev->log, "cannot write to xenstore: %s",
			 strerror(-error));
	}
	step_end(step);
}

/* Others may make any transaction fail, but they must not have it their way. */
static void committed(void *arg, int error)
{
	struct step *step = arg;
	int r = error;

	if (error == -EAGAIN || error == -ENOSPC)
		r = xs_publish(step, step->dev->pv->xs, step->changes,
			       step->n_changes, done, step);
	if (r < 0 || !error)
		done(step, r);
}

static void check_state(void *arg, int error, const char *data, size_t len)
{
	struct step *step = arg;
	const char *state = step_value(step->back, "state");

	if (error)
		xs_fail(step->txn, error);
	else if (strlen(state) != len || memcmp(state, data, len))
		xs_fail(step->txn, -ESTALE);
}

static int write_all(void *arg, struct xs_txn *txn)
{
	struct step *step = arg;
	struct xs_client *xs = step->dev->pv->xs;
	const char *state = talloc_asprintf(step, "%s/state", step->dev->back);
	int r;

	step->txn = txn;
	r = state ? xs_read(step, xs, txn, state, check_state, step) : -ENOMEM;
	for (size_t i = 0; i < step->n_changes && r == 0; i++)
		r = xs_write(step, xs, txn, step->changes[i].path,
			     step->changes[i].value, NULL, NULL);

	return r;
}

void step_publish(struct step *step)
{
	int r = 0;

	if (step->n_changes)
		r = xs_transact(step, step->dev->pv->xs, write_all, committed,
				step);
	if (r < 0 || !step->n_changes)
		done(step, r);
}
