/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * events - the state of a port, and when its number is to be written.
 *
 * The descriptor of a handle is the read end of a pipe of port numbers.
 *
 *     state             raised by the other end     unmasked by its owner
 *     0                 MASKED, write the number    0
 *     MASKED            MASKED|PENDING              0
 *     MASKED|PENDING    MASKED|PENDING              MASKED, write the number
 *
 * A number is thus in the pipe once at most, the pipe is readable exactly as
 * long as there is a port to be read, and no notification is lost.  A port
 * that nobody listens to is masked.
 */

#include <stdbool.h>
#include <stdint.h>

enum { SIM_PORT_MASKED = 1 << 0, SIM_PORT_PENDING = 1 << 1 };

/* Both return whether the port's number is to be written to its handle. */
static inline bool sim_port_raise(uint32_t *state)
{
	uint32_t old = __atomic_load_n(state, __ATOMIC_SEQ_CST);
	uint32_t new;

	do {
		new = old &SIM_PORT_MASKED ? old | SIM_PORT_PENDING
					   : SIM_PORT_MASKED;
	} while (!__atomic_compare_exchange_n(
		state, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));

	return !(old & SIM_PORT_MASKED);
}

static inline bool sim_port_unmask(uint32_t *state)
{
	uint32_t old = __atomic_load_n(state, __ATOMIC_SEQ_CST);
	uint32_t new;

	do {
		new = old &SIM_PORT_PENDING ? SIM_PORT_MASKED : 0;
	} while (!__atomic_compare_exchange_n(
		state, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));

	return old & SIM_PORT_PENDING;
}
