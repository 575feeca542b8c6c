/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * xs - talk to a xenstored without waiting for it.
 *
 * Everything that is asked for is a talloc child of @mem and answered by one
 * call of @fn from the loop, unless it was freed before.  Requests of one turn
 * of the loop travel together.  A request that cannot even be sent returns
 * -errno (-ENOTCONN, -ENOMEM, -E2BIG for what no message can hold), and @fn is
 * not called; an answer's @error is 0 or -errno.
 *
 *     static void got(void *arg, int error, const char *data, size_t len) ...
 *
 *     r = xs_open(mem, loop, NULL, lost, arg, &xs);
 *     r = xs_read(mem, xs, NULL, "/local/domain/7/name", got, arg);
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "protocols/xs.h"

struct xs_client; /* a connection */
struct xs_txn;    /* a transaction; NULL stands for none */
struct xs_watch;

/* The connection is of no more use: nothing can be sent, what was not answered
 * yet has been, with -ECONNRESET, and watches are silent.  @error is
 * -ECONNRESET if the daemon went away and -EPROTO if it does not make sense.
 * Called once; may free the client.  Freeing it is always silent. */
typedef void xs_lost_fn(void *arg, int error);

/* Connect to a socket, or to a kernel's device: at @path or, if that is NULL,
 * at $XENSTORED_PATH, else at socket in $XENSTORED_RUNDIR or /run/xenstored,
 * else at /dev/xen/xenbus. */
int xs_open(void *mem, struct loop *loop, const char *path, xs_lost_fn *lost,
	    void *arg, struct xs_client **client);

/* The same with a descriptor, which is the client's from now on. */
int xs_open_fd(void *mem, struct loop *loop, int fd, xs_lost_fn *lost,
	       void *arg, struct xs_client **client);

/* Talk through the ring page of a domain.  The client calls @notify, with @arg
 * too, to notify xenstored, and is told of its events by xs_ring_event(). */
int xs_open_ring(void *mem, struct loop *loop, struct xs_page *page,
		 loop_fn *notify, xs_lost_fn *lost, void *arg,
		 struct xs_client **client);
void xs_ring_event(struct xs_client *client);

/* Requests.  @data is followed by a NUL that does not count and is valid until
 * @fn returns.  Without @fn nobody is told, but a transaction fails. */
typedef void xs_reply_fn(void *arg, int error, const char *data, size_t len);

int xs_read(void *mem, struct xs_client *client, struct xs_txn *txn,
	    const char *path, xs_reply_fn *fn, void *arg);
int xs_write(void *mem, struct xs_client *client, struct xs_txn *txn,
	     const char *path, const char *value, xs_reply_fn *fn, void *arg);
int xs_mkdir(void *mem, struct xs_client *client, struct xs_txn *txn,
	     const char *path, xs_reply_fn *fn, void *arg);
int xs_rm(void *mem, struct xs_client *client, struct xs_txn *txn,
	  const char *path, xs_reply_fn *fn, void *arg);
int xs_request(void *mem, struct xs_client *client, struct xs_txn *txn,
	       enum xs_type type, const void *payload, size_t len,
	       xs_reply_fn *fn, void *arg);

/* The names of a node's children, however many; valid until @fn returns. */
typedef void xs_list_fn(void *arg, int error, const char *const *names,
			size_t n);
int xs_list(void *mem, struct xs_client *client, struct xs_txn *txn,
	    const char *path, xs_list_fn *fn, void *arg);

/* A node and all below it.  Paths are relative to it ("" is itself), sorted.
 * The tree is a child of @mem and belongs to who is called.  -E2BIG if there
 * are more than @n_max nodes. */
struct xs_node {
	const char *path;
	const char *value; /* NUL-terminated; may contain others */
	size_t len;
};
struct xs_tree {
	struct xs_node *nodes;
	size_t n;
};
typedef void xs_tree_fn(void *arg, int error, struct xs_tree *tree);
int xs_read_tree(void *mem, struct xs_client *client, struct xs_txn *txn,
		 const char *path, size_t n_max, xs_tree_fn *fn, void *arg);
const struct xs_node *xs_tree_find(const struct xs_tree *tree,
				   const char *path);

/* @fn is called with the path of each event, the first of which comes by
 * itself.  A watch that cannot be set is one call with an error. */
typedef void xs_watch_fn(void *arg, int error, const char *path);
int xs_watch(void *mem, struct xs_client *client, const char *path,
	     xs_watch_fn *fn, void *arg, struct xs_watch **watch);

/* Transactions.  @body asks for something in @txn, as may the callbacks of
 * that; when all of it is answered the transaction is committed, and @done
 * called.  When somebody else was faster @body runs again, a few times, then
 * the error is -EAGAIN.  A negative result of @body, xs_fail() and an error of
 * a request without callback make an end of it. */
typedef int xs_body_fn(void *arg, struct xs_txn *txn);
typedef void xs_done_fn(void *arg, int error);
int xs_transact(void *mem, struct xs_client *client, xs_body_fn *body,
		xs_done_fn *done, void *arg);
void xs_fail(struct xs_txn *txn, int error);

/* Write several keys, or remove those without value: all at once if others
 * let us, but in any case. */
struct xs_change {
	const char *path;
	const char *value;
};
int xs_publish(void *mem, struct xs_client *client,
	       const struct xs_change *changes, size_t n, xs_done_fn *done,
	       void *arg);
