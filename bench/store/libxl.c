/* SPDX-License-Identifier: MIT */

/*
 * libxl - the nodes of a PV guest with one disk and one network interface, one
 * request after the other as the toolstack sends them.
 */

#include <stdio.h>

#include "base/array.h"
#include "bench/store/bench.h"

enum place {
	HOME,
	VM,
	LIBXL,
	FRONT_VIF,
	BACK_VIF,
	FRONT_VBD,
	BACK_VBD,
	PLACES
};

#define KEYS_MAX 20

static const char *const keys[PLACES][KEYS_MAX] = {
	[HOME] = { "name", "domid", "cpu/0/availability", "cpu/1/availability",
		   "memory/static-max", "memory/target", "memory/videoram",
		   "control/shutdown", "control/feature-poweroff",
		   "control/feature-reboot", "device/suspend/event-channel",
		   "store/port", "store/ring-ref", "console/limit",
		   "console/type", "console/output", "console/tty", "data",
		   "drivers" },
	[VM] = { "name", "uuid" },
	[LIBXL] = { "type", "dm-version" },
	[FRONT_VIF] = { "backend-id", "state", "handle", "mac", "mtu",
			"xdp-headroom" },
	[BACK_VIF] = { "frontend-id", "online", "state", "script", "mac",
		       "bridge", "handle", "type", "hotplug-status" },
	[FRONT_VBD] = { "backend-id", "state", "virtual-device", "device-type",
			"event-channel", "ring-ref", "protocol" },
	[BACK_VBD] = { "frontend-id", "online", "removable", "bootable",
		       "state", "dev", "type", "mode", "device-type",
		       "discard-enable", "params" },
};

/* Directories that the guest may read, and made first for that. */
static const bool is_shown[PLACES] = {
	[HOME] = true,      [FRONT_VIF] = true, [BACK_VIF] = true,
	[FRONT_VBD] = true, [BACK_VBD] = true,
};

/* Values that are the path of another place. */
static const struct {
	enum place place;
	const char *key;
	enum place to;
} links[] = {
	{ HOME, "vm", VM },
	{ FRONT_VIF, "backend", BACK_VIF },
	{ BACK_VIF, "frontend", FRONT_VIF },
	{ FRONT_VBD, "backend", BACK_VBD },
	{ BACK_VBD, "frontend", FRONT_VBD },
	{ LIBXL, "device/vif/0/frontend", FRONT_VIF },
	{ LIBXL, "device/vbd/51712/frontend", FRONT_VBD },
};

typedef char path_text[80];

static void name_places(unsigned int n, path_text place[PLACES])
{
	const size_t size = sizeof(path_text);

	snprintf(place[HOME], size, "/local/domain/%u", n);
	snprintf(place[VM], size, "/vm/6d4a0e34-aaaa-bbbb-cccc-%012u", n);
	snprintf(place[LIBXL], size, "/libxl/%u", n);
	snprintf(place[FRONT_VIF], size, "/local/domain/%u/device/vif/0", n);
	snprintf(place[BACK_VIF], size, "/local/domain/0/backend/vif/%u/0", n);
	snprintf(place[FRONT_VBD], size, "/local/domain/%u/device/vbd/51712",
		 n);
	snprintf(place[BACK_VBD], size, "/local/domain/0/backend/vbd/%u/51712",
		 n);
}

static void make_place(struct client *client, const char *path, unsigned int n)
{
	char reader[16];

	snprintf(reader, sizeof(reader), "r%u", n);
	client_ask(client, &(struct message){ XS_MKDIR, 0, { path } });
	client_ask(client, &(struct message){
				   XS_SET_PERMS, 0, { path, "n0", reader } });
}

static void write_key(struct client *client, const char *place, const char *key,
		      const char *value)
{
	char path[160];

	snprintf(path, sizeof(path), "%.79s/%s", place, key);
	client_write(client, 0, path, value);
}

void libxl_makes(struct client *client, unsigned int n)
{
	path_text place[PLACES];

	name_places(n, place);
	for (unsigned int p = 0; p < PLACES; p++) {
		if (is_shown[p])
			make_place(client, place[p], n);
		for (unsigned int k = 0; keys[p][k]; k++)
			write_key(client, place[p], keys[p][k], "some-value");
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		write_key(client, place[links[i].place], links[i].key,
			  place[links[i].to]);
}
