/* move.c: turns the published moves of a set into those of one instrument.            SPDX-License-Identifier: Apache-2.0 */
#include "scenario/move.h"
#include "base/assert.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "scenario/grid.h"

static double
ratio(int64_t ppm) {
    return pli_double_from_i64(ppm) / 1e6;
}

static double
clamp(double value, double low, double high) {
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

// (30 d / max(T, floor))^p
static double
tenor_scale(const plm_shock_parameters *shocks, int64_t tenor_ns) {
    int64_t month_ns = 30 * PLM_DAY_NS;
    int64_t tenor = tenor_ns < shocks->tenor_floor_ns ? shocks->tenor_floor_ns : tenor_ns;
    double power =
        ratio(tenor <= month_ns ? shocks->vol_short_power_ppm : shocks->vol_long_power_ppm);
    return pli_pow(pli_double_from_i64(month_ns) / pli_double_from_i64(tenor), power);
}

// +1 at 7 d, -1 at 180 d
static double
twist_weight(int64_t tenor_ns) {
    double tenor = pli_double_from_i64(tenor_ns);
    double front = pli_double_from_i64(7 * PLM_DAY_NS);
    double span = pli_log(180.0 / 7.0);
    return clamp(1.0 - 2.0 * pli_log(tenor / front) / span, -1.0, 1.0);
}

pli_exposure
pli_exposure_init(const plm_scenario_set *set, uint32_t underlying_index, bool has_basis,
                  int64_t tenor_ns) {
    const plm_shock_parameters *shocks = &set->shocks[underlying_index];
    pli_exposure exposure = {
        .set = set,
        .underlying_index = underlying_index,
        .settlement_underlying = PLM_NONE,
        .beta = ratio(shocks->history_beta_ppm),
        .residual = ratio(shocks->history_residual_ppm),
        .has_basis = has_basis,
    };
    if (has_basis) {
        double years = pli_double_from_i64(tenor_ns) / pli_double_from_i64(PLM_YEAR_NS);
        exposure.roll =
            clamp(ratio(shocks->roll_ppm) * years, ratio(shocks->roll_floor_ppm), PLI_ROLL_MAX);
    }
    if (tenor_ns > 0) {
        exposure.vol_scale = tenor_scale(shocks, tenor_ns);
        exposure.vol_up = ratio(shocks->vol_up_ppm) * exposure.vol_scale;
        exposure.vol_down = ratio(shocks->vol_down_ppm) * exposure.vol_scale;
        exposure.twist = ratio(shocks->twist_ppm) * twist_weight(tenor_ns);
    }
    return exposure;
}

void
pli_exposure_set_tilt(pli_exposure *exposure, double deviations) {
    const plm_shock_parameters *shocks = &exposure->set->shocks[exposure->underlying_index];
    exposure->skew = -ratio(shocks->skew_ppm) * clamp(deviations, -PLI_TILT_MAX, PLI_TILT_MAX);
}

static double
multiple(double relative) {
    double moved = 1.0 + relative;
    return moved < PLI_VOLATILITY_MULTIPLE_MIN ? PLI_VOLATILITY_MULTIPLE_MIN : moved;
}

static void
apply_vol_move(const pli_exposure *exposure, plm_vol_move vol_move, pli_move *move) {
    switch (vol_move) {
    case PLM_VOL_MOVE_NONE:
        return;
    case PLM_VOL_MOVE_UP:
        move->volatility = multiple(exposure->vol_up);
        return;
    case PLM_VOL_MOVE_DOWN:
        move->volatility = multiple(-exposure->vol_down);
        return;
    case PLM_VOL_MOVE_FRONT_UP:
        move->volatility = multiple(exposure->twist);
        return;
    case PLM_VOL_MOVE_FRONT_DOWN:
        move->volatility = multiple(-exposure->twist);
        return;
    case PLM_VOL_MOVE_SKEW_UP:
        move->volatility = multiple(exposure->skew);
        return;
    case PLM_VOL_MOVE_SKEW_DOWN:
        move->volatility = multiple(-exposure->skew);
        return;
    case PLM_VOL_MOVE_ROLL_UP:
        move->away = exposure->roll;
        return;
    case PLM_VOL_MOVE_ROLL_DOWN:
        move->away = -exposure->roll;
        return;
    }
}

// Outside the joint segments only the instrument's own underlying moves.
static double
own_settlement(const pli_exposure *exposure, double price) {
    return exposure->settlement_underlying == exposure->underlying_index ? price : 0.0;
}

static pli_move
grid_move(const pli_exposure *exposure, uint32_t entry) {
    const plm_shock_parameters *shocks = &exposure->set->shocks[exposure->underlying_index];
    const plm_grid_point *point = &exposure->set->grid[entry];
    pli_move move = {
        .price = pli_grid_price(shocks, point),
        .volatility = 1.0,
        .weight = point->extreme != 0 ? ratio(shocks->extreme_weight_ppm) : 1.0,
        .is_sticky_moneyness = point->is_sticky_moneyness,
        .is_elapsed = point->is_elapsed,
    };
    move.settlement = own_settlement(exposure, move.price);
    apply_vol_move(exposure, point->vol_move, &move);
    return move;
}

// Planes 0 and 1 at once, 2 and 3 at the horizon; 0 and 2 with volatility against the return, 1 and 3 with it.
static pli_move
history_move(const pli_exposure *exposure, uint32_t position) {
    const plm_scenario_header *header = &exposure->set->header;
    uint32_t plane = position / header->history_count;
    uint32_t day = position % header->history_count;
    const double *returns = exposure->set->history_returns + (size_t)day * header->underlying_count;
    double price = returns[exposure->underlying_index];
    double leverage = exposure->residual - exposure->beta * price;
    double relative = plane % 2 == 0 ? leverage : -leverage;
    return (pli_move){
        .price = price,
        .volatility = multiple(relative * exposure->vol_scale),
        .settlement = exposure->settlement_underlying != PLM_NONE
                          ? returns[exposure->settlement_underlying]
                          : 0.0,
        .weight = 1.0,
        .is_elapsed = plane >= 2,
    };
}

static pli_move
stress_move(const pli_exposure *exposure, uint32_t position) {
    const plm_stress_move *moves =
        exposure->set->stress_moves + (size_t)position * exposure->set->header.underlying_count;
    const plm_stress_move *own = &moves[exposure->underlying_index];
    return (pli_move){
        .price = own->price,
        .away = exposure->has_basis ? own->basis : 0.0,
        .volatility = multiple(own->volatility * exposure->vol_scale),
        .settlement = exposure->settlement_underlying != PLM_NONE
                          ? moves[exposure->settlement_underlying].price
                          : 0.0,
        .weight = 1.0,
    };
}

static pli_move
probe_move(const pli_exposure *exposure, uint32_t probe) {
    const plm_scenario_header *header = &exposure->set->header;
    const plm_shock_parameters *shocks = &exposure->set->shocks[exposure->underlying_index];
    double near = ratio(shocks->probe_ppm);
    double far = near * ratio(header->probe_multiple_ppm);
    const double prices[PLM_PROBE_DELTA] = {near, -near, far, -far, 0.0, 0.0};
    PLI_ASSERT(probe < PLM_PROBE_DELTA);
    pli_move move = {.price = prices[probe], .volatility = 1.0, .weight = 1.0};
    move.settlement = own_settlement(exposure, move.price);
    if (probe == PLM_PROBE_VOL_UP) {
        apply_vol_move(exposure, PLM_VOL_MOVE_UP, &move);
    }
    if (probe == PLM_PROBE_VOL_DOWN) {
        apply_vol_move(exposure, PLM_VOL_MOVE_DOWN, &move);
    }
    return move;
}

pli_move
pli_move_at(const pli_exposure *exposure, uint32_t entry) {
    const plm_scenario_header *header = &exposure->set->header;
    uint32_t stress_begin = plm_scenario_stress_begin(header);
    uint32_t probe_begin = plm_scenario_probe_begin(header);
    if (entry < header->grid_count) {
        return grid_move(exposure, entry);
    }
    if (entry < stress_begin) {
        return history_move(exposure, entry - header->grid_count);
    }
    if (entry < probe_begin) {
        return stress_move(exposure, entry - stress_begin);
    }
    return probe_move(exposure, entry - probe_begin);
}
