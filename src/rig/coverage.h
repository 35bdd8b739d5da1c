/* coverage.h: which events can meet which outcome in which state of the price, and which of these a run has met.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_COVERAGE_H
#define PLI_RIG_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/core.h"

/*
 * The price state of an event is that of the underlying which its body names, itself or by an instrument: 0 where it names
 * none that is listed, else plm_price_state. It is the state in which the event was decided: before it for the kinds that
 * list something or set the price, after it (time has passed then) for all others.
 */
#define PLI_COVERAGE_STATES 5u
#define PLI_COVERAGE_TYPES 128u
#define PLI_COVERAGE_REJECTS 128u

/* pli_coverage - what has been met: an event type with an outcome in a price state, a type after a type. */
typedef struct pli_coverage {
    bool outcomes[PLI_COVERAGE_TYPES][PLI_COVERAGE_REJECTS][PLI_COVERAGE_STATES];
    bool pairs[PLI_COVERAGE_TYPES][PLI_COVERAGE_TYPES];
    uint16_t last;
} pli_coverage;

/* pli_coverage_add - an event of this type got this outcome in this price state, after the one added before it. */
void pli_coverage_add(pli_coverage *coverage, uint16_t type, plm_reject reject, uint32_t state);

/* pli_coverage_is_known - has the type a row in the table of what can occur? */
bool pli_coverage_is_known(uint16_t type);

/*
 * pli_coverage_can_occur - by docs/books.md, can an event of this type meet that outcome in that price state?
 *
 * A run that meets what cannot occur has found an error, in the state machine or in the table.
 */
bool pli_coverage_can_occur(uint16_t type, plm_reject reject, uint32_t state);

/* pli_coverage_is_demanded - the same but for cells so remote that docs/reliability.md names them with the reason. */
bool pli_coverage_is_demanded(uint16_t type, plm_reject reject, uint32_t state);

/* pli_coverage_count - cells that are demanded, and how many of them have been met; the same for pairs of types. */
typedef struct pli_coverage_count {
    uint64_t types, types_met;
    uint64_t outcomes, outcomes_met; /* type x outcome */
    uint64_t cells, cells_met;       /* type x outcome x price state */
    uint64_t pairs, pairs_met;
} pli_coverage_count;

pli_coverage_count pli_coverage_counts(const pli_coverage *coverage);

/* pli_coverage_state_of - the price state for an event, in the state as it is now. */
uint32_t pli_coverage_state_of(const plm_core *core, const plm_event *event);

/* pli_coverage_is_before - is the price state of the type looked up before the event? */
bool pli_coverage_is_before(uint16_t type);

#endif
