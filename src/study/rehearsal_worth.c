/* rehearsal_worth.c: what an account would have left if it paid all it owes.          SPDX-License-Identifier: Apache-2.0 */
#include "study/rehearsal_state.h"

static pli_i128
floor_div(pli_i128 left, pli_i128 right) {
    pli_i128 quotient = left / right;
    return left % right != 0 && left < 0 ? quotient - 1 : quotient;
}

bool
pli_rehearsal_portfolio(const pli_rehearsal *of, uint32_t account, plm_portfolio *held) {
    if (of->has_books) {
        pli_naive_portfolio(&of->books, account, of->positions, of->balances, held);
        return true;
    }
    return plm_core_portfolio(of->core, account, of->positions, of->orders, of->balances, held) ==
           PLM_OK;
}

int64_t
pli_rehearsal_price(const pli_rehearsal *of, uint32_t symbol) {
    return of->options.is_naive ? of->books.prices_e8[symbol]
                                : plm_core_market(of->core).underlyings[symbol].price.price_e8;
}

plm_price_state
pli_rehearsal_price_state(const pli_rehearsal *of, uint32_t symbol) {
    return of->options.is_naive ? PLM_PRICE_STATE_VALID
                                : plm_core_market(of->core).underlyings[symbol].price.state;
}

// The last price of the file where the engine has none: an outcome is valued even where the engine would not act.
static int64_t
price_of(const pli_rehearsal *of, uint32_t symbol, bool is_at_truth) {
    const pli_symbol *from = &of->symbols[symbol];
    if (is_at_truth && from->truth_e8 != 0) {
        return from->truth_e8;
    }
    int64_t price_e8 = pli_rehearsal_price(of, symbol);
    return price_e8 != 0 || of->options.is_naive ? price_e8 : from->first_e8;
}

pli_i128
pli_rehearsal_value(const pli_rehearsal *of, uint32_t asset, pli_i128 atoms, bool is_at_truth) {
    plm_listing listing = plm_core_listing(of->core);
    const plm_asset *terms = &listing.assets[asset];
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < terms->decimals; i += 1) {
        unit *= 10;
    }
    pli_i128 price_e8 = terms->underlying_index == PLM_NONE
                            ? PLI_E8
                            : price_of(of, terms->underlying_index, is_at_truth);
    // whole units apart from the rest, so that nothing passes 128 bits
    pli_i128 whole = atoms / unit, rest = atoms % unit;
    return whole * price_e8 / 100 + floor_div(rest * price_e8 / 100, unit);
}

static pli_i128
position_worth(const pli_rehearsal *of, const plm_position *position, bool is_at_truth) {
    plm_listing listing = plm_core_listing(of->core);
    const plm_instrument *instrument = &listing.instruments[position->instrument_index];
    const pli_listed *listed = &of->listed[position->instrument_index];
    pli_i128 worth = position->accrued_micros, lots = position->lots;
    if (lots == 0) {
        return worth;
    }
    pli_i128 cost = pli_i128_from_wide(position->cost), profit_e18 = 0;
    int64_t price_e8 = price_of(of, listed->symbol, is_at_truth);
    if (listed->is_inverse) {
        pli_i128 coins_e12 = cost - floor_div(lots * instrument->lot_e8 * 1000000000000,
                                              price_e8 > 0 ? price_e8 : 1);
        profit_e18 = coins_e12 * 1000000;
    } else {
        pli_i128 units_e8 =
            lots * (instrument->kind == PLM_KIND_OPTION ? listed->mark_e8 : price_e8) - cost;
        profit_e18 = units_e8 * instrument->lot_e8 * 100;
    }
    return worth + pli_rehearsal_value(of, listed->asset,
                                       pli_asset_atoms(of, listed->asset, profit_e18), is_at_truth);
}

pli_i128
pli_rehearsal_held(const pli_rehearsal *of, uint32_t account, uint32_t asset) {
    plm_portfolio held;
    if (!pli_rehearsal_portfolio(of, account, &held)) {
        return 0;
    }
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        if (held.balances[i].asset_index == asset) {
            return pli_i128_from_wide(held.balances[i].atoms);
        }
    }
    return 0;
}

pli_i128
pli_rehearsal_worth(const pli_rehearsal *of, uint32_t account, bool is_at_truth) {
    plm_portfolio held;
    pli_i128 worth = 0;
    if (!pli_rehearsal_portfolio(of, account, &held)) {
        return 0;
    }
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        worth += pli_rehearsal_value(of, held.balances[i].asset_index,
                                     pli_i128_from_wide(held.balances[i].atoms), is_at_truth);
    }
    for (uint32_t i = 0; i < held.position_count; i += 1) {
        worth += position_worth(of, &held.positions[i], is_at_truth);
    }
    return worth;
}
