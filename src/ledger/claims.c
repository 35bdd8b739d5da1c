/* claims.c: profit that waits until somebody has paid it (docs/books.md, section 5).  SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "ledger/book.h"

void
pli_market_due(pli_ledger *ledger, uint32_t instrument) {
    if (!ledger->is_due[instrument]) {
        ledger->is_due[instrument] = true;
        ledger->due[ledger->due_count] = instrument;
        ledger->due_count += 1;
    }
}

bool
pli_market_collect(pli_ledger *ledger, uint32_t instrument, pli_i128 atoms) {
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 sum = 0;
    pli_i128 both = 0;
    if (!pli_add_i128(market->collected, atoms, &sum) ||
        !pli_add_i128(sum, market->committed, &both)) {
        return false;
    }
    pli_market_due(ledger, instrument);
    PLI_SAVE(ledger, market->collected);
    market->collected = sum;
    return true;
}

bool
pli_market_commit(pli_ledger *ledger, uint32_t instrument, pli_i128 atoms) {
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 sum = 0;
    pli_i128 both = 0;
    if (!pli_add_i128(market->committed, atoms, &sum) ||
        !pli_add_i128(sum, market->collected, &both)) {
        return false;
    }
    pli_market_due(ledger, instrument);
    PLI_SAVE(ledger, market->committed);
    market->committed = sum;
    return true;
}

static pli_cohort *
cohort_of(pli_market_book *market, uint64_t number) {
    PLI_ASSERT(number >= market->cohort_oldest && number < market->cohort_next);
    return &market->cohorts[number % PLI_COHORT_RING];
}

// Number of the cohort that takes the claims of this event.
static uint64_t
open_cohort(pli_ledger *ledger, uint32_t instrument) {
    pli_market_book *market = &ledger->markets[instrument];
    pli_market_due(ledger, instrument);
    if (market->cohort_open != PLI_COHORT_NONE) {
        return market->cohort_open;
    }
    PLI_SAVE(ledger, market->cohort_next);
    PLI_SAVE(ledger, market->cohort_open);
    if (market->cohort_next - market->cohort_oldest < PLI_COHORT_RING) {
        market->cohort_next += 1;
    }
    market->cohort_open = market->cohort_next - 1;
    // A younger claim may only dilute a cohort that has given nothing yet.
    PLI_ASSERT(cohort_of(market, market->cohort_open)->received == 0);
    return market->cohort_open;
}

// The junior claim gives up its place. It has drawn nothing: before its cohort could receive, the senior's was full.
static pli_i128
leave_cohort(pli_ledger *ledger, pli_market_book *market, const pli_claim *claim) {
    pli_cohort *cohort = cohort_of(market, claim->cohort);
    PLI_ASSERT(claim->drawn == 0);
    PLI_SAVE(ledger, *cohort);
    cohort->amount -= claim->amount;
    return claim->amount;
}

bool
pli_claims_join(pli_ledger *ledger, pli_position *position, pli_i128 atoms) {
    uint32_t instrument = position->instrument_index;
    pli_market_book *market = &ledger->markets[instrument];
    uint64_t number = open_cohort(ledger, instrument);
    PLI_SAVE(ledger, position->senior);
    PLI_SAVE(ledger, position->junior);
    pli_claim *claim = &position->junior;
    if (position->senior.cohort == PLI_COHORT_NONE || position->senior.cohort == number) {
        claim = &position->senior;
    }
    if (claim->cohort != PLI_COHORT_NONE && claim->cohort != number) {
        if (!pli_add_i128(atoms, leave_cohort(ledger, market, claim), &atoms)) {
            return false;
        }
        *claim = (pli_claim){.cohort = PLI_COHORT_NONE};
    }
    if (claim->cohort == PLI_COHORT_NONE) {
        *claim = (pli_claim){.cohort = number};
    }
    pli_cohort *cohort = cohort_of(market, number);
    PLI_SAVE(ledger, *cohort);
    return pli_add_i128(claim->amount, atoms, &claim->amount) &&
           pli_add_i128(cohort->amount, atoms, &cohort->amount);
}

bool
pli_profit_book(pli_ledger *ledger, const pli_side *side, pli_i128 atoms) {
    PLI_ASSERT(atoms > 0);
    return pli_clearing_move(ledger, side->position->instrument_index, -atoms) &&
           pli_claims_join(ledger, side->position, atoms);
}

bool
pli_loss_book(pli_ledger *ledger, const pli_side *side, pli_i128 atoms) {
    PLI_ASSERT(atoms > 0);
    pli_position *position = side->position;
    pli_i128 held = side->balance->atoms > 0 ? side->balance->atoms : 0;
    pli_i128 paid = atoms < held ? atoms : held;
    if (paid < atoms) {
        PLI_SAVE(ledger, position->uncollected);
        if (!pli_add_i128(position->uncollected, atoms - paid, &position->uncollected)) {
            return false;
        }
    }
    return pli_balance_move(ledger, side->account, side->balance, -atoms) &&
           pli_clearing_move(ledger, position->instrument_index, atoms) &&
           (paid == 0 || pli_market_collect(ledger, position->instrument_index, paid));
}

// What the claim may draw now. R * a / A never falls below what was drawn: see leave_cohort and open_cohort.
static pli_i128
payable(pli_market_book *market, const pli_claim *claim) {
    if (claim->cohort < market->cohort_oldest) {
        return claim->amount - claim->drawn;
    }
    const pli_cohort *cohort = cohort_of(market, claim->cohort);
    pli_i128 share = 0;
    bool is_sound = pli_muldiv_floor(cohort->received, claim->amount, cohort->amount, &share);
    PLI_ASSERT(is_sound);
    PLI_ASSERT(share >= claim->drawn);
    return share - claim->drawn;
}

static bool
draw(pli_ledger *ledger, const pli_side *side, pli_claim *claim) {
    pli_market_book *market = &ledger->markets[side->position->instrument_index];
    if (claim->cohort == PLI_COHORT_NONE) {
        return true;
    }
    pli_i128 atoms = payable(market, claim);
    if (atoms == 0) {
        return true;
    }
    PLI_SAVE(ledger, *claim);
    claim->drawn += atoms;
    if (claim->drawn == claim->amount) {
        *claim = (pli_claim){.cohort = PLI_COHORT_NONE};
    }
    return pli_balance_credit(ledger, side->account, side->balance, atoms);
}

bool
pli_claims_draw(pli_ledger *ledger, const pli_side *side) {
    pli_position *position = side->position;
    if (!draw(ledger, side, &position->senior) || !draw(ledger, side, &position->junior)) {
        return false;
    }
    if (position->senior.cohort == PLI_COHORT_NONE && position->junior.cohort != PLI_COHORT_NONE) {
        PLI_SAVE(ledger, position->senior);
        PLI_SAVE(ledger, position->junior);
        position->senior = position->junior;
        position->junior = (pli_claim){.cohort = PLI_COHORT_NONE};
    }
    return true;
}

static void
assign_one(pli_ledger *ledger, uint32_t instrument) {
    pli_market_book *market = &ledger->markets[instrument];
    if (instrument == ledger->paused) {
        return;
    }
    if (market->cohort_open != PLI_COHORT_NONE && market->phase != PLI_PHASE_SETTLING) {
        PLI_SAVE(ledger, market->cohort_open);
        market->cohort_open = PLI_COHORT_NONE;
    }
    while (market->cohort_oldest < market->cohort_next &&
           market->cohort_oldest != market->cohort_open) {
        pli_cohort *cohort = cohort_of(market, market->cohort_oldest);
        pli_i128 wanted = cohort->amount - cohort->received;
        pli_i128 cash = market->collected + market->committed - market->assigned;
        pli_i128 given = cash < wanted ? cash : wanted;
        PLI_SAVE(ledger, *cohort);
        PLI_SAVE(ledger, market->assigned);
        cohort->received += given;
        market->assigned += given;
        if (given < wanted) {
            return;
        }
        PLI_SAVE(ledger, market->cohort_oldest);
        *cohort = (pli_cohort){0};
        market->cohort_oldest += 1;
    }
}

void
pli_ledger_assign(pli_ledger *ledger) {
    for (uint32_t i = 0; i < ledger->due_count; i += 1) {
        uint32_t instrument = ledger->due[i];
        assign_one(ledger, instrument);
        ledger->is_due[instrument] = false;
    }
    ledger->due_count = 0;
}
