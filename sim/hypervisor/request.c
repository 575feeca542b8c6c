/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/request.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/fault.h"
#include "sim/hypervisor/handle.h"
#include "sim/hypervisor/mapping.h"
#include "sim/hypervisor/ports.h"

/* Before a row's function is called, these were found. */
struct call {
	struct request *req;
	struct handle *handle;
	struct domain *by;    /* on whose behalf */
	domid_t peer;         /* the other domain, by number */
	struct domain *other; /* and as a domain */
};

enum {
	EVTCHN = 1 << SIM_EVTCHN,
	GNTTAB = 1 << SIM_GNTTAB,
	GNTSHR = 1 << SIM_GNTSHR,
	FOREIGNMEM = 1 << SIM_FOREIGNMEM,
	HANDLE = EVTCHN | GNTTAB | GNTSHR | FOREIGNMEM, /* any of these */
	OTHER = 1 << 8,      /* the other domain must be alive */
	PRIVILEGED = 1 << 9, /* for programs in domain 0 */
	UNRESTRICTED = 1 << 10,
};

/* Connections and handles */

static int hello(struct call *call)
{
	struct request *req = call->req;

	if (req->msg.arg[0] != SIM_ABI)
		return -EPROTO;
	if (!domain_find(req->machine, (uint32_t)req->msg.arg[1]))
		return -ESRCH;

	req->client->domid = (domid_t)req->msg.arg[1];
	req->msg.arg[0] = req->machine->tables->boot;
	req->fd[0] = req->machine->memory.fd;
	req->fd[1] = req->machine->tables_fd;
	req->n_fds = 2;
	return 0;
}

static int open_handle(struct call *call)
{
	struct request *req = call->req;
	uint64_t kind = req->msg.arg[0];
	struct handle *handle;
	int r;

	if (kind < SIM_EVTCHN || kind > SIM_FOREIGNMEM)
		return -EINVAL;
	r = handle_open(req->machine, (enum sim_handle_kind)kind, &handle,
			&req->fd[0]);
	if (r < 0)
		return r;

	req->n_fds = 1;
	req->close_fds = true;
	req->msg.handle = handle->id;
	return client_uses(req->client, handle->id);
}

static int find_handle(struct call *call)
{
	struct request *req = call->req;
	struct handle *handle = handle_find_pipe(req->machine, req->msg.arg[0],
						 req->msg.arg[1]);

	if (!handle)
		return -EBADF;

	req->msg.handle = handle->id;
	return client_uses(req->client, handle->id);
}

static int writer(struct call *call)
{
	call->req->fd[0] = call->handle->writer;
	call->req->n_fds = 1;
	return 0;
}

static int closed(struct call *call)
{
	handle_reap(call->handle);
	return 0;
}

static int restrict_handle(struct call *call)
{
	if (call->handle->is_restricted)
		return -EACCES;

	call->handle->is_restricted = true;
	call->handle->only = call->peer;
	return 0;
}

/* Ports */

static bool may_use(const struct call *call)
{
	return !call->handle->is_restricted || call->handle->only == call->peer;
}

static int bind_unbound(struct call *call)
{
	if (!may_use(call))
		return -EACCES;

	return port_bind_unbound(call->by, call->peer, call->handle);
}

static int bind_interdomain(struct call *call)
{
	struct request *req = call->req;
	uint64_t remote = req->msg.arg[0];
	int r;

	if (!may_use(call))
		return -EACCES;
	if (remote >= SIM_PORTS)
		return -EINVAL;
	r = port_bind_interdomain(call->by, call->peer, (uint32_t)remote,
				  call->handle);
	if (r >= 0)
		req->msg.arg[0] = req->machine->tables->port[remote].handle;
	return r;
}

static int bind_virq(struct call *call)
{
	uint64_t virq = call->req->msg.arg[0];

	return virq > UINT32_MAX
		       ? -EINVAL
		       : port_bind_virq(call->by, (uint32_t)virq, call->handle);
}

static int take(struct call *call)
{
	uint64_t port = call->req->msg.arg[0];

	return port >= SIM_PORTS
		       ? -EINVAL
		       : port_take(call->by, (uint32_t)port, call->handle);
}

static int unbind(struct call *call)
{
	struct machine *machine = call->req->machine;
	uint64_t port = call->req->msg.arg[0];
	struct sim_port *row =
		port < SIM_PORTS ? port_row(machine, (uint32_t)port) : NULL;

	if (!row || row->handle != call->handle->id)
		return -ENOTCONN;

	port_close(machine, (uint32_t)port);
	return 0;
}

static int alloc_unbound(struct call *call)
{
	struct domain *owner = domain_find(call->req->machine,
					   (uint32_t)call->req->msg.arg[0]);

	return owner ? port_bind_unbound(owner, call->peer, NULL) : -ESRCH;
}

static int reset_ports(struct call *call)
{
	ports_close_all(call->other);
	return 0;
}

/* Pages */

static int map(struct call *call)
{
	struct request *req = call->req;
	uint32_t n = req->msg.n / 2;
	int r;

	if (n == 0)
		return -EINVAL;
	r = mapping_of_grants(call->handle, call->by->id,
			      (const struct mapping_ref *)req->item, n,
			      req->msg.arg[0], req->reply_item);
	if (r >= 0)
		req->n_reply = n;
	return r;
}

static int map_foreign(struct call *call)
{
	struct request *req = call->req;

	if (call->by != call->other && req->client->domid != 0)
		return -EPERM;
	if (!may_use(call))
		return -EPERM;
	if (req->msg.n == 0)
		return -EINVAL;

	req->n_reply = req->msg.n;
	return mapping_of_frames(call->handle, call->by->id, call->other,
				 req->item, req->msg.n,
				 (int32_t *)req->reply_item);
}

static int share(struct call *call)
{
	struct request *req = call->req;
	uint64_t n = req->msg.arg[0];
	int r;

	if (n == 0 || n > SIM_ITEMS_MAX / 2)
		return -EINVAL;
	r = mapping_share(call->handle, call->by, call->peer, (uint32_t)n,
			  req->msg.arg[1], req->reply_item,
			  req->reply_item + n);
	if (r >= 0)
		req->n_reply = 2 * (uint32_t)n;
	return r;
}

static int notify_on_release(struct call *call)
{
	const uint64_t *arg = call->req->msg.arg;

	return mapping_notify_on_release(call->handle, (uint32_t)arg[0], arg[1],
					 arg[2]);
}

static int release(struct call *call)
{
	return mapping_release(call->handle, (uint32_t)call->req->msg.arg[0]);
}

/* Domains */

static int create(struct call *call)
{
	struct request *req = call->req;
	struct domain *domain;
	int r;

	r = domain_create(req->machine, req->msg.other, req->msg.arg[0],
			  &domain);
	return r < 0 ? r : domain->id;
}

static int destroy(struct call *call)
{
	if (call->other->id == 0)
		return -EINVAL;

	domain_destroy(call->other);
	return 0;
}

static int shut_down(struct call *call)
{
	domain_shut_down(call->other, (uint32_t)call->req->msg.arg[0]);
	return 0;
}

static int pause_domain(struct call *call)
{
	call->other->row->is_paused = call->req->msg.arg[0] != 0;
	return 0;
}

static int set_uuid(struct call *call)
{
	struct sim_domain *row = call->other->row;

	if (call->req->msg.n != sizeof(row->uuid) / sizeof(uint32_t))
		return -EINVAL;

	memcpy(row->uuid, call->req->item, sizeof(row->uuid));
	return 0;
}

static int settle_in(struct call *call)
{
	return domain_settle_in(call->other);
}

static int outlive(struct call *call)
{
	struct client *client = call->req->client;

	if (call->other->row->is_shut_down)
		return -ESHUTDOWN;

	list_remove(&client->mourning);
	list_add(&call->other->mourners, &client->mourning);
	return 0;
}

/* Faults, and the end */

static int fault(struct call *call)
{
	const struct sim_msg *msg = &call->req->msg;
	struct fault fault = {
		.op = (uint32_t)msg->arg[0],
		.flags = (uint32_t)(msg->arg[0] >> 32),
		.domid = msg->other,
		.nth = (uint32_t)msg->arg[1],
		.times = (uint32_t)(msg->arg[1] >> 32),
		.error = (int)msg->arg[2],
		.ms = (uint32_t)msg->arg[3],
	};

	return fault_add(call->req->machine, &fault);
}

static int stop(struct call *call)
{
	loop_stop(call->req->machine->loop);
	return 0;
}

static const struct {
	const char *name;
	int (*serve)(struct call *call);
	unsigned int needs;
} ops[SIM_N_OPS] = {
	[SIM_HELLO] = { "hello", hello, 0 },
	[SIM_OPEN] = { "open", open_handle, 0 },
	[SIM_FIND] = { "find", find_handle, 0 },
	[SIM_WRITER] = { "writer", writer, EVTCHN },
	[SIM_CLOSED] = { "closed", closed, HANDLE },
	[SIM_RESTRICT] = { "restrict", restrict_handle, EVTCHN | FOREIGNMEM },
	[SIM_BIND_UNBOUND] = { "bind-unbound", bind_unbound, EVTCHN },
	[SIM_BIND_INTERDOMAIN] = { "bind-interdomain", bind_interdomain,
				   EVTCHN },
	[SIM_BIND_VIRQ] = { "bind-virq", bind_virq, EVTCHN | UNRESTRICTED },
	[SIM_TAKE] = { "take", take, EVTCHN | UNRESTRICTED },
	[SIM_UNBIND] = { "unbind", unbind, EVTCHN },
	[SIM_ALLOC_UNBOUND] = { "alloc-unbound", alloc_unbound, PRIVILEGED },
	[SIM_RESET_PORTS] = { "reset-ports", reset_ports, PRIVILEGED | OTHER },
	[SIM_MAP] = { "map", map, GNTTAB },
	[SIM_FOREIGN] = { "foreign", map_foreign, FOREIGNMEM | OTHER },
	[SIM_SHARE] = { "share", share, GNTSHR },
	[SIM_NOTIFY_ON_RELEASE] = { "notify-on-release", notify_on_release,
				    GNTTAB | GNTSHR },
	[SIM_RELEASE] = { "release", release, GNTTAB | GNTSHR | FOREIGNMEM },
	[SIM_CREATE] = { "create", create, PRIVILEGED },
	[SIM_DESTROY] = { "destroy", destroy, PRIVILEGED | OTHER },
	[SIM_SHUTDOWN] = { "shutdown", shut_down, PRIVILEGED | OTHER },
	[SIM_PAUSE] = { "pause", pause_domain, PRIVILEGED | OTHER },
	[SIM_SET_UUID] = { "set-uuid", set_uuid, PRIVILEGED | OTHER },
	[SIM_SETTLE_IN] = { "settle-in", settle_in, PRIVILEGED | OTHER },
	[SIM_OUTLIVE] = { "outlive", outlive, OTHER },
	[SIM_FAULT] = { "fault", fault, PRIVILEGED },
	[SIM_STOP] = { "stop", stop, PRIVILEGED },
};

const char *request_name(uint32_t op)
{
	return op < ARRAY_SIZE(ops) ? ops[op].name : NULL;
}

/* A program acts for its own domain, unless it is in domain 0. */
static int find_caller(struct call *call)
{
	struct request *req = call->req;
	domid_t own = req->client->domid;
	domid_t by = req->msg.domid == SIM_DOMID_SELF ? own : req->msg.domid;

	if (by != own && own != 0)
		return -EPERM;

	call->by = domain_find(req->machine, by);
	if (!call->by)
		return -ESRCH;

	call->peer = req->msg.other == SIM_DOMID_SELF ? by : req->msg.other;
	call->other = domain_find(req->machine, call->peer);
	return 0;
}

static int prepare(struct call *call, unsigned int needs)
{
	struct request *req = call->req;
	int r;

	r = find_caller(call);
	if (r < 0)
		return r;
	if (needs & PRIVILEGED && req->client->domid != 0)
		return -EPERM;
	if (needs & OTHER && !call->other)
		return -ESRCH;
	if (!(needs & HANDLE))
		return 0;

	call->handle = handle_find(req->machine, req->msg.handle);
	if (!call->handle || !(needs & 1u << call->handle->kind))
		return -EBADF;
	if (needs & UNRESTRICTED && call->handle->is_restricted)
		return -EACCES;

	return 0;
}

static int dispatch(struct request *req, size_t len)
{
	struct call call = { .req = req };
	uint32_t op = req->msg.op;
	int r;

	if (len < sizeof(req->msg) ||
	    len != sizeof(req->msg) + (uint64_t)req->msg.n * sizeof(uint32_t))
		return -EPROTO;
	if (op >= ARRAY_SIZE(ops))
		return -ENOSYS;

	r = prepare(&call, ops[op].needs);
	if (r < 0)
		return r;

	sim_count(req->machine->tables, call.by->id, SIM_COUNT_CONTROL, 1);
	return ops[op].serve(&call);
}

void request_drop_fds(struct request *req)
{
	for (size_t i = 0; req->close_fds && i < req->n_fds; i++)
		close(req->fd[i]);
	req->n_fds = 0;
}

void request_refuse(struct request *req, int error)
{
	req->n_fds = 0;
	req->msg.n = 0;
	req->msg.result = -error;
}

void request_serve(struct request *req, size_t len)
{
	int r;

	req->n_fds = 0;
	req->n_reply = 0;
	req->close_fds = false;
	r = dispatch(req, len);
	if (r < 0)
		request_drop_fds(req);

	req->msg.n = r < 0 ? 0 : req->n_reply;
	req->msg.result = r;
}
