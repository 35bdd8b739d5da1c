/* socialise.c: recorded bad debt is taken from those whom it leaves unpaid (docs/books.md, section 17).
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "ledger/book.h"

plm_reject
pli_ledger_socialise(const pli_ledger *ledger, const plm_event_socialise *body) {
    if (body->asset_index >= ledger->asset_count) {
        return PLM_REJECT_ASSET_UNKNOWN;
    }
    if (pli_i128_from_wide(body->atoms) <= 0) {
        return PLM_REJECT_AMOUNT;
    }
    uint32_t instrument = body->instrument_index;
    bool is_known = instrument == PLM_NONE ||
                    (instrument < ledger->instrument_count &&
                     ledger->markets[instrument].terms.settlement_asset_index == body->asset_index);
    return is_known ? PLM_REJECT_NONE : PLM_REJECT_INSTRUMENT_UNKNOWN;
}

static pli_i128
unsettled(const pli_claim *claim) {
    return claim->amount - claim->drawn;
}

pli_i128
pli_ledger_burden(const pli_ledger *ledger, const pli_bad_debt *of, uint32_t account) {
    if (of->instrument == PLM_NONE) {
        pli_i128 held = pli_atoms_held(ledger, account, of->asset);
        return held > 0 ? held : 0;
    }
    const pli_position *position = pli_position_find(ledger, account, of->instrument);
    return position != NULL ? unsettled(&position->senior) + unsettled(&position->junior) : 0;
}

// Of the loan in this asset, what is no market's.
static pli_i128
plain_debt(const pli_ledger *ledger, uint32_t account, uint32_t asset) {
    const pli_position *positions = pli_ledger_positions(ledger, account);
    pli_i128 held = pli_atoms_held(ledger, account, asset);
    pli_i128 debt = held < 0 ? -held : 0;
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        const pli_market_book *market = &ledger->markets[positions[i].instrument_index];
        bool is_of_asset = market->terms.settlement_asset_index == asset;
        debt -= is_of_asset ? positions[i].uncollected : 0;
    }
    PLI_ASSERT(debt >= 0); // [LEDGER-6]
    return debt;
}

pli_i128
pli_ledger_debt(const pli_ledger *ledger, const pli_bad_debt *of, uint32_t account) {
    if (of->instrument == PLM_NONE) {
        return plain_debt(ledger, account, of->asset);
    }
    const pli_position *position = pli_position_find(ledger, account, of->instrument);
    return position != NULL ? position->uncollected : 0;
}

// The claim is out of its cohort, which keeps what it has received for the others.
static pli_i128
take_out(pli_ledger *ledger, pli_market_book *market, pli_claim *claim) {
    if (claim->cohort == PLI_COHORT_NONE) {
        return 0;
    }
    pli_cohort *cohort = &market->cohorts[claim->cohort % PLI_COHORT_RING];
    PLI_ASSERT(claim->cohort >= market->cohort_oldest);
    PLI_SAVE(ledger, *cohort);
    PLI_SAVE(ledger, *claim);
    pli_i128 rest = unsettled(claim);
    cohort->amount -= claim->amount;
    cohort->received -= claim->drawn;
    *claim = (pli_claim){.cohort = PLI_COHORT_NONE};
    return rest;
}

plm_reject
pli_ledger_claims_gather(pli_ledger *ledger, uint32_t account, uint32_t instrument) {
    pli_position *position = pli_position_find(ledger, account, instrument);
    if (position == NULL || position->senior.cohort == PLI_COHORT_NONE) {
        return PLM_REJECT_NONE;
    }
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 senior = take_out(ledger, market, &position->senior);
    pli_i128 both = 0;
    return pli_add_i128(senior, take_out(ledger, market, &position->junior), &both) &&
                   pli_claims_join(ledger, position, both)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

// The claim waits in the open cohort, which has received nothing.
static bool
cut_claim(pli_ledger *ledger, uint32_t account, uint32_t instrument, pli_i128 atoms) {
    pli_position *position = pli_position_find(ledger, account, instrument);
    PLI_ASSERT(position != NULL);
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 rest = take_out(ledger, market, &position->senior) +
                    take_out(ledger, market, &position->junior) - atoms;
    PLI_ASSERT(rest >= 0);
    bool is_cut = rest == 0 || pli_claims_join(ledger, position, rest);
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_PROFIT_CUT, account, instrument, atoms, rest});
    return is_cut;
}

static bool
cut_balance(pli_ledger *ledger, uint32_t account, uint32_t asset, pli_i128 atoms) {
    pli_balance *balance = pli_balance_find(ledger, account, asset);
    PLI_ASSERT(balance != NULL);
    PLI_ASSERT(balance->atoms >= atoms);
    bool is_cut = pli_balance_move(ledger, account, balance, -atoms);
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_BALANCE_CUT, account, asset, atoms, balance->atoms});
    return is_cut;
}

plm_reject
pli_ledger_cut(pli_ledger *ledger, const pli_bad_debt *of, uint32_t account, pli_i128 atoms) {
    PLI_ASSERT(atoms > 0);
    bool is_of_market = of->instrument != PLM_NONE;
    bool is_cut = is_of_market ? cut_claim(ledger, account, of->instrument, atoms)
                               : cut_balance(ledger, account, of->asset, atoms);
    is_cut = is_cut && pli_named_move(ledger, of->asset, PLI_NAMED_RESIDUE, atoms);
    pli_slots_tidy(ledger, account);
    return is_cut ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
}

plm_reject
pli_ledger_write_off(pli_ledger *ledger, const pli_bad_debt *of, uint32_t account, pli_i128 atoms) {
    pli_balance *balance = pli_balance_find(ledger, account, of->asset);
    PLI_ASSERT(balance != NULL);
    PLI_ASSERT(atoms > 0);
    PLI_ASSERT(atoms <= -balance->atoms);
    bool fits = pli_balance_move(ledger, account, balance, atoms) &&
                pli_named_move(ledger, of->asset, PLI_NAMED_RESIDUE, -atoms);
    if (of->instrument != PLM_NONE) {
        pli_position *position = pli_position_find(ledger, account, of->instrument);
        PLI_ASSERT(position != NULL);
        PLI_SAVE(ledger, position->uncollected);
        position->uncollected -= atoms;
    }
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_WRITE_OFF, account, of->asset, atoms, -balance->atoms});
    pli_slots_tidy(ledger, account);
    return fits ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
}

void
pli_ledger_pause(pli_ledger *ledger, uint32_t instrument) {
    if (ledger->paused != PLM_NONE && ledger->paused < ledger->instrument_count) {
        pli_market_due(ledger, ledger->paused);
    }
    ledger->paused = instrument;
}
