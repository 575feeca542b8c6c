/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * list - a doubly linked ring through members of structs.
 *
 * A struct list is both the head and the link.  A link that is in no list
 * points to itself, so that list_remove() may be called on it at any time.
 *
 *     struct list watches;                      the head, list_init()ed
 *     struct watch { struct list of_conn; };    the link
 *
 *     list_add(&conn->watches, &watch->of_conn);
 *     list_for_each(&conn->watches, watch, of_conn) ...
 */

#include <stdbool.h>

#include "base/array.h"

struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
	return list->next == list;
}

/* Append @link to @list. */
static inline void list_add(struct list *list, struct list *link)
{
	link->prev = list->prev;
	link->next = list;
	list->prev->next = link;
	list->prev = link;
}

/* Take @link out of whatever list it is in. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* Move all links of @from to @list, which becomes a list by that. */
static inline void list_take(struct list *list, struct list *from)
{
	list_init(list);
	if (list_empty(from))
		return;

	*list = *from;
	list->next->prev = list;
	list->prev->next = list;
	list_init(from);
}

#define list_first(list, type, member) container_of((list)->next, type, member)

#define list_for_each(list, item, member)                                      \
	for (item = container_of((list)->next, typeof(*item), member);         \
	     &item->member != (list);                                          \
	     item = container_of(item->member.next, typeof(*item), member))

/* The same, where the body may free @item; @safe is the one after it. */
#define list_for_each_safe(list, item, safe, member)                           \
	for (item = container_of((list)->next, typeof(*item), member),         \
	    safe = container_of(item->member.next, typeof(*item), member);     \
	     &item->member != (list); item = safe,                             \
	    safe = container_of(safe->member.next, typeof(*item), member))
