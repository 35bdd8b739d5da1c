/* fill.c: cost of a fill and the profit that it realises (docs/books.md, section 4).  SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "ledger/book.h"
#include "model/value.h"

static const int64_t e12 = INT64_C(1000000000000);
static const int64_t e16 = INT64_C(10000000000000000);

static pli_i128
power_of_ten(uint32_t exponent) {
    int64_t power = 1;
    for (uint32_t i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

bool
pli_is_coin_cost(const plm_instrument *instrument) {
    return instrument->settlement == PLM_SETTLEMENT_INVERSE && instrument->kind != PLM_KIND_OPTION;
}

int64_t
pli_fill_closed(int64_t held, int64_t lots) {
    if (held == 0 || (held > 0) == (lots > 0)) {
        return 0;
    }
    int64_t size = lots < 0 ? -lots : lots;
    int64_t most = held < 0 ? -held : held;
    return size < most ? size : most;
}

bool
pli_fill_cost(const pli_ledger *ledger, uint32_t instrument, int64_t lots, int64_t price_e8,
              pli_i128 *cost) {
    const plm_instrument *terms = &ledger->markets[instrument].terms;
    if (!pli_is_futures_style(terms)) {
        *cost = 0;
        return true;
    }
    if (pli_is_coin_cost(terms)) {
        return pli_inverse_coin_e12(terms, &ledger->underlyings[terms->underlying_index], lots,
                                    price_e8, PLI_ROUND_DOWN, cost) &&
               *cost != PLI_I128_MIN;
    }
    return pli_mul_i128(lots, price_e8, cost);
}

bool
pli_split_cost(pli_i128 cost, int64_t part, int64_t whole, bool is_up, pli_i128 *out) {
    PLI_ASSERT(part > 0 && part <= whole);
    if (part == whole) {
        *out = cost;
        return true;
    }
    return is_up ? pli_muldiv_ceil(cost, part, whole, out)
                 : pli_muldiv_floor(cost, part, whole, out);
}

bool
pli_units_to_atoms(pli_i128 units, pli_i128 factor, pli_i128 divisor, pli_i128 *atoms,
                   pli_i128 *remainder) {
    PLI_ASSERT(factor > 0 && divisor > 0);
    pli_i128 quotient = 0;
    if (!pli_muldiv_floor(units, factor, divisor, &quotient) || quotient == PLI_I128_MIN) {
        return false;
    }
    // The difference is below the divisor, so its low 128 bits are all of it.
    *remainder =
        (pli_i128)((pli_u128)units * (pli_u128)factor - (pli_u128)quotient * (pli_u128)divisor);
    *atoms = quotient;
    return true;
}

void
pli_units_scale(const pli_ledger *ledger, uint32_t instrument, pli_i128 *factor,
                pli_i128 *divisor) {
    const plm_instrument *terms = &ledger->markets[instrument].terms;
    pli_i128 atoms = power_of_ten(ledger->assets[terms->settlement_asset_index].terms.decimals);
    if (pli_is_coin_cost(terms)) {
        *factor = atoms;
        *divisor = e12;
        return;
    }
    *factor = atoms * terms->lot_e8;
    *divisor = (pli_i128)e16 * ledger->underlyings[terms->underlying_index].price_unit;
}

bool
pli_value_atoms(const pli_ledger *ledger, uint32_t instrument, int64_t lots, int64_t price_e8,
                pli_i128 *atoms, bool *is_exact) {
    pli_i128 factor = 0;
    pli_i128 divisor = 0;
    pli_i128 remainder = 0;
    pli_units_scale(ledger, instrument, &factor, &divisor);
    bool fits = pli_units_to_atoms((pli_i128)(lots < 0 ? -lots : lots) * price_e8, factor, divisor,
                                   atoms, &remainder);
    *is_exact = remainder == 0;
    return fits;
}

// Profit in cost units becomes atoms, a claim or a loss; what flooring dropped becomes dust.
static bool
realise(pli_ledger *ledger, const pli_side *side, pli_i128 units) {
    uint32_t instrument = side->position->instrument_index;
    pli_market_book *market = &ledger->markets[instrument];
    pli_i128 factor = 0;
    pli_i128 divisor = 0;
    pli_i128 atoms = 0;
    pli_i128 remainder = 0;
    pli_units_scale(ledger, instrument, &factor, &divisor);
    if (!pli_units_to_atoms(units, factor, divisor, &atoms, &remainder)) {
        return false;
    }
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_PROFIT, side->account, instrument, atoms, 0});
    if ((atoms > 0 && !pli_profit_book(ledger, side, atoms)) ||
        (atoms < 0 && !pli_loss_book(ledger, side, -atoms))) {
        return false;
    }
    if (remainder == 0) {
        return true;
    }
    PLI_SAVE(ledger, market->dust);
    market->dust += remainder;
    if (market->dust < divisor) {
        return true;
    }
    market->dust -= divisor;
    return pli_clearing_move(ledger, instrument, -1) &&
           pli_named_move(ledger, market->terms.settlement_asset_index, PLI_NAMED_RESIDUE, 1);
}

static bool
move_lots(pli_ledger *ledger, pli_position *position, int64_t lots) {
    int64_t now = position->lots + lots;
    int64_t rise = (now > 0 ? now : 0) - (position->lots > 0 ? position->lots : 0);
    position->lots = now;
    return rise == 0 || pli_open_interest_move(ledger, position->instrument_index, rise);
}

bool
pli_fill_book(pli_ledger *ledger, const pli_side *side, const pli_fill *fill) {
    pli_position *position = side->position;
    pli_market_book *market = &ledger->markets[position->instrument_index];
    bool is_coin = pli_is_coin_cost(&market->terms);
    int64_t held = position->lots < 0 ? -position->lots : position->lots;
    pli_i128 part = 0;   // of the position's cost, which the closed lots take with them
    pli_i128 profit = 0; // in cost units
    pli_i128 opened = 0;
    pli_i128 cost = 0;
    pli_i128 cost_total = 0;
    if (fill->closed > 0 && (!pli_split_cost(position->cost, fill->closed, held, !is_coin, &part) ||
                             !(is_coin ? pli_add_i128(fill->closed_cost, part, &profit)
                                       : pli_sub_i128(-fill->closed_cost, part, &profit)))) {
        return false;
    }
    if (!pli_sub_i128(fill->cost, fill->closed_cost, &opened) ||
        !pli_sub_i128(opened, part, &opened) || !pli_add_i128(position->cost, opened, &cost) ||
        !pli_add_i128(market->cost_total, opened, &cost_total)) {
        return false;
    }
    PLI_SAVE(ledger, *position);
    PLI_SAVE(ledger, market->cost_total);
    position->cost = cost;
    market->cost_total = cost_total;
    if (!move_lots(ledger, position, fill->lots)) {
        return false;
    }
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_POSITION, side->account, position->instrument_index,
                                       position->lots, cost});
    if (profit == 0) {
        return true;
    }
    PLI_SAVE(ledger, market->profit_total);
    return pli_add_i128(market->profit_total, profit, &market->profit_total) &&
           realise(ledger, side, profit);
}
