/* deficit.c: what is missing of a bankrupt account, by market (docs/books.md, section 16).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/deficit.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "core/worth.h"

#define E8 INT64_C(100000000)
#define COIN_UNITS INT64_C(1000000000000)    /* of cost, in a coin */
#define UNITS_PER_MICRO INT64_C(10000000000) /* of cost, for a lot and price unit of 1e-8 and 1 */

// What part of the insurance fund holds, in micros of the valuation currency.
static pli_i128
fund_of(const plm_core *core, uint32_t asset, pli_i128 atoms) {
    pli_i128 micros = 0;
    return pli_worth_atoms(core, asset, atoms, &micros) ? micros : 0;
}

// What the account is short of when everything has been closed at the marks; 0 where it is not.
static pli_i128
shortfall_of(const plm_core *core, const pli_holding *holding) {
    pli_i128 worth = 0;
    return pli_worth_holding(core, holding, &worth) && worth < 0 ? -worth : 0;
}

int64_t
pli_deficit_here(const plm_core *core, const pli_holding *holding, uint32_t instrument,
                 const plm_requirement *requirement) {
    const pli_market_book *market = &core->ledger.markets[instrument];
    uint32_t asset = market->terms.settlement_asset_index;
    pli_i128 all = 0;
    pli_i128 here = 0;
    pli_i128 part = 0;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        pli_i128 notional = pli_worth_notional(core, &holding->positions[i]);
        here = holding->positions[i].instrument_index == instrument ? notional : here;
        if (!pli_add_i128(all, notional, &all)) {
            return 0;
        }
    }
    pli_i128 short_by = shortfall_of(core, holding);
    pli_i128 below = -(pli_i128)requirement->equity_maintenance_micros;
    pli_i128 deficit = (short_by < below ? short_by : below) -
                       fund_of(core, asset, core->ledger.assets[asset].named[PLI_NAMED_INSURANCE]);
    int64_t micros = 0;
    bool fits = all > 0 && deficit > 0 && pli_muldiv_ceil(deficit, here, all, &part);
    part -= fund_of(core, asset, market->tranche);
    return fits && part > 0 && pli_narrow_i64(part, &micros) ? micros : 0;
}

// Micros of the valuation currency as `scale` parts of a unit of the settlement asset, up.
static bool
settled_in(const plm_core *core, const plm_instrument *terms, pli_i128 scale, pli_i128 micros,
           pli_i128 *parts) {
    uint32_t u = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    pli_i128 price_e8 = u == PLM_NONE ? E8 : core->prices[u].price.price_e8;
    pli_i128 unit = u == PLM_NONE ? 1 : core->ledger.underlyings[u].price_unit;
    pli_i128 factor = 0;
    return price_e8 > 0 && pli_mul_i128(scale, unit * (E8 / PLM_PPM), &factor) &&
           pli_muldiv_ceil(micros, factor, price_e8, parts);
}

bool
pli_deficit_relief(const plm_core *core, uint32_t instrument, pli_i128 micros, pli_i128 *relief) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    if (pli_worth_is_coin(terms)) {
        return settled_in(core, terms, COIN_UNITS, micros, relief);
    }
    if (terms->kind == PLM_KIND_OPTION && terms->premium == PLM_PREMIUM_PAID) {
        pli_i128 scale = 1;
        for (uint32_t i = 0;
             i < core->ledger.listing_assets[terms->settlement_asset_index].decimals; i += 1) {
            scale *= 10;
        }
        return settled_in(core, terms, scale, micros, relief);
    }
    pli_i128 per_lot =
        (pli_i128)UNITS_PER_MICRO * core->ledger.underlyings[terms->underlying_index].price_unit;
    return settled_in(core, terms, PLM_PPM, micros, &micros) &&
           pli_muldiv_ceil(micros, per_lot, terms->lot_e8, relief);
}
