/* SPDX-License-Identifier: MIT */

#include "sim/kernel/program.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A program that leaves so much unread is not going to read it. */
#define OUTGOING_MAX (4 << 20)

/* Bytes read for each time that the loop says there are some. */
#define BUDGET 8192

void program_hang_up(struct program *program)
{
	program->is_lost = true;
	loop_task_queue(program->flush);
}

static void want(struct program *program)
{
	unsigned int read = program->is_waiting ? 0 : LOOP_READ;
	unsigned int write = buffer_len(&program->outgoing) ? LOOP_WRITE : 0;

	loop_fd_want(program->ready, read | write);
}

static void flush(void *arg)
{
	struct program *program = arg;
	ssize_t n = 0;

	if (!program->is_lost)
		n = send(program->fd, buffer_at(&program->outgoing),
			 buffer_len(&program->outgoing), MSG_NOSIGNAL);
	if (program->is_lost || (n < 0 && errno != EAGAIN)) {
		talloc_free(program);
		return;
	}

	if (n > 0)
		buffer_take(&program->outgoing, (size_t)n);
	want(program);
}

static void message_for_program(void *arg, const struct xs_header *header,
				const void *payload)
{
	struct program *program = arg;
	struct buffer *out = &program->outgoing;

	if (buffer_len(out) > OUTGOING_MAX ||
	    buffer_put(program, out, header, sizeof(*header)) < 0 ||
	    buffer_put(program, out, payload, header->len) < 0)
		program->is_lost = true;

	loop_task_queue(program->flush);
}

/* Pass on what is complete.  0 or -EPROTO. */
static int feed(struct program *program, const uint8_t *bytes, size_t len)
{
	struct message *message = &program->incoming;

	while (len > 0) {
		int wants = message_wants(message);
		size_t n =
			wants > 0 && (size_t)wants < len ? (size_t)wants : len;

		if (wants < 0)
			return wants;
		memcpy(message_room(message), bytes, n);
		message_got(message, n);
		bytes += n;
		len -= n;
		if (message_wants(message) == 0) {
			xenbus_ask(program->user, message);
			message->have = 0;
		}
	}

	return message_wants(message) < 0 ? -EPROTO : 0;
}

static void readable(struct program *program)
{
	uint8_t bytes[BUDGET];
	ssize_t n = recv(program->fd, bytes, sizeof(bytes), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || feed(program, bytes, (size_t)n) < 0)
		program_hang_up(program);

	program->is_waiting = xenbus_is_busy(program->xenbus);
	want(program);
	program->asked(program->arg);
}

static void ready(void *arg, unsigned int events)
{
	struct program *program = arg;

	if (events & LOOP_WRITE)
		loop_task_queue(program->flush);
	if (events & LOOP_READ)
		readable(program);
}

void program_resume(struct program *program)
{
	if (!program->is_waiting)
		return;

	program->is_waiting = false;
	want(program);
}

static int leave(struct program *program)
{
	list_remove(&program->link);
	TALLOC_FREE(program->user);
	TALLOC_FREE(program->ready);
	close(program->fd);
	program->asked(program->arg);
	return 0;
}

int program_new(void *mem, struct loop *loop, struct xenbus *xenbus, int fd,
		loop_fn *asked, void *arg, struct program **result)
{
	CLEANUP(cleanup_talloc)
	struct program *program = talloc_zero(mem, struct program);
	int r;

	if (!program)
		return -ENOMEM;

	program->xenbus = xenbus;
	program->asked = asked;
	program->arg = arg;
	list_init(&program->link);
	program->flush = loop_task_new(program, loop, flush, program);
	program->user =
		xenbus_join(program, xenbus, message_for_program, program);
	if (!program->flush || !program->user)
		return -ENOMEM;
	r = loop_fd_new(program, loop, fd, LOOP_READ, ready, program,
			&program->ready);
	if (r < 0)
		return r;

	program->fd = fd;
	talloc_set_destructor(program, leave);
	*result = take_ptr(program);
	return 0;
}
