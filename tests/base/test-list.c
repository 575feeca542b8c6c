/* SPDX-License-Identifier: MIT */

#include "base/list.h"

#include "tests/lib/test.h"

struct item {
	int n;
	struct list link;
};

TEST(items_come_in_the_order_they_were_added)
{
	struct item items[3] = { { 1 }, { 2 }, { 3 } };
	struct list list;
	struct item *item;
	int sum = 0;

	list_init(&list);
	for (int i = 0; i < 3; i++)
		list_add(&list, &items[i].link);

	list_for_each(&list, item, link)
		sum = sum * 10 + item->n;
	CHECK_EQ(sum, 123);
}

TEST(an_item_may_leave_twice)
{
	struct item item = { 1 };
	struct list list;

	list_init(&list);
	list_add(&list, &item.link);
	list_remove(&item.link);
	list_remove(&item.link);

	CHECK(list_empty(&list));
}

TEST(the_body_of_the_safe_loop_may_remove_its_item)
{
	struct item items[3] = { { 1 }, { 2 }, { 3 } };
	struct item *item, *safe;
	struct list list;

	list_init(&list);
	for (int i = 0; i < 3; i++)
		list_add(&list, &items[i].link);
	list_for_each_safe(&list, item, safe, link)
		list_remove(&item->link);

	CHECK(list_empty(&list));
}
