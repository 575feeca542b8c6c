/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * player - does the same to a xenstored and to the model, and compares.
 *
 * Whatever differs ends the program with the last things that were done.
 */

#include <stdbool.h>
#include <stdint.h>

#include "tests/model/model.h"

struct player;
struct test;

struct player *player_new(struct test *t);

/* A client asks.  @request has all but the whole path. */
void player_ask(struct player *player, unsigned int client,
		struct m_request *request);

/* What happens to the domains 1 to 3, and to clients. */
void player_create(struct player *player, uint16_t domid);
void player_introduce(struct player *player, uint16_t domid);
void player_release(struct player *player, uint16_t domid);
void player_resume(struct player *player, uint16_t domid);
void player_set_target(struct player *player, uint16_t domid, uint16_t target);
void player_stop(struct player *player, uint16_t domid);
void player_destroy(struct player *player, uint16_t domid);
void player_reconnect(struct player *player, unsigned int client);

/* The daemon's own opinion of itself. */
void player_check(struct player *player);

/* Whether the client is there; what its domain and its transactions are. */
bool player_has(const struct player *player, unsigned int client);
const struct model *player_model(const struct player *player);
