/* backstop.c: the backstop pool: what it pays for what nobody else takes, and who may take money out.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/backstop.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "margin/charges.h"
#include "model/value.h"

#define VALUE_MAX ((pli_i128)1 << 100)

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

static bool
is_within(int64_t value, int64_t low, int64_t high) {
    return value >= low && value <= high;
}

static bool
is_market_well_formed(const pli_backstop_terms *terms, const pli_backstop_market *market) {
    return is_within(terms->spread_ppm, 0, PLM_PPM) &&
           is_within(terms->rate_ppm, 0, 100 * PLM_PPM) && terms->volume_micros > 0 &&
           is_within(terms->discount_max_ppm, 0, PLM_PPM) &&
           is_within(terms->stress_ppm, 0, 10 * PLM_PPM) &&
           is_within(market->inventory_lots, -PLM_LOTS_MAX, PLM_LOTS_MAX) &&
           market->lot_notional_micros > 0 && market->tranche_micros >= 0;
}

// Cost of the pool's own way out of `lots`.
static bool
way_out(const pli_backstop_terms *terms, const pli_backstop_market *market, pli_i128 lots,
        pli_i128 *cost) {
    return pli_impact_cost(magnitude(lots) * market->lot_notional_micros, terms->volume_micros,
                           terms->rate_ppm, cost);
}

static bool
cost_of(const pli_backstop_terms *terms, const pli_backstop_market *market, int64_t lots,
        pli_i128 *cost) {
    pli_i128 notional = magnitude(lots) * market->lot_notional_micros;
    pli_i128 before = 0;
    pli_i128 after = 0;
    if (!pli_ppm_of_ceil(notional, terms->spread_ppm, cost) ||
        !way_out(terms, market, market->inventory_lots, &before) ||
        !way_out(terms, market, (pli_i128)market->inventory_lots + lots, &after)) {
        return false;
    }
    *cost += after > before ? after - before : 0;
    return true;
}

static bool
stress_of(const pli_backstop_terms *terms, const pli_backstop_market *market, pli_i128 lots,
          pli_i128 *stress) {
    return pli_ppm_of_ceil(magnitude(lots) * market->lot_notional_micros, terms->stress_ppm,
                           stress);
}

// Would the pool take that many, and on which terms? Lots 0 where a bound forbids it.
static bool
try_take(const pli_backstop_terms *terms, const pli_backstop_market *market,
         const pli_backstop_offer *offer, int64_t lots, pli_backstop_take_result *result) {
    pli_i128 cost = 0;
    pli_i128 borne = 0;
    pli_i128 bound = 0;
    pli_i128 stress = 0;
    pli_i128 after = (pli_i128)market->inventory_lots + lots;
    if (!cost_of(terms, market, lots, &cost) ||
        !pli_ppm_of_floor(magnitude(lots) * market->lot_notional_micros, terms->discount_max_ppm,
                          &bound) ||
        !stress_of(terms, market, after, &stress) ||
        !pli_muldiv_floor(offer->deficit_micros, magnitude(lots), magnitude(offer->lots), &borne)) {
        return false;
    }
    bool is_growing = magnitude(after) > magnitude(market->inventory_lots);
    int64_t cost_micros = 0;
    bool is_taken = cost <= bound && magnitude(after) <= PLM_LOTS_MAX &&
                    borne + (is_growing ? stress : 0) <= market->tranche_micros &&
                    pli_narrow_i64(cost, &cost_micros);
    *result = (pli_backstop_take_result){
        .lots = is_taken ? lots : 0, .cost_micros = cost_micros, .borne_micros = (int64_t)borne};
    return true;
}

plm_status
pli_backstop_take(const pli_backstop_terms *terms, const pli_backstop_market *market,
                  const pli_backstop_offer *offer, pli_backstop_take_result *result) {
    if (!is_market_well_formed(terms, market) ||
        !is_within(offer->lots, -PLM_LOTS_MAX, PLM_LOTS_MAX) || offer->deficit_micros < 0) {
        return PLM_PARAMETER_INVALID;
    }
    int64_t sign = offer->lots < 0 ? -1 : 1;
    pli_backstop_take_result taken = {.lots = 0};
    pli_backstop_take_result tried = {.lots = 0};
    // The search keeps low taken and high refused.
    int64_t low = 0;
    int64_t high = sign * offer->lots + 1;
    int64_t middle = sign * offer->lots;
    while (high - low > 1) {
        if (!try_take(terms, market, offer, sign * middle, &tried)) {
            return PLM_OVERFLOW;
        }
        bool is_taken = tried.lots != 0;
        taken = is_taken ? tried : taken;
        low = is_taken ? middle : low;
        high = is_taken ? high : middle;
        middle = low + (high - low) / 2;
    }
    *result = taken;
    return PLM_OK;
}

plm_status
pli_backstop_stress(const pli_backstop_terms *terms, const pli_backstop_market *market,
                    int64_t *stress_micros) {
    pli_i128 stress = 0;
    if (!is_market_well_formed(terms, market)) {
        return PLM_PARAMETER_INVALID;
    }
    if (!stress_of(terms, market, market->inventory_lots, &stress) ||
        !pli_narrow_i64(stress, stress_micros)) {
        return PLM_OVERFLOW;
    }
    return PLM_OK;
}

plm_status
pli_backstop_exit(const pli_backstop_terms *terms, const pli_backstop_market *market,
                  int64_t *exit_micros) {
    pli_backstop_market empty = *market;
    pli_i128 cost = 0;
    empty.inventory_lots = 0;
    if (!is_market_well_formed(terms, market)) {
        return PLM_PARAMETER_INVALID;
    }
    if (!cost_of(terms, &empty, market->inventory_lots, &cost) ||
        !pli_narrow_i64(cost, exit_micros)) {
        return PLM_OVERFLOW;
    }
    return PLM_OK;
}

static bool
is_value_well_formed(const pli_backstop_value *pool) {
    return magnitude(pool->low) <= VALUE_MAX && magnitude(pool->high) <= VALUE_MAX &&
           pool->low <= pool->high && pool->reserved >= 0 && pool->reserved <= VALUE_MAX &&
           pool->shares >= 0 && pool->shares <= VALUE_MAX;
}

plm_status
pli_backstop_deposit(const pli_backstop_value *pool, pli_i128 amount, pli_i128 *shares) {
    if (!is_value_well_formed(pool) || amount <= 0 || amount > VALUE_MAX) {
        return PLM_PARAMETER_INVALID;
    }
    if (pool->high <= 0 && (pool->shares > 0 || pool->high < 0)) {
        return PLM_DOMAIN;
    }
    pli_i128 minted = 0;
    if (!pli_muldiv_floor(amount, pool->shares + PLI_BACKSTOP_SHARES_VIRTUAL, pool->high + 1,
                          &minted) ||
        minted > VALUE_MAX - pool->shares) {
        return PLM_OVERFLOW;
    }
    if (minted == 0) {
        return PLM_PARAMETER_INVALID;
    }
    *shares = minted;
    return PLM_OK;
}

plm_status
pli_backstop_withdraw(const pli_backstop_value *pool, pli_i128 shares,
                      pli_backstop_payment *payment) {
    if (!is_value_well_formed(pool) || shares < 1 || shares > pool->shares) {
        return PLM_PARAMETER_INVALID;
    }
    pli_i128 free = pool->low - pool->reserved;
    if (free <= 0) {
        *payment = (pli_backstop_payment){.shares = 0};
        return PLM_OK;
    }
    pli_i128 all = pool->shares + PLI_BACKSTOP_SHARES_VIRTUAL;
    pli_i128 worth = 0;
    pli_i128 redeemed = shares;
    bool is_in_range = pli_muldiv_floor(shares, pool->low + 1, all, &worth);
    if (is_in_range && worth > free) {
        worth = free;
        is_in_range = pli_muldiv_ceil(free, all, pool->low + 1, &redeemed);
    }
    PLI_ASSERT(is_in_range);
    PLI_ASSERT(redeemed <= shares);
    *payment = (pli_backstop_payment){.shares = worth > 0 ? redeemed : 0, .micros = worth};
    return PLM_OK;
}
