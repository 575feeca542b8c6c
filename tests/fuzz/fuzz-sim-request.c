/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/array.h"
#include "base/span.h"
#include "sim/hypervisor/domain.h"
#include "sim/hypervisor/grants.h"
#include "sim/hypervisor/pages.h"
#include "sim/hypervisor/ports.h"
#include "sim/hypervisor/request.h"
#include "tests/fuzz/fuzz.h"

#define FDS_MAX 8

/* A hypervisor, and a program that asks it for anything. */
struct scene {
	struct machine *machine;
	struct client *client;
	struct request *req;
	int fd[FDS_MAX]; /* of the handles that it holds */
	uint32_t handle[FDS_MAX];
	uint32_t port[FDS_MAX]; /* the last ones that it heard of */
	uint32_t cookie[FDS_MAX];
	unsigned int n_ports, n_cookies;
};

static struct machine *machine_of_all_runs(void)
{
	static struct machine *machine;
	struct loop *loop;

	if (machine)
		return machine;

	loop = loop_new_virtual(NULL);
	assert(machine_new(loop, loop,
			   log_open(loop, loop, "fuzz", false, NULL, NULL),
			   "/nowhere", &machine) == 0);
	machine->request = talloc_zero(machine, struct request);
	return machine;
}

static struct scene *scene_new(void)
{
	struct scene *scene = talloc_zero(NULL, struct scene);

	scene->machine = machine_of_all_runs();
	scene->client = talloc_zero(scene, struct client);
	scene->client->machine = scene->machine;
	list_init(&scene->client->mourning);
	scene->req = scene->machine->request;
	scene->req->machine = scene->machine;
	scene->req->client = scene->client;
	for (size_t i = 0; i < FDS_MAX; i++)
		scene->fd[i] = -1;
	return scene;
}

/* Keep the descriptor of a handle in place of an older one. */
static void keep(struct scene *scene, unsigned int at)
{
	struct request *req = scene->req;

	if (!req->close_fds || req->n_fds != 1)
		return;

	if (scene->fd[at] >= 0)
		close(scene->fd[at]);
	scene->fd[at] = req->fd[0];
	scene->handle[at] = req->msg.handle;
	req->n_fds = 0;
}

static void note(struct scene *scene, uint32_t op)
{
	int32_t result = scene->req->msg.result;

	if (result <= 0)
		return;
	if (op >= SIM_BIND_UNBOUND && op <= SIM_ALLOC_UNBOUND)
		scene->port[scene->n_ports++ % FDS_MAX] = (uint32_t)result;
	if (op == SIM_MAP || op == SIM_FOREIGN || op == SIM_SHARE)
		scene->cookie[scene->n_cookies++ % FDS_MAX] = (uint32_t)result;
}

/* An argument that may mean something, or not. */
static uint64_t argument(struct scene *scene, struct span *in)
{
	unsigned int i = span_u8(in) % FDS_MAX;

	switch (span_u8(in) % 6) {
	case 0:
		return scene->port[i];
	case 1:
		return scene->cookie[i];
	case 2:
		return span_le64(in);
	case 3:
		return SIM_NONE;
	default:
		return span_u8(in) % 16;
	}
}

static domid_t domid(struct span *in)
{
	uint8_t byte = span_u8(in);

	return byte < 6 ? byte : byte < 100 ? SIM_DOMID_SELF : byte * 257;
}

static size_t fill(struct scene *scene, struct span *in)
{
	struct sim_msg *msg = &scene->req->msg;

	*msg = (struct sim_msg){
		.op = span_u8(in) % (SIM_N_OPS + 1),
		.handle = scene->handle[span_u8(in) % FDS_MAX],
		.domid = domid(in),
		.other = domid(in),
		.n = span_u8(in) % 8,
	};
	for (size_t i = 0; i < ARRAY_SIZE(msg->arg); i++)
		msg->arg[i] = argument(scene, in);
	for (size_t i = 0; i < msg->n; i++)
		scene->req->item[i] =
			span_u8(in) < 200 ? span_u8(in) % 12 : span_le32(in);
	if (msg->op == SIM_OPEN || msg->op == SIM_HELLO)
		msg->arg[0] = msg->arg[0] % 5;
	if (msg->op == SIM_CREATE)
		msg->arg[0] = (msg->arg[0] % 64) << 12;
	if (msg->op == SIM_FAULT) /* would stay for the next run */
		msg->op = SIM_SHARE;

	return sizeof(*msg) + msg->n * sizeof(uint32_t) - (span_u8(in) == 7);
}

static void ask(struct scene *scene, struct span *in)
{
	unsigned int at = span_u8(in) % FDS_MAX;
	size_t len = fill(scene, in);
	uint32_t op = scene->req->msg.op;

	request_serve(scene->req, len);
	assert(scene->req->msg.n <= SIM_ITEMS_MAX);
	assert(scene->req->n_fds <= SIM_FDS_MAX);
	assert(scene->req->msg.result >= 0 || scene->req->n_fds == 0);
	note(scene, op);
	keep(scene, at);
}

static void close_one(struct scene *scene, struct span *in)
{
	unsigned int at = span_u8(in) % FDS_MAX;

	if (scene->fd[at] >= 0)
		close(scene->fd[at]);
	scene->fd[at] = -1;
	loop_settle(scene->machine->loop);
}

/* The guest of domain 0's grants is not to be trusted either. */
static void scribble(struct scene *scene, struct span *in)
{
	uint64_t *entry = (void *)sim_grant_at(
		&scene->machine->memory,
		scene->machine->tables->domain[0].grant_frame,
		span_u8(in) % 16);

	*entry = span_le64(in);
}

/* Those without a handle stay; they are closed for the next run. */
static void check_ports(struct domain *host)
{
	struct port_links *links;

	list_for_each(&host->ports, links, of_domain) {
		uint32_t port = (uint32_t)(links - host->machine->port);
		const struct sim_port *row = port_row(host->machine, port);

		assert(row && row->domid == 0 && !row->handle);
		assert(row->type == SIM_PORT_UNBOUND && !links->n_pins);
	}
	ports_close_all(host);
}

/* Without handles and guests there is nothing left but domain 0. */
static void tidy_up(struct scene *scene)
{
	struct machine *machine = scene->machine;
	struct domain *host;

	for (size_t i = 0; i < FDS_MAX; i++) {
		if (scene->fd[i] >= 0)
			close(scene->fd[i]);
	}
	loop_settle(machine->loop);
	for (uint32_t i = 0; i < machine->handles_end; i++)
		assert(!machine->handle[i]);

	for (uint32_t i = 1; i < machine->tables->domains_end; i++) {
		if (machine->domain[i])
			domain_destroy(machine->domain[i]);
		assert(!machine->domain[i]);
	}
	host = domain_find(machine, 0);
	assert(host && pages_held(host->pages) == 0);
	assert(pages_taken(host->pages) == 2); /* the store's, the console's */
	assert(list_empty(&machine->doomed));
	check_ports(host);
}

/* Whatever programs ask for: when they are gone, so is all they had. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_of(data, len);
	struct scene *scene = scene_new();

	while (in.left && !in.bad) {
		switch (span_u8(&in) % 16) {
		case 0:
			close_one(scene, &in);
			break;
		case 1:
			scribble(scene, &in);
			break;
		default:
			ask(scene, &in);
			break;
		}
	}
	list_remove(&scene->client->mourning);
	tidy_up(scene);
	talloc_free(scene);
	return 0;
}
