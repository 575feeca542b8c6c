/* SPDX-License-Identifier: MIT */

#include "xenstored/perms.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/hash.h"
#include "base/text.h"

#define DOMAIN_BUCKETS 1024

/* An entry, and its place among all entries of its domain. */
struct entry {
	struct perm perm;
	bool gone;
	struct perms *perms;
	struct list of_domain;
};

struct perms {
	struct perms_table *table;
	struct hash_link of_table; /* in none once an entry is gone */
	uint32_t refs;
	bool is_found;
	size_t n;
	struct entry entry[];
};

/* Lists by their content, and entries by their domain. */
struct perms_table {
	struct hash lists;
	struct list domains[DOMAIN_BUCKETS];
};

static int check_empty(struct perms_table *table)
{
	assert(table->lists.n == 0);
	return 0;
}

struct perms_table *perms_table_new(void *mem)
{
	struct perms_table *table = talloc_zero(mem, struct perms_table);

	if (!table)
		return NULL;

	for (size_t i = 0; i < DOMAIN_BUCKETS; i++)
		list_init(&table->domains[i]);
	if (hash_init(&table->lists, table, NULL) < 0) {
		talloc_free(table);
		return NULL;
	}

	talloc_set_destructor(table, check_empty);
	return table;
}

static struct list *entries_of(struct perms_table *table, domid_t domid)
{
	return &table->domains[domid % DOMAIN_BUCKETS];
}

static bool same_perm(const struct perm *a, const struct perm *b)
{
	return a->domid == b->domid && a->access == b->access &&
	       a->unknown == b->unknown;
}

static bool is_list_of(const struct perms *perms, const struct perm *entries,
		       size_t n)
{
	if (perms->n != n)
		return false;

	for (size_t i = 0; i < n; i++) {
		if (!same_perm(&perms->entry[i].perm, &entries[i]))
			return false;
	}

	return true;
}

static struct perms *make(struct perms_table *table, const struct perm *entries,
			  size_t n)
{
	struct perms *perms =
		malloc(sizeof(*perms) + n * sizeof(perms->entry[0]));

	if (!perms)
		return NULL;

	*perms = (struct perms){ .table = table, .refs = 1, .n = n };
	for (size_t i = 0; i < n; i++) {
		perms->entry[i] =
			(struct entry){ .perm = entries[i], .perms = perms };
		list_add(entries_of(table, entries[i].domid),
			 &perms->entry[i].of_domain);
	}

	return perms;
}

struct perms *perms_new(struct perms_table *table, const struct perm *entries,
			size_t n)
{
	uint32_t value =
		hash_value(&table->lists, n, entries, n * sizeof(*entries));
	struct perms *perms;

	assert(n > 0 && n <= PERMS_MAX);
	hash_for_each(&table->lists, value, perms, of_table) {
		if (is_list_of(perms, entries, n))
			return perms_ref(perms);
	}

	perms = make(table, entries, n);
	if (perms) {
		hash_add(&table->lists, &perms->of_table, value);
		perms->is_found = true;
	}
	return perms;
}

struct perms *perms_ref(struct perms *perms)
{
	perms->refs++;
	return perms;
}

/* No list that is made from now on will be this one. */
static void hide(struct perms *perms)
{
	if (perms->is_found)
		hash_remove(&perms->table->lists, &perms->of_table);
	perms->is_found = false;
}

void perms_unref(struct perms *perms)
{
	if (--perms->refs)
		return;

	for (size_t i = 0; i < perms->n; i++)
		list_remove(&perms->entry[i].of_domain);
	hide(perms);
	free(perms);
}

static bool is_about(const struct perm *perm, const struct who *who)
{
	return perm->domid == who->domid || perm->domid == who->target;
}

unsigned int perms_of(const struct perms *perms, const struct who *who)
{
	const struct entry *owner = &perms->entry[0];

	if (who->privileged || (!owner->gone && is_about(&owner->perm, who)))
		return PERM_READ | PERM_WRITE | PERM_OWNER;

	for (size_t i = 1; i < perms->n; i++) {
		const struct entry *entry = &perms->entry[i];

		if (entry->gone || entry->perm.unknown)
			continue;
		if (is_about(&entry->perm, who) ||
		    entry->perm.domid == DOMID_ANY)
			return entry->perm.access;
	}

	return owner->perm.access;
}

struct perms *perms_with_owner(struct perms *perms, domid_t owner)
{
	struct perm entries[PERMS_MAX];
	size_t n = 0;

	if (perms_owner(perms) == owner && !perms_owner_is_gone(perms))
		return perms_ref(perms);

	for (size_t i = 0; i < perms->n; i++) {
		if (i == 0 || !perms->entry[i].gone)
			entries[n++] = perms->entry[i].perm;
	}
	entries[0].domid = owner;
	return perms_new(perms->table, entries, n);
}

struct perms *perms_inherit(struct perms *perms, const struct who *who)
{
	if (who->privileged)
		return perms_ref(perms);

	return perms_with_owner(perms, who->domid);
}

domid_t perms_owner(const struct perms *perms)
{
	return perms->entry[0].perm.domid;
}

bool perms_owner_is_gone(const struct perms *perms)
{
	return perms->entry[0].gone;
}

size_t perms_count(const struct perms *perms)
{
	return perms->n;
}

static char letter_of(unsigned int access)
{
	return "nrwb"[access];
}

int perms_print(const struct perms *perms, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < perms->n; i++) {
		const struct perm *perm = &perms->entry[i].perm;

		if (i > 0 && perms->entry[i].gone)
			continue;
		if (size - len < sizeof("n65535"))
			return -E2BIG;
		len += sprintf(text + len, "%c%u", letter_of(perm->access),
			       perm->domid) +
		       1;
	}

	return len;
}

int perm_parse(const char *text, struct perm *perm)
{
	static const struct {
		char letter;
		uint8_t access;
	} letters[] = {
		{ 'n', 0 },
		{ 'r', PERM_READ },
		{ 'w', PERM_WRITE },
		{ 'b', PERM_READ | PERM_WRITE },
	};
	uint32_t domid;

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (letters[i].letter != *text)
			continue;
		if (text_u32(text + 1, &domid) < 0 || domid > UINT16_MAX)
			return -EINVAL;
		*perm = (struct perm){ .domid = domid,
				       .access = letters[i].access };
		return 0;
	}

	return -EINVAL;
}

void perms_forget(struct perms_table *table, domid_t domid)
{
	struct entry *entry, *safe;

	list_for_each_safe(entries_of(table, domid), entry, safe, of_domain) {
		if (entry->perm.domid != domid)
			continue;
		list_remove(&entry->of_domain);
		entry->gone = true;
		hide(entry->perms);
	}
}
