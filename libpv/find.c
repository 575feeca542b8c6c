/* SPDX-License-Identifier: MIT */

/*
 * find - devices appear below backend/<class> and vanish from there.
 *
 * One watch for each class sees all that happens.  A path within a device's
 * directory touches the device; one above it, and the first event, which has
 * the path of the class, make us list what is there and touch that, as well
 * as whatever we know that may have gone.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "libpv/device.h"

/* A class that is watched, or the devices of one guest that are listed. */
struct place {
	struct pv *pv;
	const char *class;
	const char *path;
	domid_t guest; /* of the latter */
};

static struct place *place_new(struct pv *pv, const char *class)
{
	struct place *place = talloc_zero(pv->watching, struct place);

	if (!place)
		return NULL;

	place->pv = pv;
	place->class = class;
	return place;
}

static uint32_t key_of(const struct place *place, domid_t guest, uint32_t id)
{
	return hash_value(&place->pv->devices, (uint64_t)guest << 32 | id,
			  place->class, strlen(place->class));
}

static struct pv_device *find(const struct place *place, domid_t guest,
			      uint32_t id)
{
	uint32_t key = key_of(place, guest, id);
	struct pv_device *dev;

	hash_for_each(&place->pv->devices, key, dev, link)
		if (dev->guest == guest && dev->id == id &&
		    dev->class == place->class)
			return dev;

	return NULL;
}

/* Whatever its directory holds by now, it has to be looked at. */
static void touch(const struct place *place, domid_t guest, const char *name)
{
	struct pv *pv = place->pv;
	struct pv_device *dev;
	uint32_t id;

	if (text_u32(name, &id) < 0)
		return;

	dev = find(place, guest, id);
	if (!dev) {
		if (device_new(pv, place->class, guest, id, &dev) < 0)
			return;
		hash_add(&pv->devices, &dev->link, key_of(place, guest, id));
	}
	device_touch(dev);
}

static bool is_served(const struct pv *pv, domid_t guest)
{
	return !pv->options->one_guest || pv->options->guest == guest;
}

static int parse_guest(const struct pv *pv, const char *text, domid_t *guest)
{
	uint32_t number;

	if (text_u32(text, &number) < 0 || number > UINT16_MAX)
		return -EINVAL;

	*guest = number;
	return is_served(pv, number) ? 0 : -ENOENT;
}

/* Listing */

static void have_devices(void *arg, int error, const char *const *names,
			 size_t n)
{
	struct place *place = arg;

	for (size_t i = 0; i < n; i++)
		touch(place, place->guest, names[i]);
	talloc_free(place);
}

static void list_guest(const struct place *class, domid_t guest)
{
	struct place *place = place_new(class->pv, class->class);
	struct xs_client *xs = class->pv->xs;

	if (!place)
		return;

	place->guest = guest;
	place->path =
		talloc_asprintf(place, "backend/%s/%u", class->class, guest);
	if (!place->path ||
	    xs_list(place, xs, NULL, place->path, have_devices, place) < 0)
		talloc_free(place);
}

static void have_guests(void *arg, int error, const char *const *names,
			size_t n)
{
	struct place *class = arg;
	domid_t guest;

	for (size_t i = 0; i < n; i++) {
		if (parse_guest(class->pv, names[i], &guest) == 0)
			list_guest(class, guest);
	}
}

/* Devices of one guest, or of all, that we know of. */
static void touch_known(const struct place *class, const domid_t *guest)
{
	struct pv_device *dev;
	size_t i;

	for_each_device(class->pv, i, dev)
	{
		if (dev->class == class->class &&
		    (!guest || dev->guest == *guest))
			device_touch(dev);
	}
}

/* Events */

/* What is left of @path below the class: "", "7", "7/51712/state". */
static const char *below(const struct place *class, const char *path)
{
	size_t len = strlen(class->path);

	if (strncmp(path, class->path, len))
		return NULL;
	if (!path[len])
		return "";

	return path[len] == '/' ? path + len + 1 : NULL;
}

static void changed_below(const struct place *class, char *path)
{
	char *guest_text = strsep(&path, "/");
	char *id = strsep(&path, "/");
	domid_t guest;

	if (parse_guest(class->pv, guest_text, &guest) < 0)
		return;

	if (id) {
		touch(class, guest, id);
	} else {
		touch_known(class, &guest);
		list_guest(class, guest);
	}
}

static void changed(void *arg, int error, const char *path)
{
	struct place *class = arg;
	struct pv *pv = class->pv;
	const char *rest = error ? NULL : below(class, path);
	char *copy;

	if (error)
		log_host(pv->log, "cannot watch %s: %s", class->path,
			 strerror(-error));
	if (!rest)
		return;
	if (!*rest) {
		touch_known(class, NULL);
		xs_list(class, pv->xs, NULL, class->path, have_guests, class);
		return;
	}

	copy = talloc_strdup(class, rest);
	if (copy)
		changed_below(class, copy);
	talloc_free(copy);
}

int find_start(struct pv *pv)
{
	const char *const *class;
	struct xs_watch *watch;

	for (class = pv->backend->classes; *class; class ++) {
		struct place *place = place_new(pv, *class);
		int r;

		if (!place)
			return -ENOMEM;
		place->path = talloc_asprintf(place, "backend/%s", *class);
		if (!place->path)
			return -ENOMEM;
		r = xs_watch(place, pv->xs, place->path, changed, place,
			     &watch);
		if (r < 0)
			return r;
	}

	return 0;
}
