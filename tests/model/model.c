/* SPDX-License-Identifier: MIT */

#include "tests/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/model/inside.h"

struct model *model_new(void *mem)
{
	struct model *model = talloc_zero(mem, struct model);
	struct m_who us = { .privileged = true };
	bool changed;

	model->tree = m_tree_new(model);
	m_mkdir(model->tree, &us, "/tool/xenstored", &changed);
	model->domain[0] = (struct m_domain){ .alive = true,
					      .known = true,
					      .introduced = true };
	for (unsigned int i = 2; i < N_CLIENTS; i++)
		model->client[i].domid = i - 1;
	return model;
}

struct m_who model_who(const struct model *model, unsigned int client)
{
	uint16_t domid = model->client[client].domid;

	return (struct m_who){
		.domid = domid,
		.target = model->domain[domid].target,
		.privileged = domid == 0,
		.nodes_max = NODES_MAX - m_count_owned(model->tree, domid),
		.value_max = BYTES_MAX,
		.perms_max = ENTRIES_MAX,
	};
}

char *model_error(void *mem, int error)
{
	return talloc_asprintf(mem, "!%s|", xs_error_name(-error));
}

/* Events */

void model_next(struct model *model)
{
	TALLOC_FREE(model->events);
	model->n_events = 0;
	model->rank = 0;
}

void model_tell(struct model *model, unsigned int client, unsigned int rank,
		const char *path, const char *token)
{
	struct m_event *event;

	model->events = talloc_realloc(model, model->events, struct m_event,
				       model->n_events + 1);
	event = &model->events[model->n_events++];
	event->client = client;
	event->rank = model->in_any_order ? 0 : model->rank + rank;
	snprintf(event->text, sizeof(event->text), "%s|%s|", path, token);
}

static bool sees(const struct m_node *node, const struct m_who *who)
{
	return node && (m_may(&node->perms, who) & MAY_READ);
}

static bool sees_any(const char *path, const struct m_tree *before,
		     const struct m_tree *after, const struct m_tree *parents,
		     const struct m_who *who)
{
	return sees(m_node(before, path), who) ||
	       (after && sees(m_node(after, path), who)) ||
	       sees(m_above(parents, path), who);
}

/* In the client's words: it left out as much as when it set the watch. */
static void tell_watch(struct model *model, unsigned int client,
		       unsigned int rank, const struct m_watch *watch,
		       const char *path)
{
	size_t left_out = strlen(watch->path) - strlen(watch->given);

	model_tell(model, client, rank, path + left_out, watch->token);
}

static void fire_watch(struct model *model, unsigned int client,
		       const struct m_watch *watch, const char *path,
		       const struct m_tree *before, const struct m_tree *after,
		       bool removed)
{
	struct m_who who = model_who(model, client);
	int levels;

	if (m_is_within(path, watch->path, &levels)) {
		if ((watch->depth < 0 || levels <= watch->depth) &&
		    sees_any(path, before, after, after, &who))
			tell_watch(model, client, 1 + levels, watch, path);
	} else if (removed && m_is_below(watch->path, path) &&
		   m_node(before, watch->path) &&
		   sees_any(watch->path, before, NULL, before, &who)) {
		tell_watch(model, client, 0, watch, watch->path);
	}
}

void model_fire(struct model *model, const char *path,
		const struct m_tree *before, const struct m_tree *after,
		bool removed)
{
	for (unsigned int i = 0; i < N_CLIENTS; i++) {
		for (struct m_watch *watch = model->client[i].watches; watch;
		     watch = watch->next)
			fire_watch(model, i, watch, path, before, after,
				   removed);
	}
	if (!model->in_any_order)
		model->rank += 100;
}

static void fire_name(struct model *model, unsigned int client,
		      const struct m_watch *watch, const char *name,
		      const char *full, bool is_plain)
{
	bool wants_plain = watch->depth < 0;

	if (!is_plain && !strcmp(watch->path, full))
		tell_watch(model, client, 0, watch, full);
	else if (!strcmp(watch->path, name) && watch->depth != 0 &&
		 is_plain == wants_plain)
		tell_watch(model, client, 0, watch, full);
}

/* A special name: of one domain, or (-1) the plain one. */
void model_fire_special(struct model *model, const char *name, bool everybody,
			int domid)
{
	char full[PATH_SIZE];

	if (domid < 0)
		strcpy(full, name);
	else
		snprintf(full, sizeof(full), "%s/%d", name, domid);

	for (unsigned int i = 0; i < N_CLIENTS; i++) {
		if (!everybody && model_who(model, i).target != 0)
			continue; /* it is domain 0's, as nodes are at first */
		for (struct m_watch *watch = model->client[i].watches; watch;
		     watch = watch->next)
			fire_name(model, i, watch, name, full, domid < 0);
	}
}

/* Watches */

static struct m_watch **find_watch(struct m_client *client,
				   const struct m_request *request)
{
	struct m_watch **at = &client->watches;

	while (*at && (strcmp((*at)->path, request->path) ||
		       strcmp((*at)->token, request->token)))
		at = &(*at)->next;

	return at;
}

static unsigned int count_watches(const struct m_client *client)
{
	unsigned int n = 0;

	for (struct m_watch *watch = client->watches; watch;
	     watch = watch->next)
		n++;

	return n;
}

static int add_watch(struct model *model, unsigned int client,
		     const struct m_request *request)
{
	struct m_client *c = &model->client[client];
	struct m_watch *watch;

	if (*find_watch(c, request))
		return -EEXIST;
	if (c->domid && count_watches(c) == WATCHES_MAX)
		return -ENOSPC;

	watch = talloc_zero(model, struct m_watch);
	strcpy(watch->given, request->given);
	strcpy(watch->path, request->path);
	strcpy(watch->token, request->token);
	watch->depth = request->depth;
	*find_watch(c, request) = watch;
	model_tell(model, client, 0, watch->given, watch->token);
	return 0;
}

static int remove_watch(struct model *model, unsigned int client,
			const struct m_request *request)
{
	struct m_watch **at = find_watch(&model->client[client], request);
	struct m_watch *watch = *at;

	if (!watch)
		return -ENOENT;

	*at = watch->next;
	talloc_free(watch);
	return 0;
}

void model_reset(struct model *model, unsigned int client)
{
	struct m_client *c = &model->client[client];

	while (c->watches) {
		struct m_watch *watch = c->watches;

		c->watches = watch->next;
		talloc_free(watch);
	}
	for (unsigned int i = 0; i <= TXNS_MAX; i++)
		txn_drop(&c->txn[i]);
}

/* Requests */

bool model_is_change(uint32_t type)
{
	return type == XS_WRITE || type == XS_MKDIR || type == XS_RM ||
	       type == XS_SET_PERMS;
}

static int change(struct m_tree *tree, const struct m_who *who,
		  const struct m_request *request, bool *changed)
{
	switch (request->type) {
	case XS_WRITE:
		return m_write(tree, who, request->path, request->value,
			       changed);
	case XS_MKDIR:
		return m_mkdir(tree, who, request->path, changed);
	case XS_RM:
		return m_rm(tree, who, request->path, changed);
	default:
		return m_set_perms(tree, who, request->path, &request->perms,
				   changed);
	}
}

static char *look(void *mem, const struct m_tree *tree,
		  const struct m_request *request, const struct m_node *node)
{
	switch (request->type) {
	case XS_READ:
		return talloc_strndup(mem, node->value, node->len);
	case XS_GET_PERMS:
		return m_perms_text(mem, &node->perms);
	case XS_DIRECTORY:
		return m_list(mem, tree, request->path);
	default: /* a part, without its generation */
		return talloc_asprintf_append(m_list(mem, tree, request->path),
					      "|");
	}
}

char *model_do(void *mem, struct m_tree *tree, const struct m_who *who,
	       const struct m_request *request, int *r, bool *changed)
{
	const struct m_node *node;

	*changed = false;
	if (model_is_change(request->type))
		*r = change(tree, who, request, changed);
	else
		*r = m_get(tree, who, request->path, MAY_READ, &node);

	if (*r < 0)
		return model_error(mem, *r);
	if (model_is_change(request->type))
		return talloc_strdup(mem, "OK|");
	return look(mem, tree, request, node);
}

static char *ask_store(void *mem, struct model *model, unsigned int client,
		       const struct m_request *request)
{
	struct m_who who = model_who(model, client);
	struct m_tree *before = model_is_change(request->type)
					? m_tree_copy(model, model->tree)
					: NULL;
	bool changed;
	char *reply;
	int r;

	reply = model_do(mem, model->tree, &who, request, &r, &changed);
	if (changed) {
		model->n_changes++;
		model_fire(model, request->path, before, model->tree,
			   request->type == XS_RM);
	}
	talloc_free(before);
	return reply;
}

/* A list of permissions that names domains which are not there. */
static int check_perms(struct model *model, unsigned int client,
		       struct m_request *request)
{
	struct m_perms *perms = &request->perms;

	if (model->client[client].domid && perms->n > ENTRIES_MAX)
		return -ENOSPC;

	for (unsigned int i = 0; i < perms->n; i++) {
		uint16_t domid = perms->perm[i].domid;

		if (domid == ANYBODY)
			continue;
		perms->perm[i].unknown = !model->domain[domid].alive;
		if (!perms->perm[i].unknown)
			model_mention(model, domid);
	}
	return perms->perm[0].unknown ? -ENOENT : 0;
}

static char *ok_or(void *mem, int r)
{
	return r < 0 ? model_error(mem, r) : talloc_strdup(mem, "OK|");
}

char *model_ask(void *mem, struct model *model, unsigned int client,
		const struct m_request *given, uint32_t new_txn)
{
	struct m_request request = *given;
	struct m_txn *txn = NULL;
	int r = 0;

	if (request.type == XS_WATCH)
		return ok_or(mem, add_watch(model, client, &request));
	if (request.type == XS_UNWATCH)
		return ok_or(mem, remove_watch(model, client, &request));
	if (request.txn) {
		txn = txn_by_id(model, client, request.txn);
		if (!txn)
			return model_error(mem, -ENOENT);
	}

	switch (request.type) {
	case XS_RESET_WATCHES:
		model_reset(model, client);
		return ok_or(mem, 0);
	case XS_TRANSACTION_START:
		r = txn ? -EBUSY : txn_begin(model, client, new_txn);
		return r < 0 ? model_error(mem, r)
			     : talloc_asprintf(mem, "%u|", new_txn);
	case XS_TRANSACTION_END:
		r = txn ? txn_end(model, client, txn, *request.value == 'T')
			: -ENOENT;
		return ok_or(mem, r);
	case XS_SET_PERMS:
		r = check_perms(model, client, &request);
		break;
	}

	if (r < 0)
		return model_error(mem, r);
	return txn ? txn_ask(mem, model, client, txn, &request)
		   : ask_store(mem, model, client, &request);
}
