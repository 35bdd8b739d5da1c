/* rehearsal.h: an incident happens again, and this time the engine decides.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_REHEARSAL_H
#define PLI_STUDY_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/core.h"
#include "study/control.h"
#include "study/incident.h"

/*
 * A rehearsal makes a core with its shipped parameters, brings it into the state with which the file begins, and turns the
 * file's events into events of the core. Around the core there is no more than a venue must have: sources that go on
 * saying what they said last, a ladder of orders that forced trades may hit, an operator who sends CONTINUE, ASSESS and
 * INTEREST. What is refused, who is liquidated and who pays is the core's word; docs/incidents.md says how each thing of
 * the schema is expressed.
 *
 * Purity     No allocation, no clock, no I/O. The same file and options give the same events and the same digest.
 */

/* pli_rehearsal_options - `without`: PLI_CONTROL_BITs of controls that are switched off. */
typedef struct pli_rehearsal_options {
    uint64_t without;
    bool is_naive; /* all the file's controls, on the naive books, by the venue's own price formula */
    /* a clock that never runs backwards, ns; NULL: nothing is measured. What is decided does not depend on it. */
    int64_t (*clock_ns)(void);
    /* so many accounts bankrupt at once, and how long that took (study/burst.h); 0: not played */
    uint32_t burst_count;
    int64_t burst_ns;
} pli_rehearsal_options;

/* pli_rehearsal_entry - a line of the timeline. */
typedef struct pli_rehearsal_entry {
    int64_t time_ms;
    uint32_t event; /* sequence in the file; 0: the engine's own doing */
    char text[128];
    char outcome[40];
    const char *expected; /* what the file says, or "" */
} pli_rehearsal_entry;

/* pli_rehearsal_sample - how things stood, for a picture. Money in micros of the valuation currency. */
typedef struct pli_rehearsal_sample {
    int64_t time_ms;
    int64_t price_e8; /* of the first symbol */
    int64_t insurance_micros;
    int64_t open_interest_micros;
    int64_t deficit_micros; /* what accounts owe beyond what they have */
    int64_t
        equity_micros; /* of the account that is watched: the first one with a position or a loan */
    int64_t maintenance_micros;
    int64_t pool_gain_micros; /* of the backstop pool, on paper */
    int64_t forced_micros;    /* closed by force up to then, at the prices that were paid */
} pli_rehearsal_sample;

#define PLI_REHEARSAL_ENTRIES_MAX 4096u
#define PLI_REHEARSAL_SAMPLES_MAX 2048u

/* pli_rehearsal_verdict - one assertion and what was seen. */
typedef struct pli_rehearsal_verdict {
    bool is_met;
    bool is_expressed; /* false: the rehearsal has no such metric, which counts as not met */
    char seen[64];
} pli_rehearsal_verdict;

typedef struct pli_rehearsal pli_rehearsal;

/*
 * pli_rehearsal_size - bytes for a rehearsal of this incident; 0 where it is larger than a core can be.
 * pli_rehearsal_run - play it, from the opening to the last event.
 *
 * Cost       O(time of the scenario / 10 s + liquidation).
 *
 * Returns
 *   PLM_OK               *made stands in `memory`.
 *   PLM_VALUE_INVALID    the file asks for what no venue can be: *fault names line and reason.
 *   PLM_WORKSPACE_SMALL  `size` is less than pli_rehearsal_size.
 */
size_t pli_rehearsal_size(const pli_incident *incident);
PLM_MUST_USE plm_status pli_rehearsal_run(const pli_incident *incident,
                                          const pli_rehearsal_options *options, void *memory,
                                          size_t size, pli_rehearsal **made, plm_fault *fault);

/* pli_rehearsal_judge - an assertion of the file against what has happened. */
pli_rehearsal_verdict pli_rehearsal_judge(const pli_rehearsal *rehearsal,
                                          const pli_incident_assertion *assertion);

/* pli_rehearsal_loss - what accounts owe beyond all they have, plus what funds have paid, micros of the valuation currency. */
int64_t pli_rehearsal_loss(const pli_rehearsal *rehearsal);

/* pli_rehearsal_currency - the name of the valuation currency. */
const char *pli_rehearsal_currency(const pli_rehearsal *rehearsal);

/* pli_rehearsal_watched - the name of the account whose equity the samples hold; "" where the file has none. */
const char *pli_rehearsal_watched(const pli_rehearsal *rehearsal);

/* pli_rehearsal_core - the state at the end. */
const plm_core *pli_rehearsal_core(const pli_rehearsal *rehearsal);

/* The timeline and the samples, oldest first. */
const pli_rehearsal_entry *pli_rehearsal_entries(const pli_rehearsal *rehearsal, uint32_t *count);
const pli_rehearsal_sample *pli_rehearsal_samples(const pli_rehearsal *rehearsal, uint32_t *count);

#endif
