/* gains.c: a portfolio with its unrealised gains taken out.                            SPDX-License-Identifier: Apache-2.0 */
#include "core/gains.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "model/value.h"

static const plm_instrument *
terms_of(const plm_core *core, const plm_position *position) {
    return &core->ledger.listing_instruments[position->instrument_index];
}

static bool
is_netted(const plm_instrument *left, const plm_instrument *right) {
    return left->underlying_index == right->underlying_index &&
           left->settlement_asset_index == right->settlement_asset_index &&
           left->settlement == right->settlement;
}

// Profit at mark: of inverse instruments in valuation micros, of others in micros of the settlement asset.
static bool
profit_of(const plm_core *core, const plm_position *position, int64_t mark_e8, pli_i128 *out) {
    const plm_instrument *terms = terms_of(core, position);
    const plm_underlying *underlying = &core->ledger.underlyings[terms->underlying_index];
    pli_i128 cost = pli_i128_from_wide(position->cost);
    pli_i128 value = 0;
    pli_i128 profit = 0;
    if (!pli_is_futures_style(terms)) {
        *out = 0;
        return true;
    }
    if (terms->settlement == PLM_SETTLEMENT_INVERSE) {
        return mark_e8 > 0 &&
               pli_inverse_coin_e12(terms, underlying, position->lots, mark_e8, PLI_ROUND_UP,
                                    &value) &&
               pli_sub_i128(cost, value, &profit) &&
               pli_coin_value_micros(underlying, profit,
                                     core->prices[terms->underlying_index].price.price_e8,
                                     PLI_ROUND_DOWN, out);
    }
    return pli_mul_i128(position->lots, mark_e8, &value) && pli_sub_i128(value, cost, &profit) &&
           pli_linear_value_micros(terms, underlying, profit, PLI_ROUND_DOWN, out);
}

// An amount of settlement-asset micros in micros of the valuation currency, rounded down.
static plm_reject
to_valuation(const plm_core *core, uint32_t asset_index, pli_i128 *amount) {
    uint32_t u = core->ledger.listing_assets[asset_index].underlying_index;
    if (u == PLM_NONE) {
        return PLM_REJECT_NONE;
    }
    const plm_price_record *price = &core->prices[u].price;
    if (price->state != PLM_PRICE_STATE_VALID) {
        return PLM_REJECT_PRICE_STATE;
    }
    pli_i128 divisor = (pli_i128)100000000 * core->ledger.underlyings[u].price_unit;
    return pli_muldiv_floor(*amount, price->price_e8, divisor, amount) ? PLM_REJECT_NONE
                                                                       : PLM_REJECT_OVERFLOW;
}

// The net of positions[at] and those after it that are netted with it.
static plm_reject
net_from(const plm_core *core, const plm_position *positions, uint32_t at, uint32_t count,
         pli_i128 *net) {
    const plm_instrument *first = terms_of(core, &positions[at]);
    pli_i128 sum = 0;
    pli_i128 accrued = 0;
    for (uint32_t i = at; i < count; i += 1) {
        if (!is_netted(first, terms_of(core, &positions[i]))) {
            continue;
        }
        const plm_mark *mark = &core->marks[positions[i].instrument_index];
        pli_i128 profit = 0;
        if (!mark->is_present) {
            return PLM_REJECT_MARK;
        }
        if (!profit_of(core, &positions[i], mark->mark_e8, &profit) ||
            !pli_add_i128(sum, profit, &sum)) {
            return PLM_REJECT_OVERFLOW;
        }
        accrued += positions[i].accrued_micros;
    }
    if (first->settlement == PLM_SETTLEMENT_LINEAR) {
        plm_reject reject = to_valuation(core, first->settlement_asset_index, &sum);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
    }
    return pli_add_i128(sum, accrued, net) ? PLM_REJECT_NONE : PLM_REJECT_OVERFLOW;
}

static bool
is_first(const plm_core *core, const plm_position *positions, uint32_t at) {
    for (uint32_t i = 0; i < at; i += 1) {
        if (is_netted(terms_of(core, &positions[i]), terms_of(core, &positions[at]))) {
            return false;
        }
    }
    return true;
}

plm_reject
pli_gains_remove(const plm_core *core, plm_position *positions, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 net = 0;
        if (!is_first(core, positions, i)) {
            continue;
        }
        plm_reject reject = net_from(core, positions, i, count, &net);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
        if (net > 0 &&
            !pli_narrow_i64(positions[i].accrued_micros - net, &positions[i].accrued_micros)) {
            return PLM_REJECT_OVERFLOW;
        }
    }
    return PLM_REJECT_NONE;
}
