/* grid.c: enumerates the grid points and counts the active ones.                      SPDX-License-Identifier: Apache-2.0 */
#include "scenario/grid.h"
#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"

enum {
    SHAPE_COUNT = 6,    /* twists, skews and rolls, at elapsed 0 */
    PARALLEL_COUNT = 6, /* volatility unmoved, up and down at both times */
    STICKY_COUNT = 2,   /* smile moving with the forward, at both times */
    EXTREME_COUNT = 8   /* two sides, volatility unmoved and up, at both times */
};

uint32_t
pli_grid_prefix(uint32_t level, bool has_sticky_moneyness) {
    uint32_t side = SHAPE_COUNT + PARALLEL_COUNT;
    if (has_sticky_moneyness) {
        side += STICKY_COUNT;
    }
    return SHAPE_COUNT + PARALLEL_COUNT + EXTREME_COUNT + 2 * level * side;
}

static plm_grid_point *
put_both_times(plm_grid_point *next, plm_grid_point point) {
    next[0] = point;
    next[1] = point;
    next[1].is_elapsed = true;
    return next + 2;
}

static plm_grid_point *
put_level(plm_grid_point *next, int32_t level, bool has_sticky_moneyness) {
    for (int move = PLM_VOL_MOVE_NONE; move <= PLM_VOL_MOVE_DOWN; move += 1) {
        next =
            put_both_times(next, (plm_grid_point){.level = level, .vol_move = (plm_vol_move)move});
    }
    if (has_sticky_moneyness) {
        next = put_both_times(next, (plm_grid_point){.level = level, .is_sticky_moneyness = true});
    }
    for (int move = PLM_VOL_MOVE_FRONT_UP; move <= PLM_VOL_MOVE_ROLL_DOWN; move += 1) {
        *next = (plm_grid_point){.level = level, .vol_move = (plm_vol_move)move};
        next += 1;
    }
    return next;
}

void
pli_grid_fill(uint32_t level_max, bool has_sticky_moneyness, plm_grid_point *grid) {
    // Level 0 needs no sticky moneyness: where the forward stands still both dynamics are one.
    plm_grid_point *next = put_level(grid, 0, false);
    for (int32_t side = -1; side <= 1; side += 2) {
        next = put_both_times(next, (plm_grid_point){.extreme = side});
        next = put_both_times(next, (plm_grid_point){.extreme = side, .vol_move = PLM_VOL_MOVE_UP});
    }
    for (int32_t level = 1; level <= (int32_t)level_max; level += 1) {
        next = put_level(next, -level, has_sticky_moneyness);
        next = put_level(next, level, has_sticky_moneyness);
    }
}

uint32_t
pli_grid_level(const plm_shock_parameters *shocks, int64_t volatility_ppm, int64_t horizon_ns) {
    int64_t floored = volatility_ppm;
    if (floored < shocks->volatility_floor_ppm) {
        floored = shocks->volatility_floor_ppm;
    }
    double sigma = pli_double_from_i64(floored) / 1e6;
    double years = pli_double_from_i64(horizon_ns) / pli_double_from_i64(PLM_YEAR_NS);
    double range = pli_double_from_i64(shocks->sigma_multiple_ppm) / 1e6 * sigma * sqrt(years);
    double levels = range * 1e6 / pli_double_from_i64(shocks->step_ppm);
    double rounded_up = -pli_floor(-levels);
    if (rounded_up >= pli_double_from_i64(shocks->level_max)) {
        return (uint32_t)shocks->level_max;
    }
    if (rounded_up <= pli_double_from_i64(shocks->level_min)) {
        return (uint32_t)shocks->level_min;
    }
    return (uint32_t)rounded_up;
}

uint32_t
pli_grid_active(const plm_scenario_set *set, uint32_t underlying_index, int64_t volatility_ppm) {
    bool has_sticky = false;
    for (uint32_t i = 0; i < set->header.grid_count; i += 1) {
        has_sticky = has_sticky || set->grid[i].is_sticky_moneyness;
    }
    uint32_t level =
        pli_grid_level(&set->shocks[underlying_index], volatility_ppm, set->header.horizon.ns);
    return pli_grid_prefix(level, has_sticky);
}

double
pli_grid_price(const plm_shock_parameters *shocks, const plm_grid_point *point) {
    if (point->extreme != 0) {
        return pli_double_from_i64(point->extreme * shocks->extreme_ppm) / 1e6;
    }
    int64_t level = point->level;
    if (level > shocks->level_max) {
        level = shocks->level_max;
    }
    if (level < -shocks->level_max) {
        level = -shocks->level_max;
    }
    return pli_double_from_i64(level * shocks->step_ppm) / 1e6;
}
