/* SPDX-License-Identifier: MIT */

/*
 * keys - what callbacks read and write: the directories as the step has read
 * them, and the changes that it will publish.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "libpv/device.h"

const char *step_value(const struct xs_tree *tree, const char *key)
{
	const struct xs_node *node = tree ? xs_tree_find(tree, key) : NULL;

	/* A NUL within is nothing that anybody can mean. */
	return node && strlen(node->value) == node->len ? node->value : NULL;
}

domid_t pv_guest(const struct pv_device *dev)
{
	return dev->guest;
}

struct log *pv_log(struct pv_device *dev)
{
	return dev->log;
}

const char *pv_config(struct pv_device *dev, const char *key)
{
	return step_value(dev->step->back, key);
}

int pv_config_u64(struct pv_device *dev, const char *key, uint64_t *value)
{
	const char *text = pv_config(dev, key);

	return text ? text_u64(text, value) : -ENOENT;
}

const char *pv_guest_key(struct pv_device *dev, const char *key)
{
	return step_value(dev->step->front, key);
}

int pv_guest_u32(struct pv_device *dev, const char *key, uint32_t *value)
{
	const char *text = pv_guest_key(dev, key);

	return text ? text_u32(text, value) : -ENOENT;
}

int pv_publish(struct pv_device *dev, const char *key, const char *fmt, ...)
{
	const char *known = pv_config(dev, key);
	const char *path, *value;
	va_list args;

	va_start(args, fmt);
	value = talloc_vasprintf(dev->step, fmt, args);
	va_end(args);
	if (!value)
		return -ENOMEM;
	if (known && !strcmp(known, value))
		return 0;

	path = talloc_asprintf(dev->step, "%s/%s", dev->back, key);
	return step_change(dev->step, path, value);
}

static const char *set_fault(struct pv_device *dev, int error, const char *fmt,
			     va_list args) PRINTF(3, 0);

/* What went wrong now; the device is closed for the first such reason. */
static const char *set_fault(struct pv_device *dev, int error, const char *fmt,
			     va_list args)
{
	char *text = talloc_vasprintf(dev, fmt, args);

	if (!text || dev->fault) {
		talloc_free(text);
		return dev->fault ?: "fault";
	}

	dev->fault = text;
	dev->fault_error = error;
	return text;
}

int pv_fail(struct pv_device *dev, int error, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = set_fault(dev, error, fmt, args);
	va_end(args);

	/* A guest may try again and again what the host cannot do. */
	if (!dev->last_fault || strcmp(dev->last_fault, text))
		log_host(dev->log, "%s: %s", text, strerror(-error));
	talloc_free(dev->last_fault);
	dev->last_fault = talloc_strdup(dev, text);
	return error;
}

int pv_refuse(struct pv_device *dev, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_guest(dev->log, "%s", set_fault(dev, error, fmt, args));
	va_end(args);
	return error;
}
