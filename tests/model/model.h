/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * model - what a xenstored should answer, and whom it should tell what.
 *
 * A transaction is a copy of the tree and a list of what was asked.  When it
 * is committed on a tree that changed meanwhile, all of that is asked again,
 * one after the other, on a copy of the tree of then.
 *
 * The caller says what happens (a request of a client, the death of a domain)
 * and gets the reply; the events that come with it are in model->events.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/xs.h"
#include "tests/model/tree.h"

#define N_CLIENTS  5
#define GIVEN_SIZE 40 /* of a path in a client's words */
#define N_DOMAINS  8  /* 0 to 7 */
#define TOKEN_SIZE 8
#define OPS_MAX    64

/* What guests may have. */
enum {
	NODES_MAX = 14,
	WATCHES_MAX = 6,
	TXNS_MAX = 3,
	TXN_NODES_MAX = 12,
	ENTRIES_MAX = 3,
	BYTES_MAX = 6,
};

/* A request, with its arguments taken apart. */
struct m_request {
	uint32_t type;
	uint32_t txn;
	char given[GIVEN_SIZE]; /* the path in the client's words */
	char path[PATH_SIZE];   /* the whole path */
	char value[VALUE_SIZE];
	struct m_perms perms;
	char token[TOKEN_SIZE];
	int depth; /* of a watch, -1: any */
};

struct m_op {
	struct m_request request;
	char *reply;
};

/* A path that a transaction had to do with. */
struct m_touch {
	char path[PATH_SIZE];
	bool removed, changed;
};

struct m_txn {
	uint32_t id; /* 0: there is none */
	struct m_tree *base, *tree;
	uint64_t started; /* model->n_changes at the start */
	uint16_t target;
	struct m_op op[OPS_MAX];
	size_t n_ops;
	struct m_touch touch[OPS_MAX];
	size_t n_touched;
	bool failed, wrote;
};

struct m_watch {
	struct m_watch *next;
	char given[GIVEN_SIZE];
	char path[PATH_SIZE];
	char token[TOKEN_SIZE];
	int depth;
};

struct m_client {
	uint16_t domid;
	struct m_watch *watches;
	struct m_txn txn[TXNS_MAX + 1];
};

struct m_domain {
	bool alive; /* in the hypervisor's eyes */
	bool known; /* to the daemon, which it is once it was mentioned */
	bool introduced;
	bool stopped, stop_told;
	uint16_t target;
};

/* An event, and which others must come before it: those of lower rank. */
struct m_event {
	unsigned int client;
	unsigned int rank;
	char text[PATH_SIZE + TOKEN_SIZE];
};

struct model {
	struct m_tree *tree;
	uint64_t n_changes; /* of the tree */
	struct m_client client[N_CLIENTS];
	struct m_domain domain[N_DOMAINS];
	struct m_event *events; /* of the last thing that happened */
	size_t n_events;
	unsigned int rank;
	bool in_any_order;
};

/* Clients 0 and 1 are domain 0's, the others are those of domains 1 to 3,
 * which do not exist yet. */
struct model *model_new(void *mem);

/* What the reply to a request is, a child of @mem.  The reply to a
 * TRANSACTION_START is @new_txn, which is what the daemon chose. */
char *model_ask(void *mem, struct model *model, unsigned int client,
		const struct m_request *request, uint32_t new_txn);

/* A client's connection ends or starts afresh. */
void model_reset(struct model *model, unsigned int client);

/* What happens to domains. */
void model_create(struct model *model, uint16_t domid);
int model_introduce(struct model *model, uint16_t domid);
int model_release(struct model *model, uint16_t domid);
int model_resume(struct model *model, uint16_t domid);
int model_set_target(struct model *model, uint16_t domid, uint16_t target);
void model_stop(struct model *model, uint16_t domid);
void model_destroy(struct model *model, uint16_t domid);

/* Begin to collect the events of the next thing that happens. */
void model_next(struct model *model);
