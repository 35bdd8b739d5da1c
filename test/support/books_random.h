/* books_random.h: endless random events on small books, for laws that always hold.    SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_BOOKS_RANDOM_H
#define TS_BOOKS_RANDOM_H

#include "base/prng.h"
#include "support/books.h"

enum { TS_ROUND_NOTES = 256, TS_EVENT_TYPES = 64, TS_REJECTS = 64 };

/* ts_round - a random life of books: what was realised is counted beside the ledger, to compare with it. */
typedef struct ts_round {
    ts_books books;
    pli_prng prng;
    bool is_wild;      /* extreme sizes and prices too */
    uint32_t sweeping; /* instrument, or PLM_NONE */
    uint32_t cursor;   /* of the sweep */
    pli_note notes[TS_ROUND_NOTES];
    pli_i128 profits[TS_B_INSTRUMENTS], losses[TS_B_INSTRUMENTS]; /* atoms ever realised */
    bool is_beyond[TS_B_INSTRUMENTS]; /* a sum left 128 bits: only a wild round's can */
    uint32_t outcomes[TS_EVENT_TYPES][TS_REJECTS]; /* how often each was met */
} ts_round;

void ts_round_init(ts_round *r, uint64_t seed, uint32_t account_count, bool is_wild);
void ts_round_finish(ts_round *r);

/* ts_round_step - one random event, touch or step of a sweep; fails the test when a law of section 5 is broken. */
void ts_round_step(ts_round *r);

#endif
