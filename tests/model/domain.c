/* SPDX-License-Identifier: MIT */

/*
 * domain - domains of the model: they come, stop and go.
 */

#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "tests/model/inside.h"

void model_create(struct model *model, uint16_t domid)
{
	model->domain[domid] =
		(struct m_domain){ .alive = true, .target = domid };
}

void model_mention(struct model *model, uint16_t domid)
{
	struct m_domain *domain = &model->domain[domid];

	if (domain->known)
		return;
	domain->known = true;
	domain->stop_told = domain->stopped;
}

/* Domain 1 is client 2, and so on. */
static unsigned int client_of(uint16_t domid)
{
	return domid + 1;
}

int model_introduce(struct model *model, uint16_t domid)
{
	struct m_domain *domain = &model->domain[domid];

	if (!domain->alive)
		return -ENOENT;

	model_reset(model, client_of(domid));
	if (domain->introduced)
		return 0;

	model_mention(model, domid);
	domain->introduced = true;
	model_fire_special(model, "@introduceDomain", false, -1);
	model->rank++;
	model_fire_special(model, "@introduceDomain", false, domid);
	return 0;
}

/* The topmost node of the dead domain, or NULL. */
static const struct m_node *find_orphan(const struct model *model,
					uint16_t domid)
{
	for (size_t i = 0; i < model->tree->n; i++) {
		if (model->tree->node[i].perms.perm[0].domid == domid)
			return &model->tree->node[i];
	}

	return NULL;
}

/* The root stays, and becomes domain 0's. */
static void adopt_root(struct model *model)
{
	struct m_tree *before = m_tree_copy(model, model->tree);
	struct m_perms *perms = &model->tree->node[0].perms;
	unsigned int n = 1;

	perms->perm[0].domid = 0;
	for (unsigned int i = 1; i < perms->n; i++) {
		if (!perms->perm[i].gone)
			perms->perm[n++] = perms->perm[i];
	}
	perms->n = n;
	model->n_changes++;
	model_fire(model, "/", before, model->tree, false);
	talloc_free(before);
}

static void remove_orphans(struct model *model, uint16_t domid)
{
	const struct m_node *orphan;
	bool was_in_any_order = model->in_any_order;

	model->in_any_order = true;
	if (model->tree->node[0].perms.perm[0].domid == domid)
		adopt_root(model);
	while ((orphan = find_orphan(model, domid))) {
		struct m_tree *before = m_tree_copy(model, model->tree);
		char path[PATH_SIZE];

		strcpy(path, orphan->path);
		m_cut(model->tree, path);
		model->n_changes++;
		model_fire(model, path, before, model->tree, true);
		talloc_free(before);
	}
	model->in_any_order = was_in_any_order;
	model->rank++;
}

static void forget(struct model *model, uint16_t domid)
{
	model_reset(model, client_of(domid));
	model->domain[domid].introduced = model->domain[domid].known = false;
	remove_orphans(model, domid);
	model->domain[domid].target = domid;
	for (uint16_t i = 0; i < N_DOMAINS; i++) {
		if (model->domain[i].target == domid)
			model->domain[i].target = i;
	}

	m_forget(model->tree, domid);
	for (unsigned int c = 0; c < N_CLIENTS; c++) {
		for (unsigned int i = 0; i <= TXNS_MAX; i++)
			txn_forget(&model->client[c].txn[i], domid);
	}
}

static void tell_end(struct model *model, uint16_t domid)
{
	model_fire_special(model, "@releaseDomain", true, domid);
	model_fire_special(model, "@releaseDomain", true, -1);
}

int model_release(struct model *model, uint16_t domid)
{
	if (!model->domain[domid].introduced)
		return -ENOENT;

	forget(model, domid);
	tell_end(model, domid);
	return 0;
}

int model_resume(struct model *model, uint16_t domid)
{
	if (!model->domain[domid].introduced)
		return -ENOENT;

	model->domain[domid].stop_told = false;
	return 0;
}

int model_set_target(struct model *model, uint16_t domid, uint16_t target)
{
	if (!model->domain[domid].introduced ||
	    !model->domain[target].introduced)
		return -ENOENT;

	model->domain[domid].target = target;
	return 0;
}

/* What a daemon that hears of a change in the machine finds out. */
static void look_around(struct model *model)
{
	for (uint16_t i = 1; i < N_DOMAINS; i++) {
		struct m_domain *domain = &model->domain[i];

		if (domain->introduced && domain->stopped &&
		    !domain->stop_told) {
			domain->stop_told = true;
			tell_end(model, i);
		}
	}
}

void model_stop(struct model *model, uint16_t domid)
{
	model->domain[domid].stopped = true;
	look_around(model);
}

void model_destroy(struct model *model, uint16_t domid)
{
	bool introduced = model->domain[domid].introduced;

	model->domain[domid].alive = false;
	model->in_any_order = true; /* others may have stopped as well */
	if (model->domain[domid].known)
		forget(model, domid);
	if (introduced)
		tell_end(model, domid);
	look_around(model);
	model->in_any_order = false;
}
