/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * journal - which requests of a ring are in flight, where a crash of ours does
 * not reach it.
 *
 * A response overwrites the slot of some request that is not answered yet.  So
 * a ring alone does not tell a successor what is left to do.  The journal has
 * a record for each request that was taken: with a copy of its slot, and once
 * it is answered, the index of its response.  A response that the guest has
 * not been shown does not count: such a request is done again.
 *
 * All is plain memory; whoever calls sees to it that it outlives the process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_SLOT_MAX 120

struct journal_record {
	uint32_t state;    /* enum journal_state */
	uint32_t response; /* its index on the ring, if answered */
	uint8_t slot[JOURNAL_SLOT_MAX];
};

enum journal_state {
	JOURNAL_FREE,
	JOURNAL_TAKEN,
	JOURNAL_ANSWERED,
};

/* The request in record->slot is ours from here on. */
void journal_take(struct journal_record *record);

/* It is answered by response number @response, not yet shown. */
void journal_answer(struct journal_record *record, uint32_t response);

/* The guest has been shown its response. */
void journal_forget(struct journal_record *record);

/* What a successor finds: forget all responses below @shown and call all else
 * taken.  Returns how many are taken. */
unsigned int journal_recover(struct journal_record *records, unsigned int n,
			     uint32_t shown);
