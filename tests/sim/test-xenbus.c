/* SPDX-License-Identifier: MIT */

#include "sim/kernel/xenbus.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "tests/lib/test.h"

/* A kernel, and the test as its xenstored.  Messages are written as text, a
 * "|" for each NUL: "READ 1 0 path|" has number 1 and no transaction. */
struct scene {
	struct xenbus *xenbus;
	struct xs_page page;
	struct bytes_in in;
	struct bytes_out out;
	struct message message;
	char seen[8192];
	unsigned int notified;
	unsigned int broken;
};

struct user {
	struct xenbus_user *xenbus;
	char heard[8192];
};

static const char *const names[] = {
	[XS_READ] = "READ",           [XS_WATCH] = "WATCH",
	[XS_UNWATCH] = "UNWATCH",     [XS_TRANSACTION_START] = "START",
	[XS_TRANSACTION_END] = "END", [XS_WRITE] = "WRITE",
	[XS_WATCH_EVENT] = "EVENT",   [XS_ERROR] = "ERROR",
};

static void notify(void *arg)
{
	((struct scene *)arg)->notified++;
}

static void broken(void *arg)
{
	((struct scene *)arg)->broken++;
}

static const struct xenbus_ops ops = { notify, broken };

static struct scene *scene_new(struct test *t)
{
	struct scene *scene = talloc_zero(t->mem, struct scene);
	struct xs_page *page = &scene->page;

	scene->in = (struct bytes_in){ page->req, XS_RING_SIZE, &page->req_prod,
				       &page->req_cons, 0 };
	scene->out = (struct bytes_out){ page->rsp, XS_RING_SIZE,
					 &page->rsp_prod, &page->rsp_cons, 0 };
	scene->xenbus = xenbus_new(scene, page, &ops, scene);
	CHECK(scene->xenbus);
	return scene;
}

static void write_text(char *to, const struct xs_header *header,
		       const void *payload)
{
	char *at = to + sprintf(to, "%s %u %u ", names[header->type],
				header->req_id, header->tx_id);

	memcpy(at, payload, header->len);
	at[header->len] = '\0';
	for (size_t i = 0; i < header->len; i++)
		at[i] = at[i] ?: '|';
}

static void read_text(const char *text, struct message *message)
{
	char name[16];
	int start = 0;

	*message = (struct message){ 0 };
	CHECK_EQ(sscanf(text, "%15s %u %u %n", name, &message->header.req_id,
			&message->header.tx_id, &start),
		 3);
	while (!names[message->header.type] ||
	       strcmp(names[message->header.type], name) != 0)
		CHECK(++message->header.type < ARRAY_SIZE(names));
	message->header.len = (uint32_t)strlen(text + start);
	memcpy(message->payload, text + start, message->header.len);
	for (size_t i = 0; i < message->header.len; i++)
		message->payload[i] *= message->payload[i] != '|';
	message->have = sizeof(message->header) + message->header.len;
}

static void hear(void *arg, const struct xs_header *header, const void *payload)
{
	struct user *user = arg;

	write_text(user->heard + strlen(user->heard), header, payload);
	strcat(user->heard, "\n");
}

static struct user *user_new(struct test *t, struct scene *scene)
{
	struct user *user = talloc_zero(t->mem, struct user);

	user->xenbus = xenbus_join(user, scene->xenbus, hear, user);
	CHECK(user->xenbus);
	return user;
}

static void asks(struct user *user, const char *text)
{
	struct message message;

	read_text(text, &message);
	xenbus_ask(user->xenbus, &message);
}

/* The next message that xenstored reads, "" if there is none. */
static const char *seen(struct scene *scene)
{
	struct message *message = &scene->message;

	*message = (struct message){ 0 };
	scene->seen[0] = '\0';
	while (message_wants(message) > 0) {
		int n = message_wants(message), ready;

		xenbus_turn(scene->xenbus);
		ready = bytes_ready(&scene->in);
		if (ready <= 0)
			return scene->seen;
		n = n < ready ? n : ready;
		bytes_peek(&scene->in, 0, message_room(message), (uint32_t)n);
		bytes_drop(&scene->in, (uint32_t)n);
		message_got(message, (size_t)n);
	}

	write_text(scene->seen, &message->header, message->payload);
	return scene->seen;
}

static void says(struct scene *scene, const char *text)
{
	struct message message;

	read_text(text, &message);
	bytes_put(&scene->out, &message.header, sizeof(message.header));
	bytes_put(&scene->out, message.payload, message.header.len);
	xenbus_turn(scene->xenbus);
}

static const char *heard(struct user *user)
{
	char *copy = talloc_strdup(user, user->heard);

	user->heard[0] = '\0';
	return copy;
}

TEST(a_request_and_its_reply_pass)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "READ 77 0 path|");
	CHECK_STR(seen(scene), "READ 1 0 path|");
	CHECK_EQ(scene->notified, 1);
	says(scene, "READ 1 0 value");
	CHECK_STR(heard(user), "READ 77 0 value\n");
}

TEST(replies_find_back_to_who_asked_in_any_order)
{
	struct scene *scene = scene_new(t);
	struct user *one = user_new(t, scene), *two = user_new(t, scene);

	asks(one, "READ 5 0 a|");
	asks(two, "READ 5 0 b|");
	CHECK_STR(seen(scene), "READ 1 0 a|");
	CHECK_STR(seen(scene), "READ 2 0 b|");
	says(scene, "READ 2 0 B");
	CHECK_STR(heard(one), "");
	CHECK_STR(heard(two), "READ 5 0 B\n");
	says(scene, "ERROR 1 0 ENOENT|");
	CHECK_STR(heard(one), "ERROR 5 0 ENOENT|\n");
}

TEST(a_reply_that_nobody_waits_for_is_dropped)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	says(scene, "READ 1 0 value");
	says(scene, "READ 4294967295 0 value");
	asks(user, "READ 5 0 a|");
	seen(scene);
	says(scene, "READ 1 0 A");
	says(scene, "READ 1 0 twice");
	CHECK_STR(heard(user), "READ 5 0 A\n");
}

TEST(what_is_longer_than_the_ring_passes_in_pieces)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);
	char *text = talloc_asprintf(t->mem, "WRITE 9 0 %04000d", 7);

	asks(user, text);
	CHECK_STR(seen(scene) + strlen("WRITE 1"), text + strlen("WRITE 9"));
}

TEST(each_user_has_its_own_watches_by_the_same_token)
{
	struct scene *scene = scene_new(t);
	struct user *one = user_new(t, scene), *two = user_new(t, scene);

	asks(one, "WATCH 1 0 x|tok|");
	asks(two, "WATCH 1 0 x|tok|");
	CHECK_STR(seen(scene), "WATCH 1 0 x|1|");
	CHECK_STR(seen(scene), "WATCH 2 0 x|2|");
	says(scene, "WATCH 1 0 OK|");
	says(scene, "WATCH 2 0 OK|");
	CHECK_STR(heard(one), "WATCH 1 0 OK|\n");
	heard(two);
	says(scene, "EVENT 0 0 x/y|2|");
	CHECK_STR(heard(one), "");
	CHECK_STR(heard(two), "EVENT 0 0 x/y|tok|\n");
}

TEST(what_follows_the_token_of_a_watch_is_kept)
{
	struct scene *scene = scene_new(t);

	asks(user_new(t, scene), "WATCH 1 0 x|tok|2|");
	CHECK_STR(seen(scene), "WATCH 1 0 x|1|2|");
}

TEST(a_watch_is_removed_by_its_own_token)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok|");
	seen(scene);
	says(scene, "WATCH 1 0 OK|");
	heard(user);

	asks(user, "UNWATCH 2 0 x|other|");
	CHECK_STR(heard(user), "ERROR 2 0 ENOENT|\n");
	asks(user, "UNWATCH 3 0 x|tok|");
	CHECK_STR(seen(scene), "UNWATCH 1 0 x|1|");
	says(scene, "UNWATCH 1 0 OK|");
	CHECK_STR(heard(user), "UNWATCH 3 0 OK|\n");
	says(scene, "EVENT 0 0 x|1|");
	CHECK_STR(heard(user), "");
}

TEST(a_watch_that_failed_is_none)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok|");
	seen(scene);
	says(scene, "ERROR 1 0 E2BIG|");
	CHECK_STR(heard(user), "ERROR 1 0 E2BIG|\n");
	asks(user, "UNWATCH 2 0 x|tok|");
	CHECK_STR(heard(user), "ERROR 2 0 ENOENT|\n");
}

TEST(malformed_watches_are_refused)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok");
	asks(user, "UNWATCH 2 0 ");
	CHECK_STR(heard(user), "ERROR 1 0 EINVAL|\nERROR 2 0 EINVAL|\n");
	CHECK_STR(seen(scene), "");
}

TEST(a_transaction_is_for_who_started_it)
{
	struct scene *scene = scene_new(t);
	struct user *one = user_new(t, scene), *two = user_new(t, scene);

	asks(one, "START 1 0 |");
	CHECK_STR(seen(scene), "START 1 0 |");
	says(scene, "START 1 0 42|");
	asks(two, "READ 1 42 x|");
	CHECK_STR(heard(two), "ERROR 1 42 ENOENT|\n");
	asks(one, "READ 2 42 x|");
	CHECK_STR(seen(scene), "READ 1 42 x|");
	asks(one, "END 3 42 T|");
	CHECK_STR(seen(scene), "END 2 42 T|");
	says(scene, "ERROR 2 42 EAGAIN|");
	asks(one, "READ 4 42 x|");
	CHECK_STR(heard(one), "START 1 0 42|\nERROR 3 42 EAGAIN|\n"
			      "ERROR 4 42 ENOENT|\n");
}

TEST(who_leaves_leaves_no_watch_and_no_transaction)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok|");
	asks(user, "START 2 0 |");
	seen(scene);
	seen(scene);
	says(scene, "WATCH 1 0 OK|");
	says(scene, "START 2 0 42|");
	talloc_free(user);

	CHECK_STR(seen(scene), "END 2 42 F|");
	CHECK_STR(seen(scene), "UNWATCH 1 0 x|1|");
	says(scene, "EVENT 0 0 x|1|");
	says(scene, "ERROR 2 42 ENOENT|");
	says(scene, "UNWATCH 1 0 OK|");
}

TEST(who_leaves_in_the_middle_is_tidied_up_after)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok|");
	asks(user, "START 2 0 |");
	asks(user, "READ 3 0 x|");
	talloc_free(user);
	for (int i = 0; i < 3; i++)
		seen(scene);
	CHECK_STR(seen(scene), "UNWATCH 4 0 x|1|");

	says(scene, "WATCH 1 0 OK|");
	says(scene, "START 2 0 43|");
	says(scene, "READ 3 0 value");
	says(scene, "UNWATCH 4 0 OK|");
	CHECK_STR(seen(scene), "END 1 43 F|");
}

TEST(answers_about_a_watch_may_come_in_any_order)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	asks(user, "WATCH 1 0 x|tok|");
	asks(user, "UNWATCH 2 0 x|tok|");
	seen(scene);
	CHECK_STR(seen(scene), "UNWATCH 2 0 x|1|");
	says(scene, "UNWATCH 2 0 OK|");
	says(scene, "ERROR 1 0 ENOMEM|");
	CHECK_STR(heard(user), "UNWATCH 2 0 OK|\nERROR 1 0 ENOMEM|\n");
}

TEST(a_xenstored_that_breaks_the_protocol_is_left_alone)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);

	scene->page.rsp_prod = 5000;
	xenbus_turn(scene->xenbus);
	xenbus_turn(scene->xenbus);
	CHECK_EQ(scene->broken, 1);
	asks(user, "READ 1 0 x|");
	CHECK_STR(seen(scene), "");
}

TEST(a_reply_that_is_too_long_breaks_the_protocol)
{
	struct scene *scene = scene_new(t);
	struct xs_header header = { .type = XS_READ, .len = 4097 };

	bytes_put(&scene->out, &header, sizeof(header));
	xenbus_turn(scene->xenbus);
	CHECK_EQ(scene->broken, 1);
}

TEST(users_wait_while_much_is_on_its_way)
{
	struct scene *scene = scene_new(t);
	struct user *user = user_new(t, scene);
	char *text = talloc_asprintf(t->mem, "WRITE 9 0 %04000d", 7);

	for (int i = 0; i < 8; i++)
		asks(user, text);
	CHECK(xenbus_is_busy(scene->xenbus));
	for (int i = 0; i < 8; i++)
		CHECK(*seen(scene));
	CHECK(!xenbus_is_busy(scene->xenbus));
}
