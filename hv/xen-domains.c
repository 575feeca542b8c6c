/* SPDX-License-Identifier: MIT */

/*
 * xen-domains - what there is to know of domains, by hypercalls.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/cleanup.h"
#include "hv/xen-abi.h"
#include "hv/xen-inside.h"

#define DOMAINS_AT_ONCE 32
#define N_DOMAINS_MAX   0x7ff0 /* ids from here on are no domains */

/* Memory that hypercalls may write to. */
struct call {
	xencall_handle *handle;
	struct xen_sysctl_list *sysctl;
	uint8_t (*infos)[XEN_DOMAIN_SIZE];
};

static void free_call(struct call *call)
{
	if (!call->handle)
		return;

	xencall_free_buffer(call->handle, call->sysctl);
	xencall_free_buffer(call->handle, call->infos);
}

static int open_xencall(struct xen *xen)
{
	if (!xen->call)
		xen->call = xencall_open(xen_silence(), 0);

	return xen->call ? 0 : -errno;
}

static int new_call(struct xen *xen, struct call *call)
{
	int r = open_xencall(xen);

	if (r < 0)
		return r;

	call->handle = xen->call;
	call->sysctl = xencall_alloc_buffer(xen->call, sizeof(*call->sysctl));
	call->infos = xencall_alloc_buffer(
		xen->call, DOMAINS_AT_ONCE * sizeof(*call->infos));
	return call->sysctl && call->infos ? 0 : -ENOMEM;
}

/* Up to DOMAINS_AT_ONCE domains from @first on.  -EACCES if this Xen has
 * another version. */
static int ask_from(struct call *call, uint32_t version, domid_t first)
{
	memset(call->sysctl, 0, sizeof(*call->sysctl));
	call->sysctl->command = XEN_SYSCTL_LIST;
	call->sysctl->version = version;
	call->sysctl->first = first;
	call->sysctl->n_max = DOMAINS_AT_ONCE;
	call->sysctl->buffer = (uintptr_t)call->infos;

	if (xencall1(call->handle, XEN_HYPERCALL_SYSCTL,
		     (uintptr_t)call->sysctl) < 0)
		return -errno;
	if (call->sysctl->n > DOMAINS_AT_ONCE)
		return -EPROTO;

	return call->sysctl->n;
}

/* The first domains, by the version that this Xen understands. */
static int ask_first(struct xen *xen, struct call *call)
{
	int r = -EACCES;

	if (xen->sysctl_version)
		return ask_from(call, xen->sysctl_version, 0);

	for (size_t i = 0; r == -EACCES && i < XEN_SYSCTL_N_VERSIONS; i++) {
		r = ask_from(call, xen_sysctl_versions[i], 0);
		if (r >= 0)
			xen->sysctl_version = xen_sysctl_versions[i];
	}

	return r == -EACCES ? -EPROTONOSUPPORT : r;
}

static int append(void *mem, struct hv_domain **domains, size_t *n,
		  const struct call *call)
{
	struct hv_domain *all = talloc_realloc(mem, *domains, struct hv_domain,
					       *n + call->sysctl->n);

	if (!all)
		return -ENOMEM;

	*domains = all;
	for (size_t i = 0; i < call->sysctl->n; i++)
		xen_decode_domain(call->infos[i], &all[(*n)++]);

	return 0;
}

/* What was listed, and what follows, until there is no more. */
static int ask_rest(void *mem, struct xen *xen, struct call *call,
		    struct hv_domain **domains, size_t *n)
{
	int r = append(mem, domains, n, call);

	while (r == 0 && call->sysctl->n == DOMAINS_AT_ONCE) {
		if (*n > N_DOMAINS_MAX)
			return -EPROTO;
		r = ask_from(call, xen->sysctl_version,
			     (*domains)[*n - 1].id + 1);
		if (r >= 0)
			r = append(mem, domains, n, call);
	}

	return r;
}

int xen_domains(void *mem, struct hv *hv, struct hv_domain **domains, size_t *n)
{
	CLEANUP(cleanup_talloc) struct hv_domain *all = NULL;
	CLEANUP(free_call) struct call call = { 0 };
	struct xen *xen = xen_of(hv);
	int r = new_call(xen, &call);

	if (r < 0)
		return r;
	*n = 0;
	r = ask_first(xen, &call);
	if (r < 0)
		return r;
	r = ask_rest(mem, xen, &call, &all, n);
	if (r < 0)
		return r;

	*domains = take_ptr(all);
	return 0;
}

int xen_store_port(struct hv *hv, domid_t domid, evtchn_port_t *port)
{
	struct xen *xen = xen_of(hv);
	struct xen_param *param;
	int r = open_xencall(xen);

	if (r < 0)
		return r;
	param = xencall_alloc_buffer(xen->call, sizeof(*param));
	if (!param)
		return -ENOMEM;

	*param = (struct xen_param){
		.domid = domid,
		.index = XEN_HVM_PARAM_STORE_PORT,
	};
	r = xencall2(xen->call, XEN_HYPERCALL_HVM_OP, XEN_HVM_GET_PARAM,
		     (uintptr_t)param) < 0
		    ? -errno
		    : 0;
	*port = param->value;
	xencall_free_buffer(xen->call, param);
	return r;
}
