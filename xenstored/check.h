/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * check - whether the daemon's state agrees with itself.
 *
 * What is kept up to date step by step (accounts) is computed anew from the
 * tree, the watches and the transactions, and compared.
 */

#include <stdio.h>

struct server;

/* Write "OK" or one line for each disagreement to @out.
 * Returns 0 or -ENOMEM. */
int check_server(struct server *server, FILE *out);
