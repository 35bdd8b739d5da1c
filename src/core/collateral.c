/* collateral.c: the insurance fund pays debts against collateral, at a discount (docs/books.md, section 18).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/collateral.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "core/auctions.h"
#include "core/records.h"
#include "core/sides.h"
#include "model/value.h"

#define E8 INT64_C(100000000)

/* quote - how atoms of an asset and micros of the valuation currency compare: atoms * price = micros * scale. */
typedef struct quote {
    int64_t price_e8;
    pli_i128 scale;
} quote;

static quote
quote_of(const plm_core *core, uint32_t asset) {
    const plm_asset *terms = &core->ledger.listing_assets[asset];
    uint32_t u = terms->underlying_index;
    quote out = {.price_e8 = u == PLM_NONE ? E8 : core->prices[u].price.price_e8, .scale = 100};
    out.scale *= u == PLM_NONE ? 1 : core->ledger.underlyings[u].price_unit;
    for (uint32_t i = 0; i < terms->decimals; i += 1) {
        out.scale *= 10;
    }
    return out;
}

static bool
is_owing_only(const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0 ||
            holding->positions[i].senior.cohort != PLI_COHORT_NONE) {
            return false;
        }
    }
    return true;
}

static bool
is_due(const plm_core *core, const pli_holding *holding, const plm_standing *now) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    bool is_past_auctions =
        now->round_count > 0 || rules->auction_rounds_max == 0 || !pli_auctions_has_goods(holding);
    return now->stage == PLM_STAGE_PARTIAL && core->time_ns >= now->slice_due_ns &&
           is_past_auctions && is_owing_only(holding);
}

// So much of `have` that pays for `owed`, and the part of `owed` that it pays; nothing: 0 of both.
static bool
set_off(const quote *of_have, const quote *of_owed, int64_t kept_ppm, pli_collateral_swap *swap) {
    pli_i128 micros = 0;
    pli_i128 wanted = 0;
    if (of_have->price_e8 <= 0 || of_owed->price_e8 <= 0) {
        *swap = (pli_collateral_swap){swap->have, swap->owed, 0, 0};
        return true;
    }
    if (!pli_muldiv_ceil(swap->paid, of_owed->price_e8, of_owed->scale, &micros) ||
        !pli_muldiv_ceil(micros, PLM_PPM, kept_ppm, &micros) ||
        !pli_muldiv_ceil(micros, of_have->scale, of_have->price_e8, &wanted)) {
        return false;
    }
    if (wanted <= swap->taken) {
        swap->taken = wanted;
        return true;
    }
    pli_i128 paid = 0;
    if (!pli_muldiv_floor(swap->taken, of_have->price_e8, of_have->scale, &micros) ||
        !pli_muldiv_floor(micros, kept_ppm, PLM_PPM, &micros) ||
        !pli_muldiv_floor(micros, of_owed->scale, of_owed->price_e8, &paid)) {
        return false;
    }
    swap->paid = paid < swap->paid ? paid : swap->paid;
    return true;
}

// One debt against one balance above zero.
static plm_reject
swap_one(plm_core *core, uint32_t account, uint32_t have, uint32_t owed, bool *is_taken) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_i128 debt = -pli_ledger_takeover_held(&core->ledger, account, owed);
    pli_i128 fund = core->ledger.assets[owed].named[PLI_NAMED_INSURANCE];
    pli_collateral_swap swap = {.have = have,
                                .owed = owed,
                                .taken = pli_ledger_takeover_held(&core->ledger, account, have),
                                .paid = debt < fund ? debt : fund};
    if (swap.taken <= 0 || swap.paid <= 0) {
        return PLM_REJECT_NONE;
    }
    quote of_have = quote_of(core, have);
    quote of_owed = quote_of(core, owed);
    if (!set_off(&of_have, &of_owed, PLM_PPM - rules->fund_discount_ppm, &swap)) {
        return PLM_REJECT_OVERFLOW;
    }
    if (swap.taken <= 0 || swap.paid <= 0) {
        return PLM_REJECT_NONE;
    }
    *is_taken = true;
    return pli_ledger_collateral(&core->ledger, account, &swap);
}

plm_reject
pli_collateral_take(plm_core *core, const pli_holding *holding, const plm_standing *now,
                    bool *is_taken) {
    *is_taken = false;
    if (!is_due(core, holding, now)) {
        return PLM_REJECT_NONE;
    }
    plm_reject reject = PLM_REJECT_NONE;
    // No slot goes before the end, so the runs stay as they are.
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        for (uint32_t j = 0; j < holding->balance_count && reject == PLM_REJECT_NONE; j += 1) {
            reject = swap_one(core, holding->account, holding->balances[j].asset_index,
                              holding->balances[i].asset_index, is_taken);
        }
    }
    if (*is_taken && reject == PLM_REJECT_NONE) {
        pli_ledger_collateral_end(&core->ledger, holding->account);
    }
    return reject;
}
