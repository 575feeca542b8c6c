/* SPDX-License-Identifier: MIT */

#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "tests/lib/test.h"

struct word {
	char text[16];
	struct hash_link link;
};

static struct word *find(struct hash *hash, const char *text)
{
	uint32_t value = hash_value(hash, 0, text, strlen(text));
	struct word *word;

	hash_for_each(hash, value, word, link) {
		if (!strcmp(word->text, text))
			return word;
	}

	return NULL;
}

static struct word *add(struct test *t, struct hash *hash, const char *text)
{
	struct word *word = talloc_zero(t->mem, struct word);

	strcpy(word->text, text);
	hash_add(hash, &word->link, hash_value(hash, 0, text, strlen(text)));
	return word;
}

TEST(what_was_added_is_found_until_it_is_removed)
{
	struct hash hash;
	struct word *word;

	CHECK_EQ(hash_init(&hash, t->mem, NULL), 0);
	word = add(t, &hash, "state");

	CHECK(find(&hash, "state") == word);
	CHECK(!find(&hash, "stat"));
	hash_remove(&hash, &word->link);
	CHECK(!find(&hash, "state"));
}

TEST(a_table_grows_and_loses_nothing)
{
	struct hash hash;
	char text[16];

	CHECK_EQ(hash_init(&hash, t->mem, NULL), 0);
	for (int i = 0; i < 10000; i++) {
		sprintf(text, "%d", i);
		add(t, &hash, text);
	}

	CHECK(hash.n_buckets >= 8192);
	for (int i = 0; i < 10000; i++) {
		sprintf(text, "%d", i);
		CHECK(find(&hash, text));
	}
}

TEST(values_depend_on_every_byte_on_the_number_and_on_the_secret)
{
	struct hash a, b;
	uint8_t bytes[40] = { 0 };
	uint32_t value;

	CHECK_EQ(hash_init(&a, t->mem, NULL), 0);
	CHECK_EQ(hash_init(&b, t->mem, NULL), 0);
	value = hash_value(&a, 7, bytes, sizeof(bytes));
	CHECK(hash_value(&b, 7, bytes, sizeof(bytes)) != value);
	CHECK(hash_value(&a, 8, bytes, sizeof(bytes)) != value);
	CHECK(hash_value(&a, 7, bytes, sizeof(bytes) - 1) != value);

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 1;
		CHECK(hash_value(&a, 7, bytes, sizeof(bytes)) != value);
		bytes[i] = 0;
	}
}
