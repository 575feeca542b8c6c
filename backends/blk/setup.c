/* SPDX-License-Identifier: MIT */

#include "backends/blk/setup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backends/blk/image.h"
#include "backends/blk/target.h"
#include "protocols/blk.h"

int setup_probe(struct pv_device *dev)
{
	int r = pv_publish(dev, "max-ring-page-order", "%d",
			   BLK_RING_ORDER_MAX);

	if (r == 0)
		r = pv_publish(dev, "max-ring-pages", "%d",
			       1 << BLK_RING_ORDER_MAX);
	if (r == 0)
		r = pv_publish(dev, "multi-queue-max-queues", "%d",
			       BLK_N_QUEUES);
	if (r == 0)
		r = pv_publish(dev, "feature-flush-cache", "1");

	return r;
}

static bool is_set(struct pv_device *dev, const char *key)
{
	const char *value = pv_config(dev, key);

	return value && strcmp(value, "0");
}

static bool says(struct pv_device *dev, const char *key, const char *value)
{
	const char *is = pv_config(dev, key);

	return is && !strcmp(is, value);
}

/* A hotplug script, if there is one, runs after InitWait and may take long. */
static bool is_plugged_in(struct pv_device *dev)
{
	return !pv_config(dev, "script") ||
	       says(dev, "hotplug-status", "connected");
}

static int read_mode(struct pv_device *dev, struct setup *setup)
{
	setup->read_only = says(dev, "mode", "r");
	if (!setup->read_only && !says(dev, "mode", "w"))
		return pv_fail(dev, -EINVAL, "mode: neither r nor w");

	return 0;
}

static int open_file(struct pv_device *dev, const char *path,
		     struct setup *setup)
{
	struct image_raw_info info;
	int fd = image_open_raw(path, setup->read_only, &info);
	int r;

	if (fd < 0)
		return pv_fail(dev, fd, "cannot open %s", path);
	r = pv_give_fd(dev, fd);
	if (r < 0)
		return r;

	setup->n_sectors = info.size / BLK_SECTOR_SIZE;
	log_debug(pv_log(dev), "%s, %" PRIu64 " sectors, %s", path,
		  setup->n_sectors, info.direct ? "direct" : "cached");
	return pv_publish(dev, "physical-sector-size", "%u",
			  info.physical_sector_size);
}

static int open_target(struct pv_device *dev, struct setup *setup)
{
	const char *params = pv_config(dev, "params");
	const char *device = pv_config(dev, "physical-device-path");
	struct target target;

	if (target_parse(params, device, &target) < 0)
		return pv_fail(dev, -EINVAL, "params: cannot serve \"%s\"",
			       params ?: "");
	if (target.kind == TARGET_FILE)
		return open_file(dev, target.path, setup);

	setup->in_memory = true;
	setup->n_sectors = target.size / BLK_SECTOR_SIZE;
	return 0;
}

static int name_rings(struct pv_device *dev)
{
	const char *abi = pv_guest_key(dev, "protocol");
	const struct ring_protocol *protocol = blk_protocol(abi);
	uint32_t n = 1;
	char path[24];
	int r = pv_guest_u32(dev, "multi-queue-num-queues", &n);

	if (!protocol)
		return pv_refuse(dev, -EINVAL, "protocol: not known");
	if ((r < 0 && r != -ENOENT) || n < 1 || n > BLK_N_QUEUES)
		return pv_refuse(dev, -EINVAL,
				 "multi-queue-num-queues: not 1 to %d",
				 BLK_N_QUEUES);
	if (n == 1)
		return pv_ring(dev, "", protocol, BLK_RING_ORDER_MAX);

	r = 0;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		snprintf(path, sizeof(path), "queue-%u/", i);
		r = pv_ring(dev, path, protocol, BLK_RING_ORDER_MAX);
	}
	return r;
}

static unsigned int info_of(struct pv_device *dev, const struct setup *setup)
{
	return (says(dev, "device-type", "cdrom") ? BLK_INFO_CDROM : 0) |
	       (is_set(dev, "removable") ? BLK_INFO_REMOVABLE : 0) |
	       (setup->read_only ? BLK_INFO_READ_ONLY : 0);
}

static int publish_disk(struct pv_device *dev, const struct setup *setup)
{
	int r = pv_publish(dev, "feature-discard", "%d", setup->discards);

	if (r == 0)
		r = pv_publish(dev, "sector-size", "%d", BLK_SECTOR_SIZE);
	if (r == 0)
		r = pv_publish(dev, "info", "%u", info_of(dev, setup));
	if (r == 0)
		r = pv_publish(dev, "sectors", "%" PRIu64, setup->n_sectors);

	return r;
}

int setup_connect(struct pv_device *dev, void *data)
{
	struct setup *setup = data;
	int r;

	if (!is_plugged_in(dev))
		return -EAGAIN;
	r = read_mode(dev, setup);
	if (r < 0)
		return r;
	r = open_target(dev, setup);
	if (r < 0)
		return r;
	r = name_rings(dev);
	if (r < 0)
		return r;

	setup->discards =
		!setup->read_only && !says(dev, "discard-enable", "0");
	return publish_disk(dev, setup);
}
