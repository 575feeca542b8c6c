/* SPDX-License-Identifier: MIT */

#include "base/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <talloc.h>

#define BUCKETS_AT_FIRST 16

static struct list *new_buckets(void *mem, size_t n)
{
	struct list *buckets = talloc_array(mem, struct list, n);

	for (size_t i = 0; buckets && i < n; i++)
		list_init(&buckets[i]);

	return buckets;
}

int hash_init(struct hash *hash, void *mem, const struct hash *other)
{
	*hash = (struct hash){ .n_buckets = BUCKETS_AT_FIRST };
	hash->buckets = new_buckets(mem, hash->n_buckets);
	if (!hash->buckets)
		return -ENOMEM;
	if (other)
		memcpy(hash->secret, other->secret, sizeof(hash->secret));
	else if (getrandom(hash->secret, sizeof(hash->secret), 0) < 0)
		return -errno;

	return 0;
}

static void grow(struct hash *hash)
{
	size_t n = hash->n_buckets * 2;
	struct list *old = hash->buckets;
	struct list *fresh = new_buckets(talloc_parent(old), n);

	if (!fresh)
		return;

	hash->buckets = fresh;
	hash->n_buckets = n;
	for (size_t i = 0; i < n / 2; i++) {
		while (!list_empty(&old[i])) {
			struct hash_link *link = list_first(
				&old[i], struct hash_link, of_bucket);

			list_remove(&link->of_bucket);
			list_add(hash_bucket(hash, link->value),
				 &link->of_bucket);
		}
	}
	talloc_free(old);
}

void hash_add(struct hash *hash, struct hash_link *link, uint32_t value)
{
	if (hash->n >= hash->n_buckets)
		grow(hash);

	link->value = value;
	list_add(hash_bucket(hash, value), &link->of_bucket);
	hash->n++;
}

void hash_remove(struct hash *hash, struct hash_link *link)
{
	list_remove(&link->of_bucket);
	hash->n--;
}

/* SipHash, Aumasson and Bernstein 2012: one round a word, three to end. */

static uint64_t rotate(uint64_t v, int bits)
{
	return v << bits | v >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint32_t hash_value(const struct hash *hash, uint64_t number, const void *bytes,
		    size_t len)
{
	uint64_t v[4] = {
		hash->secret[0] ^ 0x736f6d6570736575,
		hash->secret[1] ^ 0x646f72616e646f6d,
		hash->secret[0] ^ 0x6c7967656e657261,
		hash->secret[1] ^ 0x7465646279746573,
	};
	const uint8_t *in = bytes;
	uint64_t word;

	sip_word(v, number);
	for (; len >= 8; len -= 8, in += 8) {
		memcpy(&word, in, 8);
		sip_word(v, word);
	}
	word = (uint64_t)len << 56;
	memcpy(&word, in, len);
	sip_word(v, word);

	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);

	word = v[0] ^ v[1] ^ v[2] ^ v[3];
	return word ^ word >> 32;
}
