/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * guests - clients by rings: domains of xensim, all within this process.
 */

#include "base/xen.h"
#include "bench/store/client.h"

struct guests;

/* @admin introduces them; errors are noted in its trouble. */
struct guests *guests_new(void *mem, struct client *admin);

/* A domain that xenstored knows and that never says anything. */
domid_t guests_add_idle(struct guests *guests);

/* A domain that works in its own folder. */
struct client *guests_add(struct guests *guests);

/* End a domain, as by xl destroy. */
void guests_destroy(struct guests *guests, domid_t domid);
