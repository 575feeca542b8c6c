/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * inside - what the files of the model share.
 */

#include "tests/model/model.h"

struct m_who model_who(const struct model *model, unsigned int client);

/* The error on the wire: "!ENOENT|". */
char *model_error(void *mem, int error);

/* What a request that looks at or changes a tree is answered. */
char *model_do(void *mem, struct m_tree *tree, const struct m_who *who,
	       const struct m_request *request, int *r, bool *changed);
bool model_is_change(uint32_t type);

/* The daemon hears of a domain that is alive. */
void model_mention(struct model *model, uint16_t domid);

/* A node that changed, in the tree before and the one after.  If it was
 * @removed, what was below it went as well. */
void model_fire(struct model *model, const char *path,
		const struct m_tree *before, const struct m_tree *after,
		bool removed);
void model_fire_special(struct model *model, const char *name, bool everybody,
			int domid);
void model_tell(struct model *model, unsigned int client, unsigned int rank,
		const char *path, const char *token);

/* Transactions. */
struct m_txn *txn_by_id(struct model *model, unsigned int client, uint32_t id);
int txn_begin(struct model *model, unsigned int client, uint32_t id);
char *txn_ask(void *mem, struct model *model, unsigned int client,
	      struct m_txn *txn, const struct m_request *request);
int txn_end(struct model *model, unsigned int client, struct m_txn *txn,
	    bool commit);
void txn_drop(struct m_txn *txn);
void txn_forget(struct m_txn *txn, uint16_t domid);
