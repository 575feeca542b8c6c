/* SPDX-License-Identifier: MIT */

#include "libpv/journal.h"

/* We may die between any two instructions: what a state promises is written
 * before it. */
static void set_state(struct journal_record *record, enum journal_state state)
{
	__atomic_store_n(&record->state, state, __ATOMIC_RELEASE);
}

void journal_take(struct journal_record *record)
{
	set_state(record, JOURNAL_TAKEN);
}

void journal_answer(struct journal_record *record, uint32_t response)
{
	record->response = response;
	set_state(record, JOURNAL_ANSWERED);
}

void journal_forget(struct journal_record *record)
{
	set_state(record, JOURNAL_FREE);
}

static bool was_shown(const struct journal_record *record, uint32_t shown)
{
	return record->state == JOURNAL_ANSWERED &&
	       (int32_t)(record->response - shown) < 0;
}

unsigned int journal_recover(struct journal_record *records, unsigned int n,
			     uint32_t shown)
{
	unsigned int n_taken = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct journal_record *record = &records[i];

		if (record->state == JOURNAL_FREE)
			continue;
		if (was_shown(record, shown)) {
			set_state(record, JOURNAL_FREE);
			continue;
		}
		set_state(record, JOURNAL_TAKEN);
		n_taken++;
	}

	return n_taken;
}
