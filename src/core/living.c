/* living.c: shock sizes that follow the market, and caps on open interest.            SPDX-License-Identifier: Apache-2.0 */
#include "core/living.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "core/arrays.h"
#include "core/records.h"
#include "model/value.h"

static int64_t *
size_in_force(plm_underlying_market *market, plm_living_term term) {
    switch (term) {
    case PLM_LIVING_DEPTH:
        return &market->depth_micros;
    case PLM_LIVING_VOLUME:
        return &market->volume_micros;
    case PLM_LIVING_OPEN_INTEREST:
        return &market->open_interest_micros;
    default:
        return &market->volatility_ppm;
    }
}

void
pli_living_heard(plm_core *core, uint32_t underlying) {
    const pli_underlying *of = &core->underlyings[underlying];
    for (uint32_t term = 0; of->recalibration_count == 0 && term < PLM_LIVING_COUNT; term += 1) {
        *size_in_force(&core->prices[underlying], (plm_living_term)term) = of->wanted[term];
    }
}

plm_reject
pli_living_supply(plm_core *core, const plm_event_supply *body) {
    if (body->underlying_index >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->units < 0) {
        return PLM_REJECT_VALUE;
    }
    core->underlyings[body->underlying_index].supply_units = body->units;
    return PLM_REJECT_NONE;
}

static const plm_living_parameters *
parameters_of(const plm_core *core, uint32_t underlying) {
    uint32_t class_id = core->ledger.underlyings[underlying].class_id;
    return pli_record_of(core, pli_place_living(&core->limits, class_id));
}

static int64_t *
announced_at(pli_underlying *of, uint32_t term) {
    return term == PLM_LIVING_VOLATILITY
               ? &of->living.volatility.announced[PLM_PROCYCLICALITY_NOTICE]
               : &of->living.paths[term - 1].announced[PLM_PROCYCLICALITY_NOTICE];
}

static int64_t
announced(const plm_core *core, uint32_t underlying, uint32_t term) {
    return *announced_at(&core->underlyings[underlying], term);
}

// Does anything that was announced wait?
static bool
is_waiting(const plm_core *core, uint32_t underlying) {
    bool is_any = false;
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        int64_t in_force = *size_in_force(&core->prices[underlying], (plm_living_term)term);
        is_any = is_any || announced(core, underlying, term) != in_force;
    }
    return is_any && core->underlyings[underlying].recalibration_count > 0;
}

void
pli_living_restore(plm_core *core) {
    core->notice_count = 0;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        core->notice_count += is_waiting(core, u) ? 1 : 0;
    }
}

void
pli_living_look_ahead(plm_core *core) {
    if (core->notice_count > 0) {
        core->facts.is_set_aside = !core->facts.is_set_aside; // they are about the grids in force
    }
    for (uint32_t u = 0; core->notice_count > 0 && u < core->ledger.underlying_count; u += 1) {
        if (!is_waiting(core, u)) {
            continue;
        }
        for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
            int64_t *in_force = size_in_force(&core->prices[u], (plm_living_term)term);
            int64_t *ahead = announced_at(&core->underlyings[u], term);
            int64_t kept = *in_force;
            *in_force = *ahead;
            *ahead = kept;
        }
        pli_arrays_look_ahead(core, u, core->facts.is_set_aside);
    }
}

static void
put_in_force(plm_core *core, uint32_t underlying, plm_living_term term, const plm_living_size *size,
             int64_t announced_before) {
    int64_t *in_force = size_in_force(&core->prices[underlying], term);
    int64_t before = *in_force;
    *in_force = size->in_force;
    if (size->in_force == before && size->announced == announced_before) {
        return;
    }
    plm_effect_kind kind = (plm_effect_kind)(PLM_EFFECT_SHOCK_VOLATILITY + (int)term);
    pli_state_effect(core, kind, PLM_NONE, underlying, size->in_force, before);
    pli_state_effect(core, PLM_EFFECT_SHOCK_REASON, PLM_NONE, underlying, size->announced,
                     (pli_i128)size->reason);
}

plm_reject
pli_living_recalibrate(plm_core *core, const plm_event_recalibrate *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    pli_underlying *of = &core->underlyings[u];
    const plm_living_parameters *parameters = parameters_of(core, u);
    if (of->recalibration_count > 0 &&
        core->time_ns - of->recalibrated_ns < parameters->interval_ns) {
        return PLM_REJECT_EARLY;
    }
    bool was_waiting = is_waiting(core, u);
    int64_t before[PLM_LIVING_COUNT];
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        before[term] = announced(core, u, term);
    }
    plm_living_size sizes[PLM_LIVING_COUNT];
    plm_status status = plm_living_step(&of->living, parameters, of->wanted, sizes);
    // Events bring nothing that is out of bounds, and records are checked when they are taken.
    PLI_ASSERT(status == PLM_OK);
    of->recalibration_count += 1;
    of->recalibrated_ns = core->time_ns;
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        put_in_force(core, u, (plm_living_term)term, &sizes[term], before[term]);
    }
    core->notice_count += is_waiting(core, u) ? 1 : 0;
    core->notice_count -= was_waiting ? 1 : 0;
    pli_arrays_recalibrate(core, u);
    return PLM_REJECT_NONE;
}

static int64_t
base_price_e8(const plm_core *core, uint32_t underlying) {
    int64_t price_e8 = core->prices[underlying].price.price_e8;
    int64_t reference_e8 = core->ledger.underlyings[underlying].reference_e8;
    price_e8 = price_e8 < 0 ? -price_e8 : price_e8;
    return price_e8 < reference_e8 ? reference_e8 : price_e8;
}

// Notional of `lots` in micros of the valuation currency, up; as much as fits.
static int64_t
notional_micros(const plm_core *core, uint32_t instrument, int64_t lots) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    const plm_underlying *underlying = &core->ledger.underlyings[terms->underlying_index];
    int64_t price_e8 = base_price_e8(core, terms->underlying_index);
    uint32_t coin = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    pli_i128 value = 0;
    bool fits = pli_notional_micros(terms, underlying, lots, price_e8, &value);
    if (fits && terms->settlement == PLM_SETTLEMENT_LINEAR && coin != PLM_NONE) {
        fits = pli_muldiv_ceil(value, base_price_e8(core, coin),
                               (pli_i128)100000000 * core->ledger.underlyings[coin].price_unit,
                               &value);
    }
    return fits && value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

static int64_t
open_micros(const plm_core *core, uint32_t underlying, uint32_t instrument, int64_t more) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        int64_t lots = core->ledger.markets[i].open_interest;
        if (i == instrument && !pli_add_i64(lots, more, &lots)) {
            return INT64_MAX;
        }
        if (core->ledger.listing_instruments[i].underlying_index == underlying && lots > 0 &&
            !pli_add_i64(sum, notional_micros(core, i, lots), &sum)) {
            return INT64_MAX;
        }
    }
    return sum;
}

// No less than open_micros, from the sum alone: each instrument's notional is rounded up by less than a micro. False where
// the sum does not tell.
static bool
is_below(const plm_core *core, uint32_t instrument, int64_t more, int64_t *most) {
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    const pli_open *open = &core->ledger.open[u];
    pli_i128 size =
        open->size + (pli_i128)more * core->ledger.listing_instruments[instrument].lot_e8;
    pli_i128 micros = 0;
    return open->other_lots == 0 && pli_is_open_size(&core->ledger, instrument) && size >= 0 &&
           pli_muldiv_ceil(size, base_price_e8(core, u),
                           (pli_i128)INT64_C(10000000000) * core->ledger.underlyings[u].price_unit,
                           &micros) &&
           pli_narrow_i64(micros + core->ledger.instrument_count, most);
}

static int64_t
cap_micros(const plm_core *core, uint32_t underlying) {
    int64_t units = core->underlyings[underlying].supply_units;
    pli_i128 supply = 0;
    if (units > 0) {
        int64_t unit = core->ledger.underlyings[underlying].price_unit;
        supply = pli_div_floor_i128((pli_i128)units * base_price_e8(core, underlying),
                                    (pli_i128)100 * unit);
        supply = supply < 1 ? 1 : supply > INT64_MAX ? INT64_MAX : supply;
    }
    int64_t depth = core->underlyings[underlying].recalibration_count > 0
                        ? announced(core, underlying, PLM_LIVING_DEPTH)
                        : core->prices[underlying].depth_micros;
    return plm_living_cap(parameters_of(core, underlying), depth, (int64_t)supply);
}

bool
pli_living_carries(const plm_core *core, uint32_t instrument, int64_t more) {
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    int64_t cap = cap_micros(core, u);
    int64_t most = 0;
    // Every trade asks: where the sum over all instruments says yes, none of them is looked at.
    return cap == INT64_MAX || (is_below(core, instrument, more, &most) && most <= cap) ||
           open_micros(core, u, instrument, more) <= cap;
}

plm_status
plm_core_underlying(const plm_core *core, uint32_t underlying_index, plm_core_shocks *shocks) {
    if (underlying_index >= core->ledger.underlying_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_underlying *of = &core->underlyings[underlying_index];
    plm_underlying_market market = core->prices[underlying_index];
    *shocks = (plm_core_shocks){
        .recalibration_count = of->recalibration_count,
        .recalibrated_ns = of->recalibrated_ns,
        .supply_units = of->supply_units,
        .cap_micros = cap_micros(core, underlying_index),
        .open_interest_micros = open_micros(core, underlying_index, PLM_NONE, 0),
    };
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        int64_t in_force = *size_in_force(&market, (plm_living_term)term);
        bool is_living = of->recalibration_count > 0;
        plm_shock_reason reason = term == PLM_LIVING_VOLATILITY ? of->living.volatility.reason
                                                                : of->living.paths[term - 1].reason;
        shocks->wanted[term] = of->wanted[term];
        shocks->sizes[term] = (plm_living_size){
            .in_force = in_force,
            .announced = is_living ? announced(core, underlying_index, term) : in_force,
            .reason = is_living ? reason : PLM_SHOCK_REASON_MARKET};
    }
    return PLM_OK;
}
