/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * store-world - a xenstored in a simulated machine, and raw clients of it.
 *
 * A client writes messages byte by byte, as nobody should, and sees what comes
 * back.  In payloads, sent or shown, a "|" stands for a NUL.
 *
 *     struct raw *a = raw_socket(w);
 *
 *     CHECK_STR(ask(a, XS_WRITE, 0, "/x|1"), "OK|");
 *     CHECK_STR(ask(a, XS_READ, 0, "/x|"), "1");
 *     CHECK_STR(ask(a, XS_READ, 0, "/y|"), "!ENOENT|");
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/xen.h"
#include "protocols/xs.h"

struct hv;
struct loop;
struct raw;
struct server;
struct server_options;
struct test;
struct world;

struct store_world {
	struct loop *loop;
	struct world *world;
	struct hv *hv; /* domain 0's */
	struct server *server;
	char last_log[1024];
	unsigned int n_logged;
};

struct store_world *store_world_new(struct test *t);
struct store_world *store_world_with(struct test *t,
				     const struct server_options *options);

/* A machine on which no xenstored runs yet, and the start of one. */
struct store_world *store_world_empty(struct test *t);
void store_world_serve(struct store_world *w,
		       const struct server_options *options);

/* Clients: of domain 0 on a socket; a new domain on its ring, introduced or
 * not yet; domain 0 on its kernel's ring. */
struct raw *raw_socket(struct store_world *w);
struct raw *raw_guest(struct store_world *w, domid_t domid);
struct raw *raw_domain(struct store_world *w, domid_t domid);
struct raw *raw_kernel(struct store_world *w);

/* A guest that may do what it likes below its home. */
struct raw *guest_at_home(struct store_world *w, domid_t domid);

/* End a socket client. */
void raw_hang_up(struct raw *raw);

/* Whether the server closed the socket. */
bool raw_is_cut_off(struct raw *raw);

/* A guest's ring page. */
struct xs_page *raw_page(struct raw *raw);

/* A guest's kernel begins anew with its page as it is, and knows nothing of
 * what was before. */
void raw_restart(struct raw *raw);

/* Let a client take nothing of what it is sent, until it does again. */
void raw_stall(struct raw *raw, bool stalls);

/* Bytes that a guest's domain is owed and that are not in its ring yet. */
size_t raw_queued(const struct raw *raw);

/* Send any bytes; a whole message; a guest's kick without any. */
void raw_bytes(struct raw *raw, const void *bytes, size_t len);
void raw_send(struct raw *raw, uint32_t type, uint32_t txn,
	      const char *payload);
void raw_kick(struct raw *raw);

/* Send a message and let everything settle: the payload of its reply, with a
 * "!" before it if it is an error; NULL if there is none. */
const char *ask(struct raw *raw, uint32_t type, uint32_t txn,
		const char *payload);

/* The next reply, or the next event ("path|token|"); NULL if there is none. */
const char *raw_reply(struct raw *raw);
const char *raw_event(struct raw *raw);

/* Free all that was given until now. */
void raw_tidy(struct raw *raw);

/* The header of the reply or event that was given last. */
const struct xs_header *raw_header(const struct raw *raw);

/* All events that came, with a blank between two; "" if there are none. */
const char *events(struct raw *raw);

/* The same of all that came, replies and events ("<path|token|"), in order. */
const char *everything(struct raw *raw);

/* XS_INTRODUCE and XS_RELEASE by domain 0. */
const char *introduce(struct raw *a, struct store_world *w, domid_t domid);
const char *release(struct raw *a, domid_t domid);

/* A transaction's id; its end. */
uint32_t start(struct raw *raw);
const char *commit(struct raw *raw, uint32_t txn);

/* What CONTROL check says. */
const char *check(struct raw *raw);
