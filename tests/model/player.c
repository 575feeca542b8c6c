/* SPDX-License-Identifier: MIT */

#include "tests/model/player.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "hv/world.h"
#include "tests/lib/test.h"
#include "tests/xenstored/store-world.h"
#include "xenstored/server.h"

#define LINES     100
#define LINE_SIZE 160

struct player {
	struct store_world *w;
	struct model *model;
	struct raw *raw[N_CLIENTS];
	char line[LINES][LINE_SIZE]; /* what was done last */
	unsigned int n_lines;
};

/* What was done */

static void note(struct player *player, const char *fmt, ...) PRINTF(2, 3);

static void note(struct player *player, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(player->line[player->n_lines++ % LINES], LINE_SIZE, fmt,
		  args);
	va_end(args);
}

static void fail(struct player *player, const char *fmt, ...) PRINTF(2, 3)
	__attribute__((noreturn));

static void fail(struct player *player, const char *fmt, ...)
{
	unsigned int n = player->n_lines < LINES ? player->n_lines : LINES;
	va_list args;

	for (unsigned int i = player->n_lines - n; i < player->n_lines; i++)
		printf("# %u: %s\n", i, player->line[i % LINES]);
	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

/* Comparing */

static bool is_in(const char *const *texts, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(texts[i], text))
			return true;
	}

	return false;
}

/* The first mention of an event that the model expects, or NULL. */
static const struct m_event *expected(const struct player *player,
				      unsigned int client, const char *text)
{
	const struct model *model = player->model;

	for (size_t i = 0; i < model->n_events; i++) {
		if (model->events[i].client == client &&
		    !strcmp(model->events[i].text, text))
			return &model->events[i];
	}

	return NULL;
}

/* The lowest rank that an event is expected with. */
static unsigned int rank_of(struct player *player, unsigned int client,
			    const char *text)
{
	const struct model *model = player->model;
	const struct m_event *event = expected(player, client, text);
	unsigned int rank;

	if (!event)
		fail(player, "client %u got %s", client, text);

	rank = event->rank;
	for (; event < model->events + model->n_events; event++) {
		if (event->client == client && !strcmp(event->text, text) &&
		    event->rank < rank)
			rank = event->rank;
	}
	return rank;
}

#define EVENTS_MAX 256

/* All events came that should, and none else, in an order that is allowed.
 * The same event may come again. */
static void compare_events(struct player *player, unsigned int client)
{
	const struct model *model = player->model;
	const char *got[EVENTS_MAX], *text;
	unsigned int last = 0;
	size_t n = 0;

	while ((text = raw_event(player->raw[client]))) {
		unsigned int rank = rank_of(player, client, text);

		if (is_in(got, n, text))
			continue;
		if (rank < last)
			fail(player, "client %u got %s after %s", client, text,
			     got[n - 1]);
		last = rank;
		got[n++] = text;
	}
	for (size_t i = 0; i < model->n_events; i++) {
		if (model->events[i].client == client &&
		    !is_in(got, n, model->events[i].text))
			fail(player, "client %u did not get %s", client,
			     model->events[i].text);
	}
}

static void compare_all_events(struct player *player)
{
	for (unsigned int i = 0; i < N_CLIENTS; i++) {
		if (!player->raw[i])
			continue;
		compare_events(player, i);
		raw_tidy(player->raw[i]);
	}
}

static void compare_replies(struct player *player, const char *got,
			    const char *wanted)
{
	note(player, "    %s", got ?: "(nothing)");
	if (!got || strcmp(got, wanted))
		fail(player, "it should be %s", wanted);
}

/* Clients */

struct player *player_new(struct test *t)
{
	struct player *player = talloc_zero(t->mem, struct player);
	struct server_options options;

	server_defaults(&options);
	options.limits.max[QUOTA_NODES] = NODES_MAX;
	options.limits.max[QUOTA_WATCHES] = WATCHES_MAX;
	options.limits.max[QUOTA_TRANSACTIONS] = TXNS_MAX;
	options.limits.max[QUOTA_TRANSACTION_NODES] = TXN_NODES_MAX;
	options.limits.max[QUOTA_NODE_PERMISSIONS] = ENTRIES_MAX;
	options.limits.max[QUOTA_NODE_SIZE] = BYTES_MAX;
	player->w = store_world_with(t, &options);
	player->model = model_new(player);
	player->raw[0] = raw_socket(player->w);
	player->raw[1] = raw_kernel(player->w);
	return player;
}

bool player_has(const struct player *player, unsigned int client)
{
	return player->raw[client] &&
	       player->model->domain[player->model->client[client].domid]
		       .introduced;
}

const struct model *player_model(const struct player *player)
{
	return player->model;
}

void player_check(struct player *player)
{
	const char *reply = check(player->raw[0]);

	if (!reply || strcmp(reply, "OK|"))
		fail(player, "check says: %s", reply ?: "(nothing)");
	model_next(player->model);
	compare_all_events(player);
}

/* Requests */

static void print_request(const struct m_request *request, char *payload)
{
	char *perms;

	switch (request->type) {
	case XS_WRITE:
		sprintf(payload, "%s|%s", request->given, request->value);
		break;
	case XS_SET_PERMS:
		perms = m_perms_text(NULL, &request->perms);
		sprintf(payload, "%s|%s", request->given, perms);
		talloc_free(perms);
		break;
	case XS_WATCH:
		sprintf(payload, "%s|%s|", request->given, request->token);
		if (request->depth >= 0)
			sprintf(payload + strlen(payload), "%d|",
				request->depth);
		break;
	case XS_UNWATCH:
		sprintf(payload, "%s|%s|", request->given, request->token);
		break;
	case XS_DIRECTORY_PART:
		sprintf(payload, "%s|0|", request->given);
		break;
	case XS_TRANSACTION_END:
		sprintf(payload, "%s|", request->value);
		break;
	default:
		sprintf(payload, "%s|", request->given);
		break;
	}
}

static void complete(const struct player *player, unsigned int client,
		     struct m_request *request)
{
	bool is_relative = *request->given && !strchr("/@", *request->given);

	if (is_relative)
		snprintf(request->path, PATH_SIZE, "/local/domain/%u/%s",
			 player->model->client[client].domid, request->given);
	else
		strcpy(request->path, request->given);
}

void player_ask(struct player *player, unsigned int client,
		struct m_request *request)
{
	char payload[LINE_SIZE], *wanted;
	const char *got;
	uint32_t txn = 1;

	complete(player, client, request);
	print_request(request, payload);
	note(player, "client %u, txn %u, type %u: %s", client, request->txn,
	     request->type, payload);
	got = ask(player->raw[client], request->type, request->txn, payload);
	if (got && request->type == XS_DIRECTORY_PART && *got != '!')
		got = strchr(got, '|') + 1;
	if (got && request->type == XS_TRANSACTION_START && *got != '!')
		txn = strtoul(got, NULL, 10);

	model_next(player->model);
	wanted = model_ask(player, player->model, client, request, txn);
	compare_replies(player, got, wanted);
	compare_all_events(player);
	talloc_free(wanted);
}

/* Domains */

void player_create(struct player *player, uint16_t domid)
{
	note(player, "domain %u is created", domid);
	player->raw[domid + 1] = raw_domain(player->w, domid);
	model_next(player->model);
	model_create(player->model, domid);
}

/* Something that the first client asks about a domain. */
static void ask_about(struct player *player, const char *what, uint16_t domid,
		      const char *got, int r)
{
	char *wanted =
		r < 0 ? talloc_asprintf(player, "!%s|", xs_error_name(-r))
		      : talloc_strdup(player, "OK|");

	note(player, "%s domain %u", what, domid);
	compare_replies(player, got, wanted);
	compare_all_events(player);
	talloc_free(wanted);
}

void player_introduce(struct player *player, uint16_t domid)
{
	const char *got = introduce(player->raw[0], player->w, domid);

	model_next(player->model);
	raw_restart(player->raw[domid + 1]);
	ask_about(player, "introduce", domid, got,
		  model_introduce(player->model, domid));
}

void player_release(struct player *player, uint16_t domid)
{
	const char *got = release(player->raw[0], domid);

	model_next(player->model);
	ask_about(player, "release", domid, got,
		  model_release(player->model, domid));
}

void player_resume(struct player *player, uint16_t domid)
{
	char payload[16];
	const char *got;

	sprintf(payload, "%u|", domid);
	got = ask(player->raw[0], XS_RESUME, 0, payload);
	model_next(player->model);
	ask_about(player, "resume", domid, got,
		  model_resume(player->model, domid));
}

void player_set_target(struct player *player, uint16_t domid, uint16_t target)
{
	char payload[16];
	const char *got;

	sprintf(payload, "%u|%u|", domid, target);
	got = ask(player->raw[0], XS_SET_TARGET, 0, payload);
	model_next(player->model);
	ask_about(player, "set the target of", domid, got,
		  model_set_target(player->model, domid, target));
}

void player_stop(struct player *player, uint16_t domid)
{
	note(player, "domain %u stops", domid);
	world_shut_down(player->w->world, domid);
	loop_settle(player->w->loop);
	model_next(player->model);
	model_stop(player->model, domid);
	compare_all_events(player);
}

void player_destroy(struct player *player, uint16_t domid)
{
	note(player, "domain %u is destroyed", domid);
	world_destroy(player->w->world, domid);
	loop_settle(player->w->loop);
	TALLOC_FREE(player->raw[domid + 1]);
	model_next(player->model);
	model_destroy(player->model, domid);
	compare_all_events(player);
}

void player_reconnect(struct player *player, unsigned int client)
{
	note(player, "client %u connects anew", client);
	if (client == 0) {
		raw_hang_up(player->raw[0]);
		talloc_free(player->raw[0]);
		player->raw[0] = raw_socket(player->w);
	} else {
		raw_page(player->raw[client])->connection = XS_RECONNECT;
		raw_kick(player->raw[client]);
		raw_restart(player->raw[client]);
	}
	model_next(player->model);
	model_reset(player->model, client);
	compare_all_events(player);
}
