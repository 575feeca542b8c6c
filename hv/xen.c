/* SPDX-License-Identifier: MIT */

/*
 * xen - the connection to Xen, through its libraries with a stable ABI.
 *
 * xensim provides libraries of the same names, so that this runs there too.
 */

#include <errno.h>
#include <stddef.h>
#include <talloc.h>
#include <xentoollog.h>

#include "hv/xen-inside.h"

static void say_nothing(struct xentoollog_logger *logger,
			xentoollog_level level, int error, const char *context,
			const char *format, va_list args)
{
	(void)logger;
	(void)level;
	(void)error;
	(void)context;
	(void)format;
	(void)args;
}

struct xentoollog_logger *xen_silence(void)
{
	static struct xentoollog_logger silence = { .vmessage = say_nothing };

	return &silence;
}

int xen_guest_error(void)
{
	switch (errno) {
	case ESRCH:
	case ENOENT:
	case EACCES:
	case EPERM:
		return -EINVAL;
	default:
		return -errno;
	}
}

static const struct hv_ops xen_ops = {
	.open_guest = xen_open_guest,
	.bind = xen_bind,
	.offer = xen_offer,
	.adopt = xen_adopt,
	.notify = xen_notify,
	.unmask = xen_unmask,
	.map = xen_map,
	.share = xen_share,
	.copy = xen_copy,
	.store_page = xen_store_page,
	.domains = xen_domains,
	.watch_domains = xen_watch_domains,
	.events_fd = xen_events_fd,
	.keep_ports = xen_keep_ports,
};

static int close_xen(struct xen *xen)
{
	if (xen->freed)
		*xen->freed = true;

	xen_close_events(xen);
	xen_close_pages(xen);
	xencall_close(xen->call);
	return 0;
}

int hv_open(void *mem, struct loop *loop, struct hv **hv)
{
	struct xen *xen = talloc_zero(mem, struct xen);

	if (!xen)
		return -ENOMEM;

	xen->base.ops = &xen_ops;
	xen->loop = loop;
	list_init(&xen->pages);
	talloc_set_destructor(xen, close_xen);
	*hv = &xen->base;
	return 0;
}
