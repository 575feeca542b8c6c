/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * libpv - all that Xen PV backends have in common.
 *
 * A backend fills in a struct pv_backend and gives it to pv_main(), which
 * finds devices in xenstore, walks them through the xenbus states, maps rings,
 * binds event channels, recovers from crashes, logs and counts.  The backend
 * only answers requests.
 *
 * A device has two sides.  The manager knows xenstore and the host: it reads
 * what the toolstack and the guest say, opens what is to be served, and never
 * sees a byte of a ring.  A session is one time that the device is served: it
 * sees rings, and has no rights.  All that crosses is a struct without
 * pointers (the setup), descriptors, and rings.
 *
 *     created by the toolstack        probe       manager
 *     the guest's driver is ready     connect     manager
 *                                     start       session
 *     the guest sends requests        request     session, many times
 *       these were all for now        batch       session
 *     the driver is done, or gone     stop        session, when all is answered
 *
 * Callbacks run one at a time, on the event loop, and never wait.  An error
 * closes this one device, and the log and xenstore say why.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/loop.h"
#include "hv/hv.h"
#include "protocols/ring.h"

struct pv_device;  /* one device of one guest */
struct pv_session; /* one time that it is served; a talloc context */
struct pv_request; /* one request, until it is answered */

struct pv_backend {
	const char *name; /* of the program and its man page: pv-blk */
	const char *const *classes; /* of its devices in xenstore, then NULL */
	size_t setup_size;          /* of what connect tells start */
	size_t session_size;        /* of its own data for a session */
	size_t request_size;        /* of its own data for a request */

	/* Publish what we can do. */
	int (*probe)(struct pv_device *dev);

	/* Open, fill in @setup, name the rings, publish what the device is.
	 * -EAGAIN if a key is still to come: then it is called again. */
	int (*connect)(struct pv_device *dev, void *setup);

	/* Those that are NULL have nothing to do. */
	int (*start)(struct pv_session *session);
	void (*request)(struct pv_request *req, const void *request);
	void (*batch)(struct pv_session *session);
	void (*stop)(struct pv_session *session);
};

int pv_main(int argc, char **argv, const struct pv_backend *backend);

/*
 * The manager's side.  Keys are those in the device's directory, of the
 * toolstack and ours, or in the guest's; values are valid until the callback
 * returns, and NULL or -ENOENT if there is no such key.  Numbers are decimal;
 * what is none is -EINVAL.
 */
domid_t pv_guest(const struct pv_device *dev);
struct log *pv_log(struct pv_device *dev);
const char *pv_config(struct pv_device *dev, const char *key);
int pv_config_u64(struct pv_device *dev, const char *key, uint64_t *value);
const char *pv_guest_key(struct pv_device *dev, const char *key);
int pv_guest_u32(struct pv_device *dev, const char *key, uint32_t *value);

/* Write a key of ours, together with all others of this callback. */
int pv_publish(struct pv_device *dev, const char *key, const char *fmt, ...)
	PRINTF(3, 4);

/* A descriptor for the session, which closes it. */
int pv_give_fd(struct pv_device *dev, int fd);

/* A ring of requests that the guest names in its keys "ring-ref" or
 * "ring-ref0"..., and "event-channel", of at most 1 << @max_order pages.
 * @path is "", or "queue-1/" for "queue-1/ring-ref" and so on. */
int pv_ring(struct pv_device *dev, const char *path,
	    const struct ring_protocol *protocol, unsigned int max_order);

/* Say why a callback fails: "return pv_fail(dev, -EINVAL, ...)"; the second
 * if it is the guest's fault. */
int pv_fail(struct pv_device *dev, int error, const char *fmt, ...)
	PRINTF(3, 4);
int pv_refuse(struct pv_device *dev, int error, const char *fmt, ...)
	PRINTF(3, 4);

/*
 * The session's side.
 */
const void *pv_setup(const struct pv_session *session);
void *pv_data(struct pv_session *session); /* session_size bytes, zeroed */
int pv_fd(const struct pv_session *session, unsigned int index);
struct loop *pv_loop(const struct pv_session *session);
struct log *pv_session_log(const struct pv_session *session);

/* How many requests there can be at once. */
unsigned int pv_n_requests(const struct pv_session *session);

/* Zeroed pages that pv_copy() can reach, as a child of the session. */
void *pv_memory(struct pv_session *session, size_t len);

/* Copy between such pages and the guest's: see hv_copy(). */
int pv_copy(struct pv_session *session, struct hv_copy *copies, size_t n);

/* Requests.  Each is answered exactly once, in any order, now or later; what
 * request() was given stays valid until then.  Those that the protocol cannot
 * decode never get here. */
struct pv_session *pv_session_of(const struct pv_request *req);
void *pv_request_data(struct pv_request *req); /* request_size bytes */
unsigned int pv_request_number(const struct pv_request *req); /* < n_requests */
void pv_answer(struct pv_request *req, const void *response);
