/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * hash - things found by a key, which may be chosen by an enemy.
 *
 * A table of links that are members of the things.  Keys are hashed with a
 * secret (SipHash-1-3), so that nobody can make all of his collide.  A table
 * grows by itself; if there is no memory for that, it gets slower.
 *
 *     hash_for_each(&table, value, item, link)
 *             if (item has the key that value is the hash of) ...
 */

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct hash {
	struct list *buckets; /* a power of two of them */
	size_t n_buckets;
	size_t n;
	uint64_t secret[2];
};

struct hash_link {
	struct list of_bucket;
	uint32_t value;
};

/* The table's memory belongs to @mem.  Its secret is a new one, or that of
 * @other, which saves a system call.  Returns 0 or -ENOMEM. */
int hash_init(struct hash *hash, void *mem, const struct hash *other);

/* The value of a key: some bytes, and a number or a pointer if need be. */
uint32_t hash_value(const struct hash *hash, uint64_t number, const void *bytes,
		    size_t len);

void hash_add(struct hash *hash, struct hash_link *link, uint32_t value);
void hash_remove(struct hash *hash, struct hash_link *link);

static inline struct list *hash_bucket(const struct hash *hash, uint32_t value)
{
	return &hash->buckets[value & (hash->n_buckets - 1)];
}

/* The body is a statement that runs for items with that very value. */
#define hash_for_each(hash, hash_of_key, item, member)                         \
	list_for_each(hash_bucket((hash), (hash_of_key)), item,                \
		      member.of_bucket)                                        \
		if (item->member.value == (hash_of_key))
