/* SPDX-License-Identifier: MIT */

#include "tests/model/tree.h"

#include <errno.h>
#include <string.h>
#include <talloc.h>

/* Paths */

bool m_is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (!strcmp(top, "/"))
		return strcmp(path, "/") != 0;

	return !strncmp(path, top, len) && path[len] == '/';
}

bool m_is_within(const char *path, const char *top, int *levels)
{
	*levels = 0;
	if (!strcmp(path, top))
		return true;
	if (!m_is_below(path, top))
		return false;

	for (const char *c = path + strlen(top); *c; c++)
		*levels += *c == '/';
	*levels += !strcmp(top, "/");
	return true;
}

static void cut_last_name(char *path)
{
	char *slash = strrchr(path, '/');

	slash[slash == path] = '\0';
}

static bool is_child(const char *path, const char *parent)
{
	int levels;

	return m_is_within(path, parent, &levels) && levels == 1;
}

/* Rights */

static bool is_about(const struct m_perm *perm, const struct m_who *who)
{
	return !perm->gone && !perm->unknown &&
	       (perm->domid == who->domid || perm->domid == who->target);
}

static unsigned int by_letter(char letter)
{
	return (letter == 'r' || letter == 'b' ? MAY_READ : 0) |
	       (letter == 'w' || letter == 'b' ? MAY_WRITE : 0);
}

unsigned int m_may(const struct m_perms *perms, const struct m_who *who)
{
	if (who->privileged || is_about(&perms->perm[0], who))
		return MAY_READ | MAY_WRITE | MAY_OWN;

	for (unsigned int i = 1; i < perms->n; i++) {
		const struct m_perm *perm = &perms->perm[i];

		if (is_about(perm, who) || perm->domid == ANYBODY)
			return by_letter(perm->letter);
	}

	return by_letter(perms->perm[0].letter);
}

/* Looking */

const struct m_node *m_node(const struct m_tree *tree, const char *path)
{
	for (size_t i = 0; i < tree->n; i++) {
		if (!strcmp(tree->node[i].path, path))
			return &tree->node[i];
	}

	return NULL;
}

const struct m_node *m_above(const struct m_tree *tree, const char *path)
{
	char above[PATH_SIZE];

	strcpy(above, path);
	do
		cut_last_name(above);
	while (!m_node(tree, above));

	return m_node(tree, above);
}

static int count_missing(const struct m_tree *tree, const char *path)
{
	int levels;

	if (m_node(tree, path))
		return 0;

	m_is_within(path, m_above(tree, path)->path, &levels);
	return levels;
}

long m_count_owned(const struct m_tree *tree, uint16_t domid)
{
	long n = 0;

	for (size_t i = 0; i < tree->n; i++)
		n += tree->node[i].perms.perm[0].domid == domid;

	return n;
}

int m_get(const struct m_tree *tree, const struct m_who *who, const char *path,
	  unsigned int access, const struct m_node **node)
{
	*node = m_node(tree, path);
	if (*node)
		return (m_may(&(*node)->perms, who) & access) == access
			       ? 0
			       : -EACCES;

	return (m_may(&m_above(tree, path)->perms, who) & access) == access
		       ? -ENOENT
		       : -EACCES;
}

char *m_list(void *mem, const struct m_tree *tree, const char *path)
{
	char *text = talloc_strdup(mem, "");

	for (size_t i = 0; i < tree->n; i++) {
		if (is_child(tree->node[i].path, path))
			text = talloc_asprintf_append(
				text, "%s|",
				strrchr(tree->node[i].path, '/') + 1);
	}

	return text;
}

char *m_perms_text(void *mem, const struct m_perms *perms)
{
	char *text = talloc_strdup(mem, "");

	for (unsigned int i = 0; i < perms->n; i++) {
		if (i == 0 || !perms->perm[i].gone)
			text = talloc_asprintf_append(text, "%c%u|",
						      perms->perm[i].letter,
						      perms->perm[i].domid);
	}

	return text;
}

/* Changing */

struct m_tree *m_tree_new(void *mem)
{
	struct m_tree *tree = talloc_zero(mem, struct m_tree);

	tree->node = talloc_zero_array(tree, struct m_node, 1);
	tree->n = 1;
	strcpy(tree->node[0].path, "/");
	tree->node[0].perms.n = 1;
	tree->node[0].perms.perm[0].letter = 'n';
	return tree;
}

struct m_tree *m_tree_copy(void *mem, const struct m_tree *tree)
{
	struct m_tree *copy = talloc_zero(mem, struct m_tree);

	copy->n = tree->n;
	copy->node =
		talloc_memdup(copy, tree->node, tree->n * sizeof(*tree->node));
	return copy;
}

/* A node that is there, to change it. */
static struct m_node *own(struct m_tree *tree, const char *path)
{
	size_t i = 0;

	while (strcmp(tree->node[i].path, path))
		i++;

	return &tree->node[i];
}

static struct m_node *insert(struct m_tree *tree, const char *path)
{
	size_t i = 0;

	while (i < tree->n && strcmp(tree->node[i].path, path) < 0)
		i++;
	tree->node =
		talloc_realloc(tree, tree->node, struct m_node, tree->n + 1);
	memmove(tree->node + i + 1, tree->node + i,
		(tree->n - i) * sizeof(*tree->node));
	tree->n++;
	tree->node[i] = (struct m_node){ 0 };
	strcpy(tree->node[i].path, path);
	return &tree->node[i];
}

static struct m_perms inherited(const struct m_perms *parent,
				const struct m_who *who)
{
	const struct m_perm *owner = &parent->perm[0];
	struct m_perms perms = { .n = 0 };

	if (who->privileged || (owner->domid == who->domid && !owner->gone))
		return *parent;

	for (unsigned int i = 0; i < parent->n; i++) {
		if (i == 0 || !parent->perm[i].gone)
			perms.perm[perms.n++] = parent->perm[i];
	}
	perms.perm[0].domid = who->domid;
	perms.perm[0].gone = false;
	return perms;
}

/* The missing nodes of @path, one after the other. */
static int create(struct m_tree *tree, const struct m_who *who,
		  const char *path)
{
	struct m_perms perms = inherited(&m_above(tree, path)->perms, who);
	char first[PATH_SIZE];

	if (!who->privileged && count_missing(tree, path) > who->nodes_max)
		return -ENOSPC;

	while (!m_node(tree, path)) {
		strcpy(first, path);
		while (count_missing(tree, first) > 1)
			cut_last_name(first);
		insert(tree, first)->perms = perms;
	}
	return 0;
}

int m_mkdir(struct m_tree *tree, const struct m_who *who, const char *path,
	    bool *changed)
{
	const struct m_node *node;
	int r = m_get(tree, who, path, MAY_WRITE, &node);

	*changed = false;
	if (r != -ENOENT)
		return r;

	r = create(tree, who, path);
	*changed = r == 0;
	return r;
}

int m_write(struct m_tree *tree, const struct m_who *who, const char *path,
	    const char *value, bool *changed)
{
	const struct m_node *node;
	struct m_node *mine;
	int r = m_get(tree, who, path, MAY_WRITE, &node);

	*changed = false;
	if (r < 0 && r != -ENOENT)
		return r;
	if (!who->privileged && strlen(value) > who->value_max)
		return -ENOSPC;
	if (r == -ENOENT)
		r = create(tree, who, path);
	if (r < 0)
		return r;

	mine = own(tree, path);
	strcpy(mine->value, value);
	mine->len = strlen(value);
	*changed = true;
	return 0;
}

void m_cut(struct m_tree *tree, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->n; i++) {
		int levels;

		if (!m_is_within(tree->node[i].path, path, &levels))
			tree->node[kept++] = tree->node[i];
	}
	tree->n = kept;
}

int m_rm(struct m_tree *tree, const struct m_who *who, const char *path,
	 bool *changed)
{
	const struct m_node *node;
	int r = m_get(tree, who, path, MAY_WRITE, &node);

	*changed = false;
	if (r == -ENOENT && count_missing(tree, path) == 1)
		return 0;
	if (r < 0)
		return r;
	if (!strcmp(path, "/"))
		return -EINVAL;

	m_cut(tree, path);
	*changed = true;
	return 0;
}

int m_set_perms(struct m_tree *tree, const struct m_who *who, const char *path,
		const struct m_perms *perms, bool *changed)
{
	const struct m_node *node;
	int r = m_get(tree, who, path, MAY_WRITE | MAY_OWN, &node);

	*changed = false;
	if (r < 0)
		return r;
	if (!who->privileged && perms->n > who->perms_max)
		return -ENOSPC;
	if (!who->privileged &&
	    perms->perm[0].domid != node->perms.perm[0].domid)
		return -EPERM;

	own(tree, path)->perms = *perms;
	*changed = true;
	return 0;
}

/* Death */

void m_forget_in(struct m_perms *perms, uint16_t domid)
{
	for (unsigned int i = 0; i < perms->n; i++) {
		if (perms->perm[i].domid == domid)
			perms->perm[i].gone = true;
	}
}

void m_forget(struct m_tree *tree, uint16_t domid)
{
	for (size_t i = 0; i < tree->n; i++)
		m_forget_in(&tree->node[i].perms, domid);
}

bool m_owner_is_gone(const struct m_perms *perms)
{
	return perms->perm[0].gone;
}
