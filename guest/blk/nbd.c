/* SPDX-License-Identifier: MIT */

#include "guest/blk/nbd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <talloc.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/blk/nbd-wire.h"

#define LEN_MAX        (32U << 20) /* of a request */
#define OPTION_LEN_MAX 4096
#define BLOCK_BEST     4096

/* A client that asks for more than is done by then has to wait. */
#define BYTES_IN_FLIGHT (64U << 20)

#define MESSAGES_AT_ONCE 64 /* that are taken before others have their turn */
#define PARTS_AT_ONCE    64 /* that are sent by one system call */
#define REPLY_HEAD_MAX   160

struct nbd {
	struct loop *loop;
	struct log *log;
	struct front *front;
	int fd;
};

/* What is expected of a client next. */
enum step { FLAGS, OPTION, OPTION_DATA, REQUEST, PAYLOAD };

struct client {
	struct nbd *nbd;
	struct loop_fd *lfd;
	unsigned int interests; /* of lfd */
	struct loop_task *send;
	int fd;

	enum step step;
	uint8_t *in; /* where it goes */
	size_t want;
	size_t have;
	uint8_t head[OPTION_LEN_MAX];
	struct nbd_option option;
	struct order *order; /* whose payload is coming */
	bool no_zeroes;
	bool leaves; /* when all replies are sent */

	struct list replies; /* to be sent */
	struct list orders;  /* that are begun */
	size_t in_flight;    /* their bytes */
};

struct reply {
	struct list link;
	void *owner; /* which goes when it is sent */
	uint8_t head[REPLY_HEAD_MAX];
	const uint8_t *data; /* what follows */
	size_t head_len;
	size_t data_len;
	size_t sent;
};

struct order {
	struct list link;
	struct client *client; /* NULL if it went away */
	struct front_io io;
	struct nbd_request req;
	struct reply reply;
	uint8_t *data;
};

/* Sending */

static int add_part(struct iovec *iov, const void *bytes, size_t len,
		    size_t skip)
{
	if (skip >= len)
		return 0;

	memcpy(&iov->iov_base, &bytes, sizeof(bytes));
	iov->iov_base = (uint8_t *)iov->iov_base + skip;
	iov->iov_len = len - skip;
	return 1;
}

static int gather(const struct client *client, struct iovec *iov)
{
	struct reply *reply;
	int n = 0;

	list_for_each(&client->replies, reply, link) {
		size_t skip = reply->sent;

		if (n > PARTS_AT_ONCE - 2)
			break;
		n += add_part(&iov[n], reply->head, reply->head_len, skip);
		skip = skip > reply->head_len ? skip - reply->head_len : 0;
		n += add_part(&iov[n], reply->data, reply->data_len, skip);
	}

	return n;
}

static void drop_sent(struct client *client, size_t len)
{
	while (!list_empty(&client->replies)) {
		struct reply *reply =
			list_first(&client->replies, struct reply, link);
		size_t left = reply->head_len + reply->data_len - reply->sent;

		if (len < left) {
			reply->sent += len;
			return;
		}
		len -= left;
		list_remove(&reply->link);
		talloc_free(reply->owner);
	}
}

static bool may_ask(const struct client *client)
{
	return !client->leaves && client->in_flight < BYTES_IN_FLIGHT;
}

static void wait_for_client(struct client *client)
{
	unsigned int events = (list_empty(&client->replies) ? 0 : LOOP_WRITE) |
			      (may_ask(client) ? LOOP_READ : 0);

	if (events != client->interests)
		loop_fd_want(client->lfd, events);
	client->interests = events;
}

static void send_replies(void *arg)
{
	struct client *client = arg;
	struct iovec iov[PARTS_AT_ONCE];
	struct msghdr msg = { .msg_iov = iov };
	ssize_t n;

	while ((msg.msg_iovlen = gather(client, iov)) > 0) {
		n = sendmsg(client->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			break;
		drop_sent(client, n);
	}

	if (list_empty(&client->replies) ? client->leaves : errno != EAGAIN)
		talloc_free(client);
	else
		wait_for_client(client);
}

static void queue_reply(struct client *client, struct reply *reply, void *owner)
{
	reply->owner = owner;
	list_add(&client->replies, &reply->link);
	loop_task_queue(client->send);
}

/* Receiving */

static void expect(struct client *client, enum step step, void *in, size_t want)
{
	client->step = step;
	client->in = in;
	client->want = want;
	client->have = 0;
}

static int flags_came(struct client *client)
{
	expect(client, OPTION, client->head, NBD_OPTION_SIZE);
	return nbd_decode_flags(client->in, &client->no_zeroes);
}

static int option_came(struct client *client)
{
	int r = nbd_decode_option(client->head, &client->option);

	if (r < 0 || client->option.len > OPTION_LEN_MAX)
		return -EPROTO;

	expect(client, OPTION_DATA, client->head, client->option.len);
	return 0;
}

static struct reply *new_reply(struct client *client,
			       enum nbd_option_reply type, uint32_t len)
{
	struct reply *reply = talloc_zero(client, struct reply);

	if (!reply)
		return NULL;

	nbd_encode_option_reply(reply->head, client->option.type, type, len);
	reply->head_len = NBD_OPTION_REPLY_SIZE + len;
	return reply;
}

static int say(struct client *client, enum nbd_option_reply type)
{
	struct reply *reply = new_reply(client, type, 0);

	if (!reply)
		return -ENOMEM;

	queue_reply(client, reply, reply);
	return 0;
}

static uint16_t export_flags(const struct nbd *nbd)
{
	const struct front_info *info = front_info(nbd->front);

	return NBD_HAS_FLAGS | NBD_MULTI_CONN |
	       (info->read_only ? NBD_READ_ONLY : 0) |
	       (info->flushes ? NBD_SEND_FLUSH : 0) |
	       (info->discards ? NBD_SEND_TRIM : 0);
}

static uint64_t export_size(const struct nbd *nbd)
{
	return front_info(nbd->front)->n_sectors * BLK_SECTOR_SIZE;
}

static int tell_infos(struct client *client)
{
	const struct nbd *nbd = client->nbd;
	struct reply *export =
		new_reply(client, NBD_REP_INFO, NBD_INFO_EXPORT_SIZE);
	struct reply *blocks =
		new_reply(client, NBD_REP_INFO, NBD_INFO_BLOCKS_SIZE);

	if (!export || !blocks)
		return -ENOMEM;

	nbd_encode_info_export(export->head + NBD_OPTION_REPLY_SIZE,
			       export_size(nbd), export_flags(nbd));
	nbd_encode_info_blocks(blocks->head + NBD_OPTION_REPLY_SIZE,
			       BLK_SECTOR_SIZE, BLOCK_BEST, LEN_MAX);
	queue_reply(client, export, export);
	queue_reply(client, blocks, blocks);
	return say(client, NBD_REP_ACK);
}

static int tell_export(struct client *client)
{
	struct reply *reply = talloc_zero(client, struct reply);

	if (!reply)
		return -ENOMEM;

	nbd_encode_export(reply->head, export_size(client->nbd),
			  export_flags(client->nbd));
	reply->head_len =
		NBD_EXPORT_SIZE + (client->no_zeroes ? 0 : NBD_EXPORT_ZEROS);
	queue_reply(client, reply, reply);
	return 0;
}

/* There is one export, whatever it is called: its name is empty. */
static int tell_list(struct client *client)
{
	struct reply *reply = new_reply(client, NBD_REP_SERVER, 4);

	if (!reply)
		return -ENOMEM;

	queue_reply(client, reply, reply);
	return say(client, NBD_REP_ACK);
}

static int option_data_came(struct client *client)
{
	bool done = client->option.type == NBD_OPT_EXPORT_NAME ||
		    client->option.type == NBD_OPT_GO;

	expect(client, done ? REQUEST : OPTION, client->head,
	       done ? NBD_REQUEST_SIZE : NBD_OPTION_SIZE);
	switch (client->option.type) {
	case NBD_OPT_EXPORT_NAME:
		return tell_export(client);
	case NBD_OPT_INFO:
	case NBD_OPT_GO:
		return tell_infos(client);
	case NBD_OPT_LIST:
		return tell_list(client);
	case NBD_OPT_ABORT:
		client->leaves = true;
		return say(client, NBD_REP_ACK);
	default:
		return say(client, NBD_REP_UNSUPPORTED);
	}
}

/* Requests */

static void answer(struct order *order, uint32_t error)
{
	struct client *client = order->client;
	struct reply *reply = &order->reply;

	nbd_encode_reply(reply->head, error, order->req.cookie);
	reply->head_len = NBD_REPLY_SIZE;
	if (order->req.type == NBD_READ && !error) {
		reply->data = order->data;
		reply->data_len = order->req.len;
	}
	queue_reply(client, reply, order);
}

static void done(void *arg, struct front_io *io)
{
	struct order *order = arg;
	struct client *client = order->client;

	list_remove(&order->link);
	if (!client) {
		talloc_free(order);
		return;
	}

	client->in_flight -= order->req.len;
	answer(order, io->status == BLK_OK ? 0 : NBD_EIO);
}

static const enum blk_op ops[] = {
	[NBD_READ] = BLK_READ,
	[NBD_WRITE] = BLK_WRITE,
	[NBD_FLUSH] = BLK_FLUSH,
	[NBD_TRIM] = BLK_DISCARD,
};

/* 0, or how to refuse it. */
static uint32_t check(const struct client *client,
		      const struct nbd_request *req)
{
	uint64_t size = export_size(client->nbd);
	bool changes = req->type == NBD_WRITE || req->type == NBD_TRIM;

	if (req->type >= ARRAY_SIZE(ops) || req->type == NBD_DISCONNECT)
		return NBD_EINVAL;
	if (req->flags || req->offset % BLK_SECTOR_SIZE ||
	    req->len % BLK_SECTOR_SIZE)
		return NBD_EINVAL;
	if (req->offset > size || req->len > size - req->offset)
		return NBD_EINVAL;
	if (changes && front_info(client->nbd->front)->read_only)
		return NBD_EPERM;

	return !req->len != (req->type == NBD_FLUSH) ? NBD_EINVAL : 0;
}

static void begin(struct client *client, struct order *order)
{
	uint32_t error = check(client, &order->req);

	if (error) {
		answer(order, error);
		return;
	}

	order->io = (struct front_io){
		.op = ops[order->req.type],
		.sector = order->req.offset / BLK_SECTOR_SIZE,
		.n_sectors = order->req.len / BLK_SECTOR_SIZE,
		.data = order->data,
		.done = done,
		.arg = order,
	};
	list_add(&client->orders, &order->link);
	client->in_flight += order->req.len;
	front_submit(client->nbd->front, &order->io);
}

static int leave_lists(struct order *order)
{
	list_remove(&order->link);
	list_remove(&order->reply.link);
	return 0;
}

/* An order outlives its client: the driver has it. */
static struct order *new_order(struct client *client,
			       const struct nbd_request *req)
{
	struct order *order = talloc_zero(client->nbd, struct order);
	bool has_data = req->type == NBD_READ || req->type == NBD_WRITE;

	if (!order)
		return NULL;

	list_init(&order->link);
	list_init(&order->reply.link);
	talloc_set_destructor(order, leave_lists);
	order->client = client;
	order->req = *req;
	order->data = has_data ? talloc_size(order, req->len) : NULL;
	if (has_data && !order->data) {
		talloc_free(order);
		return NULL;
	}
	return order;
}

static int request_came(struct client *client)
{
	struct nbd_request req;
	struct order *order;

	expect(client, REQUEST, client->head, NBD_REQUEST_SIZE);
	if (nbd_decode_request(client->head, &req) < 0)
		return -EPROTO;
	if (req.type == NBD_DISCONNECT)
		return -ESHUTDOWN;
	if (req.len > LEN_MAX && req.type != NBD_TRIM)
		return -EPROTO;

	order = new_order(client, &req);
	if (!order)
		return -ENOMEM;
	if (req.type != NBD_WRITE) {
		begin(client, order);
		return 0;
	}

	client->order = order;
	expect(client, PAYLOAD, order->data, req.len);
	return 0;
}

static int payload_came(struct client *client)
{
	struct order *order = take_ptr(client->order);

	expect(client, REQUEST, client->head, NBD_REQUEST_SIZE);
	begin(client, order);
	return 0;
}

static int (*const came[])(struct client *client) = {
	[FLAGS] = flags_came,
	[OPTION] = option_came,
	[OPTION_DATA] = option_data_came,
	[REQUEST] = request_came,
	[PAYLOAD] = payload_came,
};

/* A message that is complete is acted on; -EAGAIN if there is no more. */
static int receive(struct client *client)
{
	ssize_t n = 1;

	if (client->have < client->want)
		n = recv(client->fd, client->in + client->have,
			 client->want - client->have, MSG_DONTWAIT);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ESHUTDOWN;

	if (client->have < client->want)
		client->have += n;
	return client->have == client->want ? came[client->step](client) : 0;
}

static void ready(void *arg, unsigned int events)
{
	struct client *client = arg;
	int r = 0;

	for (int i = 0; i < MESSAGES_AT_ONCE && r == 0 && may_ask(client); i++)
		r = receive(client);
	front_kick(client->nbd->front);

	if (r < 0 && r != -EAGAIN) {
		if (r != -ESHUTDOWN)
			log_info(client->nbd->log, "a client is cut off: %s",
				 strerror(-r));
		talloc_free(client);
		return;
	}
	loop_task_queue(client->send);
}

/* Clients */

static int free_client(struct client *client)
{
	struct reply *reply, *next;
	struct order *order;

	list_for_each(&client->orders, order, link) {
		order->client = NULL;
	}
	list_remove(&client->orders);
	list_for_each_safe(&client->replies, reply, next, link) {
		list_remove(&reply->link);
		talloc_free(reply->owner);
	}
	talloc_free(client->order);
	TALLOC_FREE(client->lfd);
	close(client->fd);
	return 0;
}

static int greet(struct client *client)
{
	struct reply *reply = talloc_zero(client, struct reply);

	if (!reply)
		return -ENOMEM;

	nbd_encode_hello(reply->head);
	reply->head_len = NBD_HELLO_SIZE;
	queue_reply(client, reply, reply);
	expect(client, FLAGS, client->head, NBD_FLAGS_SIZE);
	return 0;
}

int nbd_adopt(struct nbd *nbd, int fd)
{
	CLEANUP(cleanup_talloc)
	struct client *client = talloc_zero(nbd, struct client);
	int r;

	if (!client) {
		close(fd);
		return -ENOMEM;
	}

	client->nbd = nbd;
	client->fd = fd;
	list_init(&client->replies);
	list_init(&client->orders);
	talloc_set_destructor(client, free_client);
	client->send = loop_task_new(client, nbd->loop, send_replies, client);
	if (!client->send)
		return -ENOMEM;
	client->interests = LOOP_READ;
	r = loop_fd_new(client, nbd->loop, fd, LOOP_READ, ready, client,
			&client->lfd);
	if (r < 0)
		return r;
	r = greet(client);
	if (r < 0)
		return r;

	take_ptr(client);
	return 0;
}

static void knocked(void *arg, unsigned int events)
{
	struct nbd *nbd = arg;
	int fd = accept4(nbd->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		nbd_adopt(nbd, fd);
}

static int listen_on(const char *path)
{
	CLEANUP(cleanup_fd)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;

	strcpy(addr.sun_path, path);
	unlink(path);
	if (bind(fd, (const void *)&addr, sizeof(addr)) < 0 ||
	    listen(fd, 16) < 0)
		return -errno;

	return take_fd(fd);
}

static int close_socket(struct nbd *nbd)
{
	close(nbd->fd);
	return 0;
}

int nbd_new(void *mem, struct loop *loop, struct log *log, struct front *front,
	    const char *path, struct nbd **result)
{
	CLEANUP(cleanup_talloc) struct nbd *nbd = talloc_zero(mem, struct nbd);
	int r;

	if (!nbd)
		return -ENOMEM;

	nbd->loop = loop;
	nbd->log = log;
	nbd->front = front;
	nbd->fd = listen_on(path);
	if (nbd->fd < 0)
		return nbd->fd;

	talloc_set_destructor(nbd, close_socket);
	r = loop_fd_new(nbd, loop, nbd->fd, LOOP_READ, knocked, nbd, NULL);
	if (r < 0)
		return r;

	*result = take_ptr(nbd);
	return 0;
}
