/* SPDX-License-Identifier: MIT */

#include "libpv/device.h"

#include <errno.h>
#include <talloc.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "xsclient/xs.h"

/* A device may take this many steps at once, then so many a second: a guest
 * that plays with its state costs no more than this. */
#define STEPS_BURST   32
#define STEP_PAUSE_US 50000

static void count_steps(struct pv_device *dev)
{
	uint64_t now = loop_now(dev->pv->loop);
	uint64_t pauses = (now - dev->steps_counted_at) / STEP_PAUSE_US;

	dev->steps_counted_at += pauses * STEP_PAUSE_US;
	if (pauses >= STEPS_BURST - dev->steps_left)
		dev->steps_left = STEPS_BURST;
	else
		dev->steps_left += pauses;
}

/* Take a step when there is a turn and a right to one. */
static void want_step(struct pv_device *dev)
{
	if (!dev->dirty || dev->step || !dev->pv->xs)
		return;

	count_steps(dev);
	if (dev->steps_left)
		manager_wait(dev);
	else if (!loop_timer_is_set(dev->pace))
		loop_timer_set(dev->pace, STEP_PAUSE_US);
}

static void paced(void *arg)
{
	want_step(arg);
}

void device_touch(struct pv_device *dev)
{
	dev->dirty = true;
	want_step(dev);
}

void device_step(struct pv_device *dev)
{
	dev->steps_left--;
	dev->dirty = false;
	if (step_begin(dev) < 0) {
		dev->dirty = true;
		manager_stepped(dev->pv);
	}
}

void step_end(struct step *step)
{
	struct pv_device *dev = step->dev;

	dev->step = NULL;
	talloc_free(step);
	manager_stepped(dev->pv);
	want_step(dev);
}

void device_attach(struct pv_device *dev)
{
	TALLOC_FREE(dev->front_watch);
	TALLOC_FREE(dev->front);
	device_touch(dev);
}

static int leave(struct pv_device *dev)
{
	hash_remove(&dev->pv->devices, &dev->link);
	list_remove(&dev->waiting);
	return 0;
}

static int make_parts(struct pv_device *dev)
{
	struct pv *pv = dev->pv;

	dev->log = log_new(dev, pv->log, "%u/%u", dev->guest, dev->id);
	dev->name = talloc_asprintf(dev, "%s/%u/%u", dev->class, dev->guest,
				    dev->id);
	dev->back = talloc_asprintf(dev, "backend/%s/%u/%u", dev->class,
				    dev->guest, dev->id);
	dev->pace = loop_timer_new(dev, pv->loop, paced, dev);

	return dev->log && dev->name && dev->back && dev->pace ? 0 : -ENOMEM;
}

int device_new(struct pv *pv, const char *class, domid_t guest, uint32_t id,
	       struct pv_device **result)
{
	CLEANUP(cleanup_talloc)
	struct pv_device *dev = talloc_zero(pv->home, struct pv_device);
	int r;

	if (!dev)
		return -ENOMEM;

	dev->pv = pv;
	dev->class = class;
	dev->guest = guest;
	dev->id = id;
	dev->steps_left = STEPS_BURST;
	dev->steps_counted_at = loop_now(pv->loop);
	list_init(&dev->waiting);
	r = make_parts(dev);
	if (r < 0)
		return r;

	talloc_set_destructor(dev, leave);
	*result = take_ptr(dev);
	return 0;
}
