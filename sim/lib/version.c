/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/lib/hypercall.h"

/* Texts are filled up with zeros; Xen's types say how long they are. */
static long say(void *to, size_t size, const char *text)
{
	memset(to, 0, size);
	snprintf(to, size, "%s", text);
	return 0;
}

static long compile_info(xen_compile_info_t *info)
{
	memset(info, 0, sizeof(*info));
	say(info->compiler, sizeof(info->compiler), __VERSION__);
	say(info->compile_by, sizeof(info->compile_by), "xensim");
	return 0;
}

long hypercall_xen_version(const struct arguments *args)
{
	void *to = pointer(args->arg[1]);

	switch (args->arg[0]) {
	case XENVER_version:
		return XEN_MAJOR << 16 | XEN_MINOR;
	case XENVER_extraversion:
		return say(to, sizeof(xen_extraversion_t), ".0-xensim");
	case XENVER_compile_info:
		return compile_info(to);
	case XENVER_capabilities:
		return say(to, sizeof(xen_capabilities_info_t),
			   "xen-3.0-x86_64");
	case XENVER_changeset:
		return say(to, sizeof(xen_changeset_info_t), "unavailable");
	case XENVER_platform_parameters:
		memset(to, 0, sizeof(xen_platform_parameters_t));
		return 0;
	case XENVER_get_features:
		((xen_feature_info_t *)to)->submap = 0;
		return 0;
	case XENVER_pagesize:
		return SIM_FRAME_SIZE;
	case XENVER_commandline:
		return say(to, sizeof(xen_commandline_t), "");
	default:
		return -ENOSYS;
	}
}
