/* pool.c: the backstop pool: what it is worth, who may go in and out, what its account may do (docs/books.md, section 19).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/pool.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "core/health.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/worth.h"
#include "margin/charges.h"
#include "model/value.h"

#define VALUE_MAX ((pli_i128)1 << 100)

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

// --- What its account may do ---

// Would a fill of signed lots leave the pool with more than it holds, or on the other side?
static bool
is_growing(const plm_core *core, uint32_t instrument, int64_t lots) {
    pli_holding holding = pli_sides_holding(core, core->ledger.pool_account);
    int64_t held = pli_sides_lots(&holding, instrument);
    return held == 0 || (held > 0) == (lots > 0) ||
           (lots != INT64_MIN && magnitude(lots) > magnitude(held));
}

static bool
is_trade_growing(const plm_core *core, uint32_t account, const plm_event_trade *body) {
    uint32_t pool = core->ledger.pool_account;
    int64_t sold = body->lots == INT64_MIN ? INT64_MAX : -body->lots;
    return (account == pool && is_growing(core, body->instrument_index, body->lots)) ||
           (body->maker_account == pool && is_growing(core, body->instrument_index, sold));
}

// Is the event one that the pool's account, or one that deals with it, may not do?
static bool
is_forbidden(const plm_core *core, const plm_event *event) {
    uint32_t pool = core->ledger.pool_account;
    bool is_pool = event->header.account == pool;
    switch ((plm_event_type)event->header.type) {
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_BID:
    case PLM_EVENT_TYPE_POOL_JOIN:
    case PLM_EVENT_TYPE_POOL_LEAVE:
        return is_pool;
    case PLM_EVENT_TYPE_DEPOSIT:
        return is_pool && event->deposit_body.asset_index != 0;
    case PLM_EVENT_TYPE_TRANSFER:
        return is_pool ||
               (event->transfer_body.to_account == pool && event->transfer_body.asset_index != 0);
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        return is_pool || event->position_transfer_body.to_account == pool;
    case PLM_EVENT_TYPE_EXCHANGE:
        return is_pool || event->exchange_body.other_account == pool;
    case PLM_EVENT_TYPE_RESERVE:
        return is_pool && event->reserve_body.is_reduce_only == 0;
    case PLM_EVENT_TYPE_TRADE:
        return is_trade_growing(core, event->header.account, &event->trade_body);
    default:
        return false;
    }
}

plm_reject
pli_pool_permit(const plm_core *core, const plm_event *event) {
    return core->ledger.pool_account != PLM_NONE && is_forbidden(core, event)
               ? PLM_REJECT_POOL_ACCOUNT
               : PLM_REJECT_NONE;
}

// --- Terms ---

bool
pli_pool_deals_in(const plm_core *core, uint32_t instrument) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    bool is_delta_one = terms->kind == PLM_KIND_PERPETUAL || terms->kind == PLM_KIND_FUTURE;
    return is_delta_one && terms->settlement == PLM_SETTLEMENT_LINEAR &&
           terms->settlement_asset_index == 0;
}

static int64_t
of_sigma(pli_i128 sigma_ppm, int64_t part_ppm, int64_t most) {
    pli_i128 ppm = pli_div_ceil_i128(sigma_ppm * part_ppm, PLM_PPM);
    return ppm < most ? (int64_t)ppm : most;
}

static pli_backstop_terms
terms_of(const plm_core *core, uint32_t instrument) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    const plm_underlying_market *market = &core->prices[u];
    pli_i128 sigma_ppm = pli_sigma_horizon_ppm(market->volatility_ppm, PLM_DAY_NS);
    return (pli_backstop_terms){
        .spread_ppm = of_sigma(sigma_ppm, rules->backstop_spread_ppm, PLM_PPM),
        .rate_ppm = of_sigma(sigma_ppm, rules->impact_ppm, 100 * PLM_PPM),
        .volume_micros =
            market->volume_micros > 0 ? market->volume_micros : rules->volume_standard_micros,
        .discount_max_ppm = rules->backstop_discount_ppm,
        .stress_ppm = of_sigma(sigma_ppm, rules->backstop_stress_ppm, 10 * PLM_PPM)};
}

// What any one market may cost: a share of what the pool is worth.
static bool
whole_tranche(const plm_core *core, const pli_holding *pool, pli_i128 *tranche) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_i128 worth = 0;
    return pli_worth_holding(core, pool, &worth) &&
           pli_ppm_of_floor(worth > 0 ? worth : 0, rules->backstop_tranche_ppm, tranche);
}

// What it may still cost: less what the position there has lost.
static bool
tranche_of(const plm_core *core, const pli_holding *pool, const pli_position *position,
           int64_t *micros) {
    pli_i128 profit = 0;
    pli_i128 tranche = 0;
    if (!whole_tranche(core, pool, &tranche) ||
        (position != NULL && !pli_worth_closing(core, position, &profit))) {
        return false;
    }
    tranche += profit < 0 ? profit : 0;
    return pli_narrow_i64(tranche > 0 ? tranche : 0, micros);
}

static const pli_position *
position_of(const pli_holding *pool, uint32_t instrument) {
    for (uint32_t i = 0; i < pool->position_count; i += 1) {
        if (pool->positions[i].instrument_index == instrument && pool->positions[i].lots != 0) {
            return &pool->positions[i];
        }
    }
    return NULL;
}

bool
pli_pool_is_over(const plm_core *core, uint32_t account, uint32_t instrument) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    if (account != core->ledger.pool_account || rules->deleverage == 0 ||
        rules->backstop_tranche_ppm == 0 || !pli_pool_deals_in(core, instrument) ||
        !core->marks[instrument].is_present) {
        return false;
    }
    pli_holding pool = pli_sides_holding(core, account);
    const pli_position *position = position_of(&pool, instrument);
    pli_i128 tranche = 0;
    pli_i128 profit = 0;
    return position != NULL && whole_tranche(core, &pool, &tranche) &&
           pli_worth_closing(core, position, &profit) && -profit > tranche;
}

bool
pli_pool_market(const plm_core *core, uint32_t instrument, pli_backstop_terms *terms,
                pli_backstop_market *market) {
    pli_holding pool = pli_sides_holding(core, core->ledger.pool_account);
    const pli_position *position = position_of(&pool, instrument);
    pli_position lot = {.instrument_index = instrument, .lots = 1};
    int64_t lot_micros = 0;
    *market = (pli_backstop_market){.inventory_lots = position == NULL ? 0 : position->lots};
    if (!pli_pool_deals_in(core, instrument) || !core->marks[instrument].is_present ||
        !tranche_of(core, &pool, position, &market->tranche_micros) ||
        !pli_narrow_i64(pli_worth_notional(core, &lot) + 1, &lot_micros)) {
        return false;
    }
    market->lot_notional_micros = lot_micros;
    *terms = terms_of(core, instrument);
    return true;
}

// --- Members ---

static pli_i128
cash_unit(const plm_core *core) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < core->ledger.listing_assets[0].decimals; i += 1) {
        unit *= 10;
    }
    return unit;
}

// What carrying its positions takes, and what leaving them would cost.
static plm_reject
weigh_positions(const plm_core *core, const pli_holding *pool, pli_i128 *stress, pli_i128 *exit) {
    for (uint32_t i = 0; i < pool->position_count; i += 1) {
        uint32_t instrument = pool->positions[i].instrument_index;
        uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
        pli_backstop_terms terms;
        pli_backstop_market market;
        int64_t stress_micros = 0;
        int64_t exit_micros = 0;
        if (pool->positions[i].lots == 0) {
            continue;
        }
        if (!pli_prices_allow(core, u, PLM_PRICE_ACTION_SETTLE)) {
            return PLM_REJECT_PRICE_STATE;
        }
        if (!pli_pool_market(core, instrument, &terms, &market) ||
            pli_backstop_stress(&terms, &market, &stress_micros) != PLM_OK ||
            pli_backstop_exit(&terms, &market, &exit_micros) != PLM_OK) {
            return PLM_REJECT_OVERFLOW;
        }
        *stress += stress_micros;
        *exit += exit_micros;
    }
    return PLM_REJECT_NONE;
}

plm_reject
pli_pool_value(plm_core *core, pli_backstop_value *value) {
    pli_holding pool = pli_sides_holding(core, core->ledger.pool_account);
    plm_requirement requirement;
    pli_i128 worth = 0;
    pli_i128 stress = 0;
    pli_i128 exit = 0;
    pli_i128 cash = 0;
    plm_reject reject = pli_health_assess(core, &pool, &requirement);
    if (reject == PLM_REJECT_NONE) {
        reject = weigh_positions(core, &pool, &stress, &exit);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_i128 held = pli_ledger_takeover_held(&core->ledger, pool.account, 0);
    if (!pli_worth_holding(core, &pool, &worth) || worth > VALUE_MAX / 2 ||
        worth < -VALUE_MAX / 2 ||
        !pli_muldiv_floor(held > 0 ? held : 0, PLM_PPM, cash_unit(core), &cash)) {
        return PLM_REJECT_OVERFLOW;
    }
    bool is_at_risk = pli_health_is_at_risk(core, &pool);
    pli_i128 low = worth;
    if (is_at_risk && requirement.equity_initial_micros < low) {
        low = requirement.equity_initial_micros;
    }
    low -= exit;
    pli_i128 reserved = is_at_risk ? requirement.initial_micros : 0;
    reserved = reserved > stress ? reserved : stress;
    reserved = reserved > low - cash ? reserved : low - cash;
    // Every part of the worth was rounded down.
    *value =
        (pli_backstop_value){.shares = core->ledger.pool_shares,
                             .low = low,
                             .high = worth + pool.balance_count + 2 * (pli_i128)pool.position_count,
                             .reserved = reserved};
    return PLM_REJECT_NONE;
}

plm_reject
pli_pool_join(plm_core *core, uint32_t account, const plm_event_pool_join *body) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_i128 atoms = pli_i128_from_wide(body->atoms);
    pli_i128 micros = 0;
    pli_i128 shares = 0;
    pli_backstop_value value;
    if (core->ledger.pool_account == PLM_NONE) {
        return PLM_REJECT_POOL_NONE;
    }
    if (atoms <= 0) {
        return PLM_REJECT_AMOUNT;
    }
    if (pli_ledger_takeover_held(&core->ledger, account, 0) < atoms) {
        return PLM_REJECT_BALANCE;
    }
    plm_reject reject = pli_pool_value(core, &value);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (!pli_muldiv_floor(atoms, PLM_PPM, cash_unit(core), &micros)) {
        return PLM_REJECT_OVERFLOW;
    }
    plm_status status = pli_backstop_deposit(&value, micros, &shares);
    if (status != PLM_OK) {
        return status == PLM_OVERFLOW ? PLM_REJECT_OVERFLOW : PLM_REJECT_POOL_WORTH;
    }
    if (shares > PLI_POOL_SHARES_MAX) {
        return PLM_REJECT_OVERFLOW;
    }
    reject = pli_ledger_pool_join(&core->ledger, account, atoms, (int64_t)shares,
                                  core->time_ns + rules->backstop_lock_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_state_effect(core, PLM_EFFECT_POOL, account, PLM_NONE, shares, atoms);
    return pli_health_check(core, &core->sides[0], PLI_HEALTH_WITHDRAW, PLM_NONE);
}

plm_reject
pli_pool_leave(plm_core *core, uint32_t account, const plm_event_pool_leave *body) {
    pli_i128 atoms = 0;
    pli_backstop_value value;
    pli_backstop_payment payment;
    if (core->ledger.pool_account == PLM_NONE) {
        return PLM_REJECT_POOL_NONE;
    }
    if (body->shares <= 0) {
        return PLM_REJECT_AMOUNT;
    }
    if (body->shares > core->ledger.accounts[account].pool_shares) {
        return PLM_REJECT_POOL_SHARES;
    }
    if (core->time_ns < core->ledger.accounts[account].pool_until_ns) {
        return PLM_REJECT_POOL_LOCKED;
    }
    plm_reject reject = pli_pool_value(core, &value);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (pli_backstop_withdraw(&value, body->shares, &payment) != PLM_OK ||
        !pli_muldiv_floor(payment.micros, cash_unit(core), PLM_PPM, &atoms)) {
        return PLM_REJECT_OVERFLOW;
    }
    if (atoms == 0) {
        return PLM_REJECT_POOL_RESERVED;
    }
    reject = pli_ledger_pool_leave(&core->ledger, account, atoms, (int64_t)payment.shares);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_state_effect(core, PLM_EFFECT_POOL, account, PLM_NONE, -payment.shares, atoms);
    return pli_health_check(core, &core->sides[1], PLI_HEALTH_WITHDRAW, PLM_NONE);
}
