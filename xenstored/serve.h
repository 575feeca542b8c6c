/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * serve - the handlers of requests, one for each type of message.
 *
 * request.c has done what is common to them.  A handler takes its arguments,
 * asks one module, and replies; what it returns below 0 is the reply.
 */

#include "base/span.h"
#include "xenstored/conn.h"
#include "xenstored/domain.h"
#include "xenstored/path.h"
#include "xenstored/server.h"

struct txn;

struct request {
	struct conn *conn;
	const struct xs_header *header;
	struct txn *txn;   /* NULL outside of transactions */
	struct span args;  /* what is left of the payload */
	size_t n_strings;  /* that end in a NUL, of the whole payload */
	struct path *path; /* the first argument, if it is one */
};

/* Replies: always 0, or what went wrong. */
int reply(struct request *req, const void *payload, size_t len);
int reply_ok(struct request *req);
int reply_text(struct request *req, const char *text);
int reply_number(struct request *req, uint32_t number);

/* @r if that is an error, else the reply "OK". */
int reply_ok_or(struct request *req, int r);

/* Arguments: 0, or -EINVAL; take_domain() also -ENOENT. */
int take_domid(struct request *req, domid_t *domid);
int take_domain(struct request *req, struct domain **domain);
int take_number(struct request *req, uint32_t *number);

int serve_read(struct request *req);
int serve_directory(struct request *req);
int serve_directory_part(struct request *req);
int serve_get_perms(struct request *req);
int serve_write(struct request *req);
int serve_mkdir(struct request *req);
int serve_rm(struct request *req);
int serve_set_perms(struct request *req);

int serve_watch(struct request *req);
int serve_unwatch(struct request *req);
int serve_reset_watches(struct request *req);
int serve_transaction_start(struct request *req);
int serve_transaction_end(struct request *req);

int serve_introduce(struct request *req);
int serve_release(struct request *req);
int serve_resume(struct request *req);
int serve_set_target(struct request *req);
int serve_get_domain_path(struct request *req);
int serve_is_domain_introduced(struct request *req);
int serve_get_feature(struct request *req);
int serve_set_feature(struct request *req);

int serve_get_quota(struct request *req);
int serve_set_quota(struct request *req);
int serve_control(struct request *req);
