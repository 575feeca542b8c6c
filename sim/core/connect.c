/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/core/core.h"
#include "sim/xensim.h"

static const pthread_mutex_t unlocked = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static struct {
	pthread_mutex_t lock;
	int fd;
	uint64_t boot;
	uint16_t domid;
	struct sim_tables *tables;
	struct sim_memory memory;
	bool has_complained;
} core = {
	.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
	.fd = -1,
	.memory.fd = -1,
};

static _Thread_local uint16_t acting_for = SIM_DOMID_SELF;

void sim_lock(void)
{
	pthread_mutex_lock(&core.lock);
}

void sim_unlock(void)
{
	pthread_mutex_unlock(&core.lock);
}

/* The connection stays the parent's; the memory is everybody's. */
static void in_child(void)
{
	if (core.fd >= 0)
		close(core.fd);
	core.fd = -1;
	core.lock = unlocked; /* whose holder was a thread of the parent */
}

__attribute__((constructor)) static void loaded(void)
{
	const char *domid = getenv("XENSIM_DOMID");

	core.domid = domid ? (uint16_t)strtoul(domid, NULL, 10) : 0;
	pthread_atfork(sim_lock, sim_unlock, in_child);
}

static void complain(const char *dir)
{
	if (core.has_complained)
		return;

	core.has_complained = true;
	fprintf(stderr, "xensim: %s: %s\n", dir ?: "XENSIM_DIR is not set",
		dir ? strerror(errno) : "no hypervisor");
}

static int open_socket(void)
{
	const char *dir = getenv("XENSIM_DIR");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	errno = ENOENT;
	if (!dir) {
		complain(dir);
		return -ENOENT;
	}
	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", dir,
		     SIM_SOCKET) >= (int)sizeof(at.sun_path))
		return -ENAMETOOLONG;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		complain(dir);
		close(fd);
		return -errno;
	}

	core.fd = fd;
	return 0;
}

static void disconnect(void)
{
	close(core.fd);
	core.fd = -1;
}

static int send_request(const struct sim_msg *msg,
			const struct sim_extra *extra)
{
	struct iovec iov[] = {
		{ (void *)(uintptr_t)msg, sizeof(*msg) },
		{ extra ? extra->item : NULL, msg->n * sizeof(uint32_t) },
	};
	struct msghdr header = { .msg_iov = iov, .msg_iovlen = 2 };

	return sendmsg(core.fd, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Take the descriptors that came, if they are as many as were expected. */
static int take_fds(struct msghdr *header, int *result, uint32_t n_wanted)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(header);
	int fd[SIM_FDS_MAX];
	uint32_t n = 0;

	if (control && control->cmsg_type == SCM_RIGHTS) {
		n = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fd, CMSG_DATA(control), n * sizeof(int));
	}
	if (n == n_wanted) {
		if (n)
			memcpy(result, fd, n * sizeof(int));
		return 0;
	}

	while (n > 0)
		close(fd[--n]);
	return -EPROTO;
}

static ssize_t receive(struct msghdr *header)
{
	ssize_t len;

	do
		len = recvmsg(core.fd, header, MSG_CMSG_CLOEXEC);
	while (len < 0 && errno == EINTR);
	return len;
}

static int receive_reply(struct sim_msg *msg, struct sim_extra *extra)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(SIM_FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov[] = {
		{ msg, sizeof(*msg) },
		{ extra ? extra->item : NULL,
		  extra ? extra->room * sizeof(uint32_t) : 0 },
	};
	struct msghdr header = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = receive(&header);

	if (len < (ssize_t)sizeof(*msg))
		return len < 0 ? -errno : -ECONNRESET;
	if (msg->result < 0 || !extra)
		return take_fds(&header, NULL, 0);

	extra->n = (uint32_t)((size_t)len - sizeof(*msg)) / sizeof(uint32_t);
	return take_fds(&header, extra->fd, extra->n_fds);
}

/* One request and its reply.  Without a reply nobody knows whether it was
 * done; the next request gets a new connection. */
static int exchange(struct sim_msg *msg, struct sim_extra *extra)
{
	int r;

	r = send_request(msg, extra);
	if (r == 0)
		r = receive_reply(msg, extra);
	if (r < 0) {
		disconnect();
		return r;
	}

	return msg->result;
}

static int map_tables(int fd)
{
	void *at = mmap(NULL, sizeof(struct sim_tables), PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;

	core.tables = at;
	return 0;
}

/* The first connection brings the shared memory; the others must be to the
 * same hypervisor. */
static int introduce(void)
{
	struct sim_msg msg = {
		.op = SIM_HELLO,
		.domid = SIM_DOMID_SELF,
		.arg = { SIM_ABI, core.domid },
	};
	int fd[2];
	struct sim_extra extra = { .fd = fd, .n_fds = 2 };
	int r;

	r = exchange(&msg, &extra);
	if (r < 0)
		return r;
	if (core.tables) {
		close(fd[0]);
		close(fd[1]);
		return msg.arg[0] == core.boot ? 0 : -ESTALE;
	}

	core.boot = msg.arg[0];
	core.memory.fd = fd[0];
	r = map_tables(fd[1]);
	close(fd[1]);
	return r;
}

static int ensure_connection(void)
{
	int r;

	if (core.fd >= 0)
		return 0;
	r = open_socket();
	if (r < 0)
		return r;

	r = introduce();
	if (r < 0 && core.fd >= 0)
		disconnect();
	return r;
}

int sim_call(struct sim_msg *msg, struct sim_extra *extra)
{
	int r;

	msg->domid = acting_for;
	msg->n = extra ? extra->n : 0;
	sim_lock();
	r = ensure_connection();
	if (r == 0)
		r = exchange(msg, extra);
	sim_unlock();

	return r;
}

int sim_connection(void)
{
	return core.fd;
}

static bool is_connected(void)
{
	int r;

	if (core.tables)
		return true;

	sim_lock();
	r = ensure_connection();
	sim_unlock();
	return r == 0;
}

struct sim_tables *sim_tables(void)
{
	return is_connected() ? core.tables : NULL;
}

struct sim_memory *sim_memory(void)
{
	return is_connected() ? &core.memory : NULL;
}

uint16_t sim_domid(void)
{
	return acting_for == SIM_DOMID_SELF ? core.domid : acting_for;
}

uint16_t xensim_act_for(uint16_t domid)
{
	uint16_t before = sim_domid();

	acting_for = domid;
	return before;
}

int sim_result(int r)
{
	if (r >= 0)
		return r;

	errno = -r;
	return -1;
}
