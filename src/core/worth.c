/* worth.c: what a balance or a position is worth at present prices, without haircuts.   SPDX-License-Identifier: Apache-2.0 */
#include "core/worth.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "model/value.h"

#define E8 INT64_C(100000000)

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

bool
pli_worth_is_coin(const plm_instrument *terms) {
    return terms->settlement == PLM_SETTLEMENT_INVERSE && terms->kind != PLM_KIND_OPTION;
}

pli_i128
pli_worth_notional(const plm_core *core, const pli_position *position) {
    uint32_t instrument = position->instrument_index;
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    const plm_mark *mark = &core->marks[instrument];
    pli_i128 micros = 0;
    if (position->lots == 0 || !mark->is_present) {
        return 0;
    }
    if (pli_worth_is_coin(terms)) {
        return (pli_i128)magnitude(position->lots) * terms->lot_e8 / (E8 / PLM_PPM);
    }
    pli_i128 amount = (pli_i128)magnitude(position->lots) * magnitude(mark->mark_e8);
    bool fits = pli_linear_value_micros(terms, &core->ledger.underlyings[terms->underlying_index],
                                        amount, PLI_ROUND_DOWN, &micros);
    uint32_t u = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    if (fits && u != PLM_NONE) {
        pli_i128 divisor = (pli_i128)E8 * core->ledger.underlyings[u].price_unit;
        fits = pli_muldiv_floor(micros, core->prices[u].price.price_e8, divisor, &micros);
    }
    return fits ? micros : 0;
}

bool
pli_worth_atoms(const plm_core *core, uint32_t asset, pli_i128 atoms, pli_i128 *micros) {
    const plm_asset *terms = &core->ledger.listing_assets[asset];
    uint32_t u = terms->underlying_index;
    int64_t unit = u == PLM_NONE ? 1 : core->ledger.underlyings[u].price_unit;
    int64_t price_e8 = u == PLM_NONE ? E8 : core->prices[u].price.price_e8;
    return price_e8 > 0 &&
           pli_atoms_value_micros(terms, unit, atoms, price_e8, PLI_ROUND_DOWN, micros);
}

bool
pli_worth_closing(const plm_core *core, const pli_position *position, pli_i128 *micros) {
    const plm_instrument *terms = &core->ledger.listing_instruments[position->instrument_index];
    const plm_underlying *underlying = &core->ledger.underlyings[terms->underlying_index];
    int64_t mark_e8 = core->marks[position->instrument_index].mark_e8;
    pli_i128 amount = 0;
    if (pli_worth_is_coin(terms)) {
        return mark_e8 > 0 &&
               pli_inverse_coin_e12(terms, underlying, -position->lots, mark_e8, PLI_ROUND_DOWN,
                                    &amount) &&
               pli_add_i128(amount, position->cost, &amount) &&
               pli_coin_value_micros(underlying, amount,
                                     core->prices[terms->underlying_index].price.price_e8,
                                     PLI_ROUND_DOWN, micros);
    }
    uint32_t u = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    bool fits = pli_mul_i128(position->lots, mark_e8, &amount) &&
                pli_sub_i128(amount, position->cost, &amount) &&
                pli_linear_value_micros(terms, underlying, amount, PLI_ROUND_DOWN, micros);
    if (!fits || u == PLM_NONE) {
        return fits;
    }
    pli_i128 divisor = (pli_i128)E8 * core->ledger.underlyings[u].price_unit;
    return pli_muldiv_floor(*micros, core->prices[u].price.price_e8, divisor, micros);
}

// Adds what a position has realised and not been paid, and what closing it would bring.
static bool
add_position(const plm_core *core, const pli_position *position, pli_i128 *worth) {
    uint32_t instrument = position->instrument_index;
    uint32_t asset = core->ledger.listing_instruments[instrument].settlement_asset_index;
    pli_i128 unpaid = position->senior.amount - position->senior.drawn + position->junior.amount -
                      position->junior.drawn;
    pli_i128 micros = 0;
    if (unpaid != 0 &&
        (!pli_worth_atoms(core, asset, unpaid, &micros) || !pli_add_i128(*worth, micros, worth))) {
        return false;
    }
    return position->lots == 0 ||
           (pli_worth_closing(core, position, &micros) && pli_add_i128(*worth, micros, worth));
}

bool
pli_worth_holding(const plm_core *core, const pli_holding *holding, pli_i128 *micros) {
    pli_i128 worth = 0;
    pli_i128 part = 0;
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        const pli_balance *balance = &holding->balances[i];
        if (balance->atoms != 0 &&
            (!pli_worth_atoms(core, balance->asset_index, balance->atoms, &part) ||
             !pli_add_i128(worth, part, &worth))) {
            return false;
        }
    }
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (!add_position(core, &holding->positions[i], &worth)) {
            return false;
        }
    }
    *micros = worth;
    return true;
}
