/* SPDX-License-Identifier: MIT */

#include "xenstored/perms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "tests/lib/test.h"
#include "tests/xenstored/forest.h"

#define ALL (PERM_READ | PERM_WRITE | PERM_OWNER)

static const char *shown(const struct perms *perms)
{
	static char text[128];
	int len = perms_print(perms, text, sizeof(text) - 1);

	for (int i = 0; i < len - 1; i++) {
		if (!text[i])
			text[i] = ' ';
	}
	return text;
}

static unsigned int may(const struct perms *perms, domid_t domid)
{
	return perms_of(perms,
			&(struct who){ .domid = domid, .target = domid });
}

TEST(equal_lists_are_one_list)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *a = perms_of_text(table, "n0 r5");
	struct perms *b = perms_of_text(table, "n0 r5");
	struct perms *c = perms_of_text(table, "n0 w5");

	CHECK(a == b);
	CHECK(a != c);
	perms_unref(a);
	perms_unref(b);
	perms_unref(c);
}

TEST(an_owner_may_do_everything_whatever_its_letter)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "n5 n5");

	CHECK_EQ(may(perms, 5), ALL);
	CHECK_EQ(may(perms, 6), 0);
	perms_unref(perms);
}

TEST(the_privileged_may_do_everything)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "n5");

	CHECK_EQ(perms_of(perms, &(struct who){ .domid = 3,
						.target = 3,
						.privileged = true }),
		 ALL);
	perms_unref(perms);
}

TEST(the_owners_letter_is_for_all_who_are_not_named)
{
	static const struct {
		const char *text;
		unsigned int access;
	} lists[] = {
		{ "n0 b5", 0 },
		{ "r0 b5", PERM_READ },
		{ "w0 b5", PERM_WRITE },
		{ "b0 n5", PERM_READ | PERM_WRITE },
	};
	struct perms_table *table = perms_table_new(t->mem);

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct perms *perms = perms_of_text(table, lists[i].text);

		CHECK_EQ(may(perms, 6), lists[i].access);
		perms_unref(perms);
	}
}

TEST(the_first_entry_that_names_a_domain_is_the_one_that_counts)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "n0 r5 w5 w6 b32757 n7");

	CHECK_EQ(may(perms, 5), PERM_READ);
	CHECK_EQ(may(perms, 6), PERM_WRITE);
	CHECK_EQ(may(perms, 7), PERM_READ | PERM_WRITE);
	CHECK_EQ(may(perms, 8), PERM_READ | PERM_WRITE);
	perms_unref(perms);
}

TEST(who_acts_for_another_may_do_what_that_one_may)
{
	struct who who = { .domid = 6, .target = 5 };
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *owned = perms_of_text(table, "n5");
	struct perms *listed = perms_of_text(table, "n0 r5 b6");

	CHECK_EQ(perms_of(owned, &who), ALL);
	CHECK_EQ(perms_of(listed, &who), PERM_READ);
	perms_unref(owned);
	perms_unref(listed);
}

TEST(an_entry_for_a_domain_that_was_not_there_is_shown_and_never_honoured)
{
	struct perm entries[] = {
		{ .domid = 0 },
		{ .domid = 5, .access = PERM_READ, .unknown = true }
	};
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_new(table, entries, 2);
	struct perms *known = perms_of_text(table, "n0 r5");

	CHECK_STR(shown(perms), "n0 r5");
	CHECK_EQ(may(perms, 5), 0);
	CHECK(perms != known);
	perms_unref(perms);
	perms_unref(known);
}

TEST(xsa_322_the_entries_of_a_dead_domain_are_gone_from_all_lists)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *a = perms_of_text(table, "n0 r5 w6");
	struct perms *b = perms_of_text(table, "r0 w5");

	perms_forget(table, 5);

	CHECK_EQ(may(a, 5), 0);
	CHECK_EQ(may(a, 6), PERM_WRITE);
	CHECK_EQ(may(b, 5), PERM_READ);
	CHECK_STR(shown(a), "n0 w6");
	perms_unref(a);
	perms_unref(b);
}

TEST(xsa_417_the_next_domain_of_that_number_gets_lists_of_its_own)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *old = perms_of_text(table, "n0 r5");
	struct perms *fresh;

	perms_forget(table, 5);
	fresh = perms_of_text(table, "n0 r5");

	CHECK(fresh != old);
	CHECK_EQ(may(old, 5), 0);
	CHECK_EQ(may(fresh, 5), PERM_READ);
	perms_unref(old);
	perms_unref(fresh);
}

TEST(only_the_domain_that_died_is_forgotten)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "n0 r5 r1029 r2053");

	perms_forget(table, 1029);

	CHECK_STR(shown(perms), "n0 r5 r2053");
	CHECK_EQ(may(perms, 5), PERM_READ);
	CHECK_EQ(may(perms, 1029), 0);
	perms_unref(perms);
}

TEST(a_dead_owner_owns_nothing)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "r5 w6");

	CHECK(!perms_owner_is_gone(perms));
	perms_forget(table, 5);

	CHECK(perms_owner_is_gone(perms));
	CHECK_EQ(may(perms, 5), PERM_READ);
	CHECK_EQ(may(perms, 6), PERM_WRITE);
	perms_unref(perms);
}

TEST(a_child_gets_the_list_of_its_parent_and_its_maker_as_owner)
{
	struct who guest = { .domid = 12, .target = 12 };
	struct who priv = { .domid = 0, .privileged = true };
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *parent = perms_of_text(table, "r11 b12 w13");
	struct perms *of_guest = perms_inherit(parent, &guest);
	struct perms *of_priv = perms_inherit(parent, &priv);

	CHECK_STR(shown(of_guest), "r12 b12 w13");
	CHECK(of_priv == parent);
	perms_unref(parent);
	perms_unref(of_guest);
	perms_unref(of_priv);
}

TEST(what_is_inherited_has_no_part_of_the_dead)
{
	struct who guest = { .domid = 5, .target = 5 };
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *parent = perms_of_text(table, "n5 r6 w7");
	struct perms *child;

	perms_forget(table, 5);
	perms_forget(table, 6);
	child = perms_inherit(parent, &guest);

	CHECK_STR(shown(child), "n5 w7");
	CHECK(!perms_owner_is_gone(child));
	CHECK_EQ(may(child, 5), ALL);
	perms_unref(parent);
	perms_unref(child);
}

TEST(another_owner_is_another_list)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "b5 r6");
	struct perms *other = perms_with_owner(perms, 0);
	struct perms *same = perms_with_owner(perms, 5);

	CHECK_STR(shown(other), "b0 r6");
	CHECK(same == perms);
	CHECK_EQ(perms_owner(other), 0);
	CHECK_EQ(perms_count(other), 2);
	perms_unref(perms);
	perms_unref(other);
	perms_unref(same);
}

TEST(a_list_is_printed_whole_or_not_at_all)
{
	struct perms_table *table = perms_table_new(t->mem);
	struct perms *perms = perms_of_text(table, "n65535 r65535");
	char text[14];

	CHECK_EQ(perms_print(perms, text, 14), 14);
	CHECK_STR(text, "n65535");
	CHECK_STR(text + 7, "r65535");
	CHECK_EQ(perms_print(perms, text, 13), -E2BIG);
	perms_unref(perms);
}

TEST(an_entry_is_a_letter_and_a_number)
{
	static const char *const bad[] = {
		"",     "n",           "0",   "x5",  "nn5",
		"n 5",  "n5 ",         "n-1", "n+1", "n65536",
		"n0x5", "n4294967296", "N5",  "rw5", "n5r",
	};
	struct perm perm;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_EQ(perm_parse(bad[i], &perm), -EINVAL);
	CHECK_EQ(perm_parse("b65535", &perm), 0);
	CHECK_EQ(perm.domid, 65535);
	CHECK_EQ(perm.access, PERM_READ | PERM_WRITE);
	CHECK(!perm.unknown);
}
