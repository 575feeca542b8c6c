/* SPDX-License-Identifier: MIT */

#include "sim/hypervisor/client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/hypervisor/fault.h"
#include "sim/hypervisor/handle.h"
#include "sim/hypervisor/listener.h"
#include "sim/hypervisor/ports.h"
#include "sim/hypervisor/request.h"

static int release(struct client *client)
{
	struct machine *machine = client->machine;

	if (client->delayed)
		request_drop_fds(client->delayed);
	for (uint32_t i = 0; i < client->n_used; i++) {
		struct handle *handle = handle_find(machine, client->used[i]);

		if (handle)
			ports_repair(machine, handle);
	}

	list_remove(&client->link);
	list_remove(&client->mourning);
	talloc_free(client->ready);
	close(client->fd);
	return 0;
}

int client_uses(struct client *client, uint32_t handle)
{
	uint32_t *used;

	if (client->n_used && client->used[client->n_used - 1] == handle)
		return 0;
	used = talloc_realloc(client, client->used, uint32_t,
			      client->n_used + 1);
	if (!used)
		return -ENOMEM;

	client->used = used;
	used[client->n_used++] = handle;
	return 0;
}

void clients_mourn(struct list *mourners)
{
	struct client *client, *safe;

	list_for_each_safe(mourners, client, safe, mourning)
		talloc_free(client);
}

static void attach_fds(struct request *req, struct msghdr *header,
		       struct cmsghdr *control)
{
	size_t len = req->n_fds * sizeof(int);

	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(control), req->fd, len);
	header->msg_control = control;
	header->msg_controllen = CMSG_SPACE(len);
}

/* Send the reply; a program that cannot take it is let go. */
static void answer(struct client *client, struct request *req)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(req->fd))];
	} control = { 0 };
	struct iovec iov[] = {
		{ &req->msg, sizeof(req->msg) },
		{ req->reply_item, req->msg.n * sizeof(uint32_t) },
	};
	struct msghdr header = { .msg_iov = iov, .msg_iovlen = 2 };
	bool sent;

	if (req->n_fds)
		attach_fds(req, &header, &control.header);
	sent = sendmsg(client->fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;

	request_drop_fds(req);
	if (!sent)
		talloc_free(client);
}

static void delay_is_over(void *arg)
{
	struct client *client = arg;
	struct request *req = client->delayed;

	client->delayed = NULL;
	loop_fd_want(client->ready, LOOP_READ);
	talloc_steal(client->machine, req); /* the client may go */
	answer(client, req);
	talloc_free(req);
}

/* Send the reply of this one, for which it gets a copy, later. */
static void answer_later(struct client *client, struct request *req,
			 uint32_t ms)
{
	client->delayed = talloc_memdup(client, req, sizeof(*req));
	if (!client->delay)
		client->delay = loop_timer_new(client, client->machine->loop,
					       delay_is_over, client);
	if (!client->delayed || !client->delay) {
		talloc_free(client);
		return;
	}

	loop_fd_want(client->ready, 0);
	loop_timer_set(client->delay, ms * 1000ull);
}

static void serve(struct client *client, struct request *req, size_t len)
{
	struct fault fault = { 0 };
	bool strikes = len >= sizeof(req->msg) &&
		       fault_strikes(client->machine, req->msg.op,
				     client->domid, &fault);

	if (strikes && fault.error)
		request_refuse(req, fault.error);
	else
		request_serve(req, len);

	if (fault.flags & SIM_FAULT_DROP) {
		request_drop_fds(req);
		talloc_free(client);
	} else if (fault.ms) {
		answer_later(client, req, fault.ms);
	} else {
		answer(client, req);
	}
}

static void client_ready(void *arg, unsigned int ready)
{
	struct client *client = arg;
	struct request *req = client->machine->request;
	struct iovec iov[] = {
		{ &req->msg, sizeof(req->msg) },
		{ req->item, sizeof(req->item) },
	};
	struct msghdr header = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t len = recvmsg(client->fd, &header, MSG_DONTWAIT);

	(void)ready;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		talloc_free(client);
		return;
	}

	req->client = client;
	req->machine = client->machine;
	serve(client, req, (size_t)len);
}

static int client_new(struct machine *machine, int fd)
{
	CLEANUP(cleanup_talloc)
	struct client *client = talloc_zero(machine, struct client);
	int r;

	if (!client)
		return -ENOMEM;

	client->machine = machine;
	client->domid = 0;
	list_init(&client->link);
	list_init(&client->mourning);
	r = loop_fd_new(client, machine->loop, fd, LOOP_READ, client_ready,
			client, &client->ready);
	if (r < 0)
		return r;

	client->fd = fd;
	talloc_set_destructor(client, release);
	list_add(&machine->clients, &client->link);
	take_ptr(client);
	return 0;
}

static void somebody_connects(void *arg, int fd)
{
	if (client_new(arg, fd) < 0)
		close(fd);
}

int clients_listen(struct machine *machine)
{
	return listener_new(machine, machine, SIM_SOCKET, SOCK_SEQPACKET,
			    somebody_connects, machine);
}
