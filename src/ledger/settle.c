/* settle.c: funding, expiry and what comes due at a touch (docs/books.md, 3 and 7).   SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "ledger/book.h"
#include "ledger/interest.h"
#include "model/value.h"

static bool
book_interest(pli_ledger *ledger, uint32_t account) {
    pli_balance *run = pli_ledger_balances(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].balance_count; i += 1) {
        pli_balance *balance = &run[i];
        const pli_asset_book *asset = &ledger->assets[balance->asset_index];
        if (balance->atoms == 0) {
            continue;
        }
        pli_interest_accrue(ledger, balance->asset_index);
        if (balance->index == (balance->atoms < 0 ? asset->borrow_index : asset->lend_index)) {
            continue;
        }
        pli_i128 due = 0;
        if (!pli_interest_due(asset, balance->atoms, balance->index, &due)) {
            return false;
        }
        if (due == 0) {
            continue; // the balance does not change and keeps its snapshot: less than an atom is not lost
        }
        if (!pli_balance_move(ledger, account, balance, due) ||
            !pli_named_move(ledger, balance->asset_index, PLI_NAMED_INTEREST, -due)) {
            return false;
        }
    }
    return true;
}

static pli_side
side_of(const pli_ledger *ledger, uint32_t account, pli_position *position) {
    uint32_t asset = ledger->markets[position->instrument_index].terms.settlement_asset_index;
    pli_balance *balance = pli_balance_find(ledger, account, asset);
    PLI_ASSERT(balance != NULL); // [LEDGER-5]
    return (pli_side){account, position, balance};
}

static bool
settle_positions(pli_ledger *ledger, uint32_t account, bool *is_loose) {
    pli_position *run = pli_ledger_positions(ledger, account);
    pli_orders_drop_settling(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        if (run[i].lots == 0 ||
            ledger->markets[run[i].instrument_index].phase != PLI_PHASE_SETTLING) {
            continue;
        }
        pli_side side = side_of(ledger, account, &run[i]);
        if (!pli_position_settle(ledger, &side)) {
            return false;
        }
        *is_loose = true;
    }
    return true;
}

static bool
book_funding(pli_ledger *ledger, pli_position *position) {
    const pli_market_book *market = &ledger->markets[position->instrument_index];
    pli_i128 due = 0;
    if (!pli_sub_i128(market->funding_index, position->funding, &due) ||
        !pli_mul_i128(due, position->lots, &due)) {
        return false;
    }
    PLI_SAVE(ledger, position->cost);
    PLI_SAVE(ledger, position->funding);
    position->funding = market->funding_index;
    return pli_is_coin_cost(&market->terms) ? pli_sub_i128(position->cost, due, &position->cost)
                                            : pli_add_i128(position->cost, due, &position->cost);
}

/*
 * Claims before settlement and funding after it is the order of the text; funding moves nothing but the cost of perpetuals,
 * which neither claims nor settlements read, so one pass books both.
 */
static bool
book_positions(pli_ledger *ledger, uint32_t account, bool *is_loose) {
    pli_position *run = pli_ledger_positions(ledger, account);
    for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
        pli_position *position = &run[i];
        if (position->senior.cohort != PLI_COHORT_NONE) {
            pli_side side = side_of(ledger, account, position);
            if (!pli_claims_draw(ledger, &side)) {
                return false;
            }
            *is_loose = true;
        }
        if (position->funding != ledger->markets[position->instrument_index].funding_index &&
            !book_funding(ledger, position)) {
            return false;
        }
    }
    return true;
}

plm_reject
pli_ledger_touch(pli_ledger *ledger, uint32_t account) {
    PLI_ASSERT(account < ledger->account_count);
    bool is_loose = false;
    if (ledger->touched != NULL) {
        ledger->touched->accounts[account / 64] |= UINT64_C(1) << account % 64;
        ledger->touched->contents[account / 64] |= UINT64_C(1) << account % 64;
        ledger->touched->blocks[account / 65536] |= UINT64_C(1) << account / 1024 % 64;
    }
    if (!book_interest(ledger, account) || !book_positions(ledger, account, &is_loose) ||
        (ledger->settling_count > 0 && !settle_positions(ledger, account, &is_loose))) {
        return PLM_REJECT_OVERFLOW;
    }
    // Only claims and settlements leave slots of nothing behind: interest never ends at zero.
    if (is_loose) {
        pli_slots_tidy(ledger, account);
    }
    return PLM_REJECT_NONE;
}

// What one lot is worth at the end, in the quotation of the underlying.
static int64_t
payoff_e8(const plm_instrument *terms, int64_t price_e8) {
    if (terms->kind != PLM_KIND_OPTION) {
        return price_e8;
    }
    int64_t above = price_e8 - terms->strike_e8;
    int64_t payoff = terms->right == PLM_RIGHT_CALL ? above : -above;
    return payoff > 0 ? payoff : 0;
}

// |lots| of a premium-paid option at its payoff: down for the holder, up for the writer.
static bool
payoff_atoms(const pli_ledger *ledger, const pli_position *position, pli_i128 *atoms) {
    const pli_market_book *market = &ledger->markets[position->instrument_index];
    pli_i128 size = position->lots < 0 ? -(pli_i128)position->lots : position->lots;
    pli_i128 remainder = 0;
    pli_i128 factor = 0;
    pli_i128 divisor = 0;
    pli_units_scale(ledger, position->instrument_index, &factor, &divisor);
    if (market->terms.settlement == PLM_SETTLEMENT_INVERSE) {
        divisor = (pli_i128)INT64_C(100000000) * market->settlement_e8;
    }
    if (!pli_units_to_atoms(size * payoff_e8(&market->terms, market->settlement_e8), factor,
                            divisor, atoms, &remainder)) {
        return false;
    }
    return position->lots > 0 || remainder == 0 || pli_add_i128(*atoms, 1, atoms);
}

static bool
settle_premium_paid(pli_ledger *ledger, const pli_side *side) {
    bool is_long = side->position->lots > 0;
    pli_i128 atoms = 0;
    if (!payoff_atoms(ledger, side->position, &atoms)) {
        return false;
    }
    if (atoms == 0) {
        return true;
    }
    pli_ledger_note(ledger,
                    (pli_note){PLI_NOTE_PROFIT, side->account, side->position->instrument_index,
                               is_long ? atoms : -atoms, 0});
    return is_long ? pli_profit_book(ledger, side, atoms) : pli_loss_book(ledger, side, atoms);
}

bool
pli_position_settle(pli_ledger *ledger, const pli_side *side) {
    pli_position *position = side->position;
    uint32_t instrument = position->instrument_index;
    pli_market_book *market = &ledger->markets[instrument];
    int64_t lots = position->lots;
    bool is_premium = !pli_is_futures_style(&market->terms);
    pli_fill fill = {.lots = -lots, .closed = lots < 0 ? -lots : lots};
    if (is_premium ? !settle_premium_paid(ledger, side)
                   : !pli_fill_cost(ledger, instrument, -lots,
                                    payoff_e8(&market->terms, market->settlement_e8), &fill.cost)) {
        return false;
    }
    fill.closed_cost = fill.cost;
    PLI_SAVE(ledger, market->settled_lots);
    PLI_SAVE(ledger, market->settled_cost);
    return pli_add_i64(market->settled_lots, lots, &market->settled_lots) &&
           pli_add_i128(market->settled_cost, fill.cost, &market->settled_cost) &&
           pli_fill_book(ledger, side, &fill);
}

plm_reject
pli_ledger_funding(pli_ledger *ledger, int64_t time_ns, const plm_event_funding *body) {
    plm_reject reject = pli_instrument_open(ledger, body->instrument_index, time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_market_book *market = &ledger->markets[body->instrument_index];
    if (market->terms.kind != PLM_KIND_PERPETUAL) {
        return PLM_REJECT_KIND;
    }
    PLI_SAVE(ledger, market->funding_index);
    return pli_add_i128(market->funding_index, body->per_lot, &market->funding_index)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

plm_reject
pli_ledger_settle_expiry(pli_ledger *ledger, int64_t time_ns, const plm_event_settle_expiry *body) {
    if (body->instrument_index >= ledger->instrument_count) {
        return PLM_REJECT_INSTRUMENT_UNKNOWN;
    }
    pli_market_book *market = &ledger->markets[body->instrument_index];
    if (market->phase != PLI_PHASE_ACTIVE) {
        return PLM_REJECT_INSTRUMENT_CLOSED;
    }
    if (market->terms.expiry_ns == 0) {
        return PLM_REJECT_KIND;
    }
    if (time_ns < market->terms.expiry_ns) {
        return PLM_REJECT_NOT_EXPIRED;
    }
    bool is_any =
        market->terms.settlement == PLM_SETTLEMENT_LINEAR &&
        ledger->underlyings[market->terms.underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    if (body->price_e8 > PLM_PRICE_E8_MAX || body->price_e8 < -PLM_PRICE_E8_MAX ||
        (!is_any && body->price_e8 <= 0)) {
        return PLM_REJECT_PRICE;
    }
    PLI_SAVE(ledger, market->phase);
    PLI_SAVE(ledger, market->settlement_e8);
    PLI_SAVE(ledger, ledger->settling_count);
    market->phase = PLI_PHASE_SETTLING;
    market->settlement_e8 = body->price_e8;
    ledger->settling_count += 1;
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_settled(pli_ledger *ledger, uint32_t instrument) {
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 rest = market->clearing;
    PLI_ASSERT(market->phase == PLI_PHASE_SETTLING);
    PLI_ASSERT(market->open_interest == 0);
    // Losses are rounded up and profits down, so the market ends with nothing missing.
    PLI_ASSERT(rest >= 0);
    PLI_SAVE(ledger, market->phase);
    PLI_SAVE(ledger, market->dust);
    PLI_SAVE(ledger, ledger->settling_count);
    market->phase = PLI_PHASE_SETTLED;
    market->dust = 0;
    ledger->settling_count -= 1;
    pli_market_due(ledger, instrument);
    return pli_clearing_move(ledger, instrument, -rest) &&
                   pli_named_move(ledger, market->terms.settlement_asset_index, PLI_NAMED_RESIDUE,
                                  rest)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}
