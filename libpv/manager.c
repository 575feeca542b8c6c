/* SPDX-License-Identifier: MIT */

#include "libpv/manager.h"

#include <errno.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "libpv/device.h"

/* Steps under way at once: a guest that is a driver domain may not have more
 * transactions than a few. */
#define STEPS_AT_ONCE 8

static void pump(void *arg)
{
	struct pv *pv = arg;

	while (!list_empty(&pv->waiting) && pv->n_stepping < STEPS_AT_ONCE) {
		struct pv_device *dev =
			list_first(&pv->waiting, struct pv_device, waiting);

		list_remove(&dev->waiting);
		pv->n_stepping++;
		device_step(dev);
	}
}

void manager_wait(struct pv_device *dev)
{
	if (!list_empty(&dev->waiting))
		return;

	list_add(&dev->pv->waiting, &dev->waiting);
	loop_task_queue(dev->pv->pump);
}

void manager_stepped(struct pv *pv)
{
	pv->n_stepping--;
	if (!list_empty(&pv->waiting))
		loop_task_queue(pv->pump);
}

/* Devices leave the table, so they go before it. */
static int free_devices(struct pv *pv)
{
	TALLOC_FREE(pv->home);
	return 0;
}

int pv_new(void *mem, struct loop *loop, struct hv *hv, struct log *log,
	   const struct pv_backend *backend, const struct pv_options *options,
	   struct pv **result)
{
	CLEANUP(cleanup_talloc) struct pv *pv = talloc_zero(mem, struct pv);

	if (!pv)
		return -ENOMEM;

	pv->loop = loop;
	pv->hv = hv;
	pv->log = log;
	pv->backend = backend;
	pv->options = options;
	list_init(&pv->waiting);
	pv->pump = loop_task_new(pv, loop, pump, pv);
	pv->home = talloc_new(pv);
	if (!pv->pump || !pv->home || hash_init(&pv->devices, pv, NULL) < 0)
		return -ENOMEM;

	talloc_set_destructor(pv, free_devices);

	*result = take_ptr(pv);
	return 0;
}

int pv_attach(struct pv *pv, struct xs_client *xs)
{
	struct pv_device *dev;
	size_t i;

	TALLOC_FREE(pv->watching);
	pv->xs = xs;
	if (!xs)
		return 0;

	pv->watching = talloc_new(pv);
	if (!pv->watching)
		return -ENOMEM;
	for_each_device(pv, i, dev) device_attach(dev);

	return find_start(pv);
}

static bool is_serving(struct pv *pv)
{
	struct pv_device *dev;
	size_t i;

	for_each_device(pv, i, dev)
	{
		if (dev->session)
			return true;
	}

	return false;
}

void manager_drained(struct pv *pv)
{
	if (pv->left && !is_serving(pv))
		pv->left(pv->left_arg);
}

void pv_leave(struct pv *pv, loop_fn *left, void *arg)
{
	struct pv_device *dev;
	size_t i;

	pv_attach(pv, NULL);
	pv->left = left;
	pv->left_arg = arg;
	for_each_device(pv, i, dev)
	{
		TALLOC_FREE(dev->step);
		if (dev->session)
			session_stop(dev->session);
	}
	manager_drained(pv);
}

void pv_dump(struct pv *pv)
{
	struct pv_device *dev;
	size_t i;

	for_each_device(pv, i, dev)
	{
		char *text = stats_text(dev, &dev->stats);

		log_info(dev->log, "%s", text ?: "");
		talloc_free(text);
	}
}
