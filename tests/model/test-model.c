/* SPDX-License-Identifier: MIT */

/*
 * A xenstored and a model of it are told the same things by chance, and must
 * say the same.
 *
 *     test-model [FIRST-SEED [SEEDS [STEPS]]]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/array.h"
#include "tests/lib/random.h"
#include "tests/lib/test.h"
#include "tests/model/player.h"

#define CHECK_EVERY 1000

struct dice {
	struct player *player;
	uint64_t seed;
};

static unsigned int roll(struct dice *dice, unsigned int n)
{
	return random_below(&dice->seed, n);
}

/* Paths of few nodes, so that clients get in each other's way. */
static void any_path(struct dice *dice, char *path)
{
	unsigned int n = roll(dice, 4);

	*path = '\0';
	if (roll(dice, 2))
		sprintf(path, "/local/domain/%u", roll(dice, 4));
	else if (roll(dice, 2))
		n++; /* of the client's own home */
	else
		strcpy(path, roll(dice, 4) ? "/a" : "/");

	while (n--) {
		size_t len = strlen(path);

		if (len && path[len - 1] != '/')
			path[len++] = '/';
		path[len++] = 'a' + roll(dice, 3);
		path[len] = '\0';
	}
}

static void any_value(struct dice *dice, char *value)
{
	unsigned int len = roll(dice, 8);

	memset(value, '0' + roll(dice, 3), len);
	value[len] = '\0';
}

static void any_perms(struct dice *dice, unsigned int client,
		      struct m_perms *perms)
{
	static const uint16_t domids[] = { 0, 1, 2, 3, 5, ANYBODY };
	uint16_t own = player_model(dice->player)->client[client].domid;

	perms->n = 1 + roll(dice, 4);
	for (unsigned int i = 0; i < perms->n; i++)
		perms->perm[i] = (struct m_perm){
			.domid = domids[roll(dice, ARRAY_SIZE(domids))],
			.letter = "nrwb"[roll(dice, 4)],
		};
	if (perms->perm[0].domid == ANYBODY || roll(dice, 2))
		perms->perm[0].domid = own ?: roll(dice, 4);
}

/* A transaction of the client: mostly one that it has. */
static uint32_t any_txn(struct dice *dice, unsigned int client)
{
	const struct m_client *c = &player_model(dice->player)->client[client];
	const struct m_txn *txn = &c->txn[roll(dice, TXNS_MAX)];

	if (!roll(dice, 500))
		return 99;
	return txn->n_ops < OPS_MAX - 1 ? txn->id : 0;
}

/* One that it has, if it has any. */
static uint32_t own_txn(struct dice *dice, unsigned int client)
{
	const struct m_client *c = &player_model(dice->player)->client[client];
	unsigned int first = roll(dice, TXNS_MAX);

	for (unsigned int i = 0; i < TXNS_MAX; i++) {
		uint32_t id = c->txn[(first + i) % TXNS_MAX].id;

		if (id)
			return id;
	}
	return roll(dice, 10) ? 0 : 99;
}

/* Domain 0 has no limit, but the model has. */
static bool has_too_many(const struct m_client *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < TXNS_MAX; i++)
		n += c->txn[i].id != 0;

	return c->domid == 0 && n == TXNS_MAX;
}

static void any_watch(struct dice *dice, struct m_request *request)
{
	static const char *const specials[] = { "@introduceDomain",
						"@releaseDomain",
						"@releaseDomain/2" };

	if (roll(dice, 8))
		any_path(dice, request->given);
	else
		strcpy(request->given,
		       specials[roll(dice, ARRAY_SIZE(specials))]);
	sprintf(request->token, "t%u", roll(dice, 3));
	request->depth = roll(dice, 3) ? -1 : (int)roll(dice, 3);
	request->txn = 0;
}

/* Mostly one that the client has. */
static void own_watch(struct dice *dice, unsigned int client,
		      struct m_request *request)
{
	const struct m_client *c = &player_model(dice->player)->client[client];
	const struct m_watch *watch = c->watches;

	any_watch(dice, request);
	for (unsigned int n = roll(dice, 8); watch && n; n--)
		watch = watch->next;
	if (watch) {
		strcpy(request->given, watch->given);
		strcpy(request->token, watch->token);
	}
}

/* How often each type of request comes, of the whole. */
static const struct {
	uint32_t type;
	unsigned int often;
} types[] = {
	{ XS_READ, 150 },
	{ XS_DIRECTORY, 80 },
	{ XS_DIRECTORY_PART, 20 },
	{ XS_GET_PERMS, 70 },
	{ XS_WRITE, 230 },
	{ XS_MKDIR, 90 },
	{ XS_RM, 90 },
	{ XS_SET_PERMS, 100 },
	{ XS_WATCH, 60 },
	{ XS_UNWATCH, 40 },
	{ XS_TRANSACTION_START, 60 },
	{ XS_TRANSACTION_END, 40 },
	{ XS_RESET_WATCHES, 3 },
};

static uint32_t any_type(struct dice *dice)
{
	unsigned int all = 0, i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		all += types[i].often;
	all = roll(dice, all);
	for (i = 0; all >= types[i].often; i++)
		all -= types[i].often;

	return types[i].type;
}

static void ask_something(struct dice *dice)
{
	unsigned int client = roll(dice, N_CLIENTS);
	struct m_request request = { .type = any_type(dice), .depth = -1 };

	if (!player_has(dice->player, client) ||
	    (request.type == XS_TRANSACTION_START &&
	     has_too_many(&player_model(dice->player)->client[client])))
		return;

	request.txn = any_txn(dice, client);
	switch (request.type) {
	case XS_TRANSACTION_START:
		request.txn = roll(dice, 20) ? 0 : request.txn;
		break;
	case XS_TRANSACTION_END:
		request.txn = own_txn(dice, client);
		strcpy(request.value, roll(dice, 5) ? "T" : "F");
		break;
	case XS_WATCH:
		any_watch(dice, &request);
		break;
	case XS_UNWATCH:
		own_watch(dice, client, &request);
		break;
	case XS_RESET_WATCHES:
		break;
	default:
		any_path(dice, request.given);
		any_value(dice, request.value);
		any_perms(dice, client, &request.perms);
		break;
	}
	player_ask(dice->player, client, &request);
}

/* What a toolstack does for a new domain. */
static void build(struct dice *dice, uint16_t domid)
{
	struct m_request mkdir = { .type = XS_MKDIR };
	struct m_request chown = { .type = XS_SET_PERMS,
				   .perms = { .n = 1,
					      .perm = { { .letter = 'n' } } } };

	player_create(dice->player, domid);
	sprintf(mkdir.given, "/local/domain/%u", domid);
	strcpy(chown.given, mkdir.given);
	chown.perms.perm[0].domid = domid;
	player_ask(dice->player, 0, &mkdir);
	player_ask(dice->player, 0, &chown);
	player_introduce(dice->player, domid);
}

static void do_something_to_a_domain(struct dice *dice)
{
	uint16_t domid = 1 + roll(dice, 3);
	bool is_alive = player_model(dice->player)->domain[domid].alive;

	if (!is_alive) {
		if (roll(dice, 3))
			build(dice, domid);
		else
			player_create(dice->player, domid);
		return;
	}

	switch (roll(dice, 8)) {
	case 0:
		player_release(dice->player, domid);
		break;
	case 1:
		player_resume(dice->player, domid);
		break;
	case 2:
		player_set_target(dice->player, domid, roll(dice, 4));
		break;
	case 3:
		player_stop(dice->player, domid);
		break;
	case 4:
		player_destroy(dice->player, domid);
		break;
	default:
		player_introduce(dice->player, domid);
		break;
	}
}

static void step(struct dice *dice)
{
	unsigned int client = roll(dice, N_CLIENTS);

	if (!roll(dice, 300) && player_has(dice->player, client))
		player_reconnect(dice->player, client);
	else if (!roll(dice, 100))
		do_something_to_a_domain(dice);
	else
		ask_something(dice);
}

static void play(uint64_t seed, unsigned int steps)
{
	struct test t = { .mem = talloc_new(NULL) };
	struct dice dice = { player_new(&t), seed * 0x9e3779b97f4a7c15 };

	for (unsigned int i = 0; i < steps; i++) {
		step(&dice);
		if (i % CHECK_EVERY == 0)
			player_check(dice.player);
	}
	player_check(dice.player);
	talloc_free(t.mem);
}

int main(int argc, char **argv)
{
	unsigned int first = argc > 1 ? atoi(argv[1]) : 1;
	unsigned int n = argc > 2 ? atoi(argv[2]) : 1;
	unsigned int steps = argc > 3 ? atoi(argv[3]) : 20000;

	printf("1..%u\n", n);
	for (unsigned int i = 0; i < n; i++) {
		printf("# seed %u\n", first + i);
		fflush(stdout);
		play(first + i, steps);
		printf("ok %u - %u steps from seed %u\n", i + 1, steps,
		       first + i);
	}
	return 0;
}
