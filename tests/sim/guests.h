/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * guests - a test as the programs of several domains at once.
 *
 * These tests run in domain 0 of a simulated hypervisor, through "xensim run".
 * What the functions return goes with the test.
 */

#include <stdbool.h>
#include <stdint.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include "sim/xensim.h"
#include "tests/lib/test.h"

/* A domain that is destroyed with the test. */
domid_t guest_new(struct test *t);

xenevtchn_handle *evtchn_new(struct test *t);
xengnttab_handle *gnttab_new(struct test *t);
xengntshr_handle *gntshr_new(struct test *t);
xenforeignmemory_handle *foreignmem_new(struct test *t);

/* A port of domain @domid for domain 0, bound by domain 0: both ends. */
struct channel {
	xenevtchn_handle *guest;
	xenevtchn_handle *host;
	evtchn_port_t guest_port;
	evtchn_port_t host_port;
};
struct channel channel_new(struct test *t, domid_t domid);

/* The port that is to be read next, 0 if there is none now. */
evtchn_port_t next_event(xenevtchn_handle *xce);

/* Read and unmask all there is, so that the next event is a new one. */
void drain(xenevtchn_handle *xce);

/* @what holds within a few seconds. */
bool eventually(bool (*what)(void *arg), void *arg);

/* A page of a guest, granted to domain 0. */
uint32_t guest_shares(struct test *t, domid_t domid, bool writable,
		      char **page);

/* A process that runs @fn and then waits to be killed.  @fn was run when this
 * returns. */
struct process;
struct process *process_new(struct test *t, void (*fn)(void *arg), void *arg);

/* It is gone when this returns. */
void process_kill(struct process *process);
