/* scenario.h: what might happen next, and what one lot of each instrument gains or loses by it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_SCENARIO_H
#define PLIMSOLL_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/kernel.h"
#include "plimsoll/limits.h"
#include "plimsoll/market.h"
#include "plimsoll/parameter.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

#define PLM_ROW_LAYOUT_VERSION 1u

/*
 * The row layout, version 1
 *
 * A row holds the profit (micros of the valuation currency, gain above zero) of one long lot of one instrument, or of
 * one whole unit of one asset, under every scenario:
 *
 *   [ grid of its own underlying | joint history | joint stress | probes | zeros up to a multiple of 16 ]
 *
 * - grid      entry 0 is the zero move. Entries are sorted so that the active ones of an underlying are a prefix
 *             (`grid_active`): a higher volatility only lengthens it [M6]. Weights of extreme moves are already applied.
 *             Only positions of the same underlying may be summed here.
 * - history   `plane_count` planes of `history_count` entries each: the same dates under another assumption (no time
 *             elapsed or the horizon elapsed; volatility following the return with beta of either sign). Planes 0 and 1
 *             are at once, 2 and 3 at the horizon; in 0 and 2 volatility rises as the price falls, in 1 and 3 the
 *             reverse. Without any joint history `plane_count` is 0. A tail measure is taken inside one plane; the
 *             worst plane counts. Underlyings without history hold zeros here and are
 *             never offset: `has_history` says which, and reductions add their grid loss instead.
 * - stress    named governed moves of all underlyings together.
 * - probes    PLM_PROBE_COUNT unweighted moves for the gamma and vega charges and the cash delta. They take part in no
 *             maximum.
 * Reductions never read the padding.
 */
typedef enum plm_probe {
    PLM_PROBE_UP = 0,       /* price up by the probe move x */
    PLM_PROBE_DOWN = 1,     /* price down by x */
    PLM_PROBE_UP_FAR = 2,   /* price up by e x, e = probe multiple */
    PLM_PROBE_DOWN_FAR = 3, /* price down by e x */
    PLM_PROBE_VOL_UP = 4,   /* volatility up, price unchanged */
    PLM_PROBE_VOL_DOWN = 5, /* volatility down, price unchanged */
    PLM_PROBE_DELTA = 6,    /* not a move: cash delta dV/dS * S of one lot (any: * reference) */
    PLM_PROBE_COUNT = 7
} plm_probe;

typedef struct plm_scenario_header {
    char name[PLM_NAME_SIZE];
    uint32_t version;
    uint8_t hash[32]; /* BLAKE2b-256 of everything that decides the moves */
    plm_duration horizon;
    uint32_t underlying_count;
    uint32_t grid_count;
    uint32_t plane_count;
    uint32_t history_count; /* entries of one plane */
    uint32_t stress_count;
    uint32_t entry_count;        /* grid + planes * history + stress + probes */
    uint32_t row_stride;         /* entry_count rounded up to a multiple of PLM_ROW_ALIGN */
    int64_t probe_multiple_ppm;  /* e of the far probes, > 1e6 */
    const uint32_t *grid_active; /* per underlying: how many leading grid entries count, >= 1 */
    const uint8_t *has_history;  /* per underlying: 1 where the joint segments are filled */
    const char (*stress_names)[PLM_NAME_SIZE];
} plm_scenario_header;

/* plm_scenario_history_begin, ... - first entry of a segment. */
static inline uint32_t
plm_scenario_history_begin(const plm_scenario_header *header, uint32_t plane) {
    return header->grid_count + plane * header->history_count;
}
static inline uint32_t
plm_scenario_stress_begin(const plm_scenario_header *header) {
    return header->grid_count + header->plane_count * header->history_count;
}
static inline uint32_t
plm_scenario_probe_begin(const plm_scenario_header *header) {
    return plm_scenario_stress_begin(header) + header->stress_count;
}

/*
 * plm_risk_table - the risk arrays of a listing under one scenario set.
 *
 * Row i < instrument_count belongs to instrument i; row instrument_count + j to one whole unit of asset j. Rows that
 * are not built hold zeros and `is_built` 0; a model refuses a position on such a row.
 * Units      micros per long lot (per whole unit of an asset), rounded half to even: error <= 0.5 micro per lot.
 */
typedef struct plm_risk_table {
    const plm_scenario_header *header;
    uint32_t instrument_count;
    uint32_t asset_count;
    const int64_t *entries; /* (instrument_count + asset_count) * header->row_stride */
    const uint8_t *is_built;
} plm_risk_table;

static inline const int64_t *
plm_risk_row(const plm_risk_table *table, uint32_t row) {
    return table->entries + (size_t)row * table->header->row_stride;
}

/* How the volatility surface moves at one grid point, on top of the price move. */
typedef enum plm_vol_move {
    PLM_VOL_MOVE_NONE = 0,
    PLM_VOL_MOVE_UP = 1,
    PLM_VOL_MOVE_DOWN = 2,
    PLM_VOL_MOVE_FRONT_UP = 3,   /* twist: short tenors up, long tenors down */
    PLM_VOL_MOVE_FRONT_DOWN = 4, /* the reverse */
    PLM_VOL_MOVE_SKEW_UP = 5,    /* tilt: low strikes up, high strikes down */
    PLM_VOL_MOVE_SKEW_DOWN = 6,
    PLM_VOL_MOVE_ROLL_UP = 7, /* forwards away from the index, more so at longer tenors */
    PLM_VOL_MOVE_ROLL_DOWN = 8
} plm_vol_move;

typedef struct plm_grid_point {
    int32_t level;   /* price move = level * step of the class */
    int32_t extreme; /* -1, 0, +1: when not 0 the price move is the class's extreme move instead */
    plm_vol_move vol_move;
    bool is_sticky_moneyness; /* the smile moves with the forward; else it stays at its strikes */
    bool is_elapsed;          /* evaluated at min(horizon, time to expiry) later; else at once */
} plm_grid_point;

/*
 * The governed shock sizes of one class of underlyings. Ratios of the index, or of the underlying's reference price
 * where its domain is `any`.
 */
#define PLM_SHOCK_PARAMETERS(X, T)                                                                 \
    X(T, step_ppm, PLM_UNIT_PPM, 20000, 100, 500000, 10000, 24, "risk", "",                        \
      "distance of neighbouring price levels")                                                     \
    X(T, level_min, PLM_UNIT_COUNT, 3, 1, 32, 4, 24, "risk", "",                                   \
      "active price levels each side, at least")                                                   \
    X(T, level_max, PLM_UNIT_COUNT, 16, 1, 32, 4, 24, "risk", "",                                  \
      "active price levels each side, at most")                                                    \
    X(T, sigma_multiple_ppm, PLM_UNIT_PPM, 3500000, 500000, 10000000, 500000, 24, "risk", "",      \
      "price range in standard deviations of the horizon")                                         \
    X(T, extreme_ppm, PLM_UNIT_PPM, 500000, 10000, 950000, 100000, 24, "risk", "",                 \
      "extreme price move, each side")                                                             \
    X(T, extreme_weight_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 100000, 24, "risk", "",             \
      "share of an extreme move's loss that counts")                                               \
    X(T, vol_up_ppm, PLM_UNIT_PPM, 450000, 0, 3000000, 100000, 24, "risk", "",                     \
      "relative rise of a 30-day volatility")                                                      \
    X(T, vol_down_ppm, PLM_UNIT_PPM, 250000, 0, 900000, 100000, 24, "risk", "",                    \
      "relative fall of a 30-day volatility")                                                      \
    X(T, vol_short_power_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 100000, 24, "risk", "",            \
      "p of (30 d / T)^p for tenors up to 30 days")                                                \
    X(T, vol_long_power_ppm, PLM_UNIT_PPM, 130000, 0, 1000000, 100000, 24, "risk", "",             \
      "p for tenors beyond 30 days")                                                               \
    X(T, tenor_floor_ns, PLM_UNIT_NS, PLM_DAY_NS, 3600000000000, 2592000000000000, PLM_DAY_NS, 24, \
      "risk", "", "shortest tenor in (30 d / T)^p")                                                \
    X(T, twist_ppm, PLM_UNIT_PPM, 100000, 0, 900000, 50000, 24, "risk", "",                        \
      "relative twist of the term structure at 7 d and 180 d")                                     \
    X(T, skew_ppm, PLM_UNIT_PPM, 100000, 0, 900000, 50000, 24, "risk", "",                         \
      "relative tilt at one standard deviation of strike")                                         \
    X(T, roll_ppm, PLM_UNIT_PPM, 30000, 0, 500000, 20000, 24, "risk", "",                          \
      "annualised move of a forward against the index")                                            \
    X(T, roll_floor_ppm, PLM_UNIT_PPM, 2000, 0, 100000, 5000, 24, "risk", "",                      \
      "smallest such move")                                                                        \
    X(T, probe_ppm, PLM_UNIT_PPM, 100000, 1000, 450000, 50000, 24, "risk", "",                     \
      "probe move x of the gamma charge")                                                          \
    X(T, probe_multiple_ppm, PLM_UNIT_PPM, 2000000, 1100000, 5000000, 500000, 24, "risk", "",      \
      "e of the far probe; e x must stay below 1; the same for all classes")                       \
    X(T, volatility_floor_ppm, PLM_UNIT_PPM, 200000, 0, 5000000, 100000, 24, "risk", "",           \
      "annual volatility of the underlying is never taken below this")                             \
    X(T, history_beta_ppm, PLM_UNIT_PPM, 1500000, 0, 10000000, 500000, 24, "risk", "",             \
      "relative volatility move per relative price move in history and stress")                    \
    X(T, history_residual_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",             \
      "relative volatility move on top of beta * return")                                          \
    X(T, stress_crash_ppm, PLM_UNIT_PPM, 300000, 0, 950000, 100000, 24, "risk", "",                \
      "price move of the stress set, down")                                                        \
    X(T, stress_rally_ppm, PLM_UNIT_PPM, 300000, 0, 5000000, 100000, 24, "risk", "",               \
      "price move of the stress set, up")                                                          \
    X(T, stress_vol_ppm, PLM_UNIT_PPM, 1000000, 0, 5000000, 200000, 24, "risk", "",                \
      "relative volatility rise under stress")                                                     \
    X(T, stress_basis_ppm, PLM_UNIT_PPM, 50000, 0, 500000, 20000, 24, "risk", "",                  \
      "derivatives against the index when liquidity is gone")

typedef struct plm_shock_parameters {
    PLM_SHOCK_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_shock_parameters)
} plm_shock_parameters;

extern const plm_descriptor plm_shock_descriptor;

typedef enum plm_history_scaling {
    PLM_HISTORY_SCALING_PLAIN = 1, /* r * sigma_today / sigma_then */
    PLM_HISTORY_SCALING_MID = 2    /* r * (sigma_today + sigma_then) / (2 sigma_then) */
} plm_history_scaling;

/* The governed choices that hold for a whole scenario set. */
#define PLM_SET_PARAMETERS(X, T)                                                                   \
    X(T, horizon_ns, PLM_UNIT_NS, PLM_DAY_NS, 3600000000000, 10 * PLM_DAY_NS, 2 * PLM_DAY_NS, 24,  \
      "risk", "", "time until positions can be closed")                                            \
    X(T, history_count, PLM_UNIT_COUNT, 500, 0, 1000, 100, 24, "risk", "",                         \
      "joint past days used, the latest ones")                                                     \
    X(T, history_minimum, PLM_UNIT_COUNT, 250, 2, 1000, 100, 24, "risk", "",                       \
      "fewer joint days than this: the underlying gets no offset")                                 \
    X(T, history_scaling, PLM_UNIT_CHOICE, 2, 1, 2, 1, 24, "risk", "plain|mid",                    \
      "rescaling of past returns")                                                                 \
    X(T, history_lambda_ppm, PLM_UNIT_PPM, 970000, 800000, 999999, 10000, 24, "risk", "",          \
      "decay of the EWMA variance")                                                                \
    X(T, sticky_moneyness, PLM_UNIT_COUNT, 1, 0, 1, 1, 24, "risk", "",                             \
      "1: add the smile moving with the forward at every level")

typedef struct plm_set_parameters {
    PLM_SET_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_set_parameters)
} plm_set_parameters;

extern const plm_descriptor plm_set_descriptor;

/*
 * plm_history - past daily prices of one underlying, oldest first.
 *
 * Days are whole UTC days; a day without a price is absent, never filled in.
 */
typedef struct plm_history {
    uint32_t underlying_index;
    uint32_t day_count;
    const int64_t *days;  /* days since 1970-01-01, strictly rising */
    const double *closes; /* price per price unit, > 0 where the domain is positive */
} plm_history;

/* plm_stress_move - what one named stress does to one underlying. */
typedef struct plm_stress_move {
    double price;      /* relative move of the index */
    double volatility; /* relative move of a 30-day volatility, scaled by tenor as in the grid */
    double basis;      /* move of perpetuals, futures and option forwards against the index */
} plm_stress_move;

/*
 * plm_scenario_set - the header and the moves themselves. Read-only once made; all memory is the caller's.
 */
typedef struct plm_scenario_set {
    plm_scenario_header header;
    const plm_grid_point *grid; /* header.grid_count */
    /* history_count * underlying_count, [day][underlying], scaled to horizon */
    const double *history_returns;
    const int64_t *history_days;         /* history_count: the day on which the return ended */
    const plm_stress_move *stress_moves; /* stress_count * underlying_count, [stress][underlying] */
    const plm_shock_parameters *shocks;  /* per underlying: the record of its class */
    const plm_kernels *kernels;          /* what computes rows; NULL: plm_kernels_reference */
} plm_scenario_set;

typedef struct plm_scenario_request {
    const char *name;
    uint32_t version;
    const plm_listing *listing;
    const plm_market *market; /* its volatilities decide how many grid levels are active */
    const plm_set_parameters *parameters;
    uint32_t class_count;
    const plm_shock_parameters *classes; /* by class_id */
    uint32_t history_count;
    const plm_history *histories; /* at most one per underlying */
    const plm_kernels *kernels;   /* for the set; NULL: plm_kernels_reference */
} plm_scenario_request;

/*
 * plm_scenario_size - bytes that plm_scenario_make needs for this request.
 *
 * Returns    An upper bound, multiple of 64; exact for given counts of listing, histories and parameters.
 */
size_t plm_scenario_size(const plm_scenario_request *request);

/*
 * plm_scenario_make - lay out a scenario set: grid points, joint filtered history, joint stress, probes.
 *
 * Source     Filtered historical simulation: Barone-Adesi, Giannopoulos, Vosper (1999); Hull and White (1998);
 *            mid-volatility scaling: Gurrola-Perez and Murphy (2015).
 * Lifetime   `memory` (of plm_scenario_size bytes, 64-byte aligned) holds the set; the request's tables are not kept,
 *            except `classes`, whose records are copied.
 * Purity     No allocation, no I/O, no clock.
 *
 * Guarantees [SCN-1] entry 0 is the zero move.
 *            [SCN-2] the active grid entries of a higher volatility contain those of a lower one [M6].
 *            [SCN-3] an underlying without enough joint history has has_history 0; nothing is filled with zeros and
 *                    then treated as an offset.
 *            [SCN-4] equal requests give equal bytes and equal hashes on every machine.
 *
 * Returns
 *   PLM_OK                 *set is complete.
 *   PLM_PARAMETER_INVALID  a record breaks its bounds, or an underlying has two histories; *fault names it.
 *   PLM_INDEX_UNKNOWN      an underlying's class has no record, or a history names no underlying.
 *   PLM_LIMIT              a row would exceed PLM_SCENARIO_ENTRIES_MAX.
 *   PLM_WORKSPACE_SMALL    `size` is less than plm_scenario_size.
 *   PLM_NOT_FINITE         a history holds a price that is no finite number or outside the domain, of which 1e8 is the
 *                          upper end and 1e-12, where it is positive, the lower.
 *   PLM_DOMAIN             the days of a history do not rise.
 */
PLM_MUST_USE plm_status plm_scenario_make(const plm_scenario_request *request, void *memory,
                                          size_t size, plm_scenario_set *set, plm_fault *fault);

/* plm_risk_table_size - bytes for the arrays of `listing` under `set`, 64-byte alignment included. */
size_t plm_risk_table_size(const plm_scenario_set *set, const plm_listing *listing);

/*
 * plm_risk_table_init - an empty table in `memory`: every row zero and not built.
 *
 * The row of the valuation currency is complete from the start: it is all zeros.
 * Lifetime   table->header points into *set, which must stay where it is; `memory` holds the rows.
 *
 * Returns    PLM_OK, or PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status plm_risk_table_init(const plm_scenario_set *set, const plm_listing *listing,
                                            void *memory, size_t size, plm_risk_table *table);

/*
 * plm_risk_table_build - (re)build the rows of one underlying: its instruments, and the assets priced by it.
 *
 * Each entry is full revaluation: price and forward moved, volatility read from the moved surface, option repriced,
 * times the shocked price of the settlement asset in the joint segments; rounded half to even to micros, once.
 * `only` may be NULL; else only instruments with only[i] != 0 are built.
 *
 * Cost       O(options * entries) pricings.
 *
 * Returns
 *   PLM_OK               the rows are complete.
 *   PLM_SURFACE_MISSING  an option's expiry has no surface; *fault names the instrument. PLM_MARK_MISSING likewise.
 *   PLM_ARRAY_RANGE      an entry does not fit.
 *   PLM_DOMAIN           a moved price left the domain where that is not defined (an inverse future at or below zero).
 *   PLM_EXPIRED          an expiry is not after the market's time.
 * On any other status than PLM_OK rows built before the failing one are complete; that one is zero and not built.
 */
PLM_MUST_USE plm_status plm_risk_table_build(const plm_scenario_set *set,
                                             const plm_listing *listing, const plm_market *market,
                                             uint32_t underlying_index, const uint8_t *only,
                                             plm_risk_table *table, plm_fault *fault);

/*
 * plm_instrument_mark - the mark of an instrument in its own quotation: the venue's, or an option's from its surface.
 *
 * Rounding   A surface mark is rounded half to even to 1e-8.
 *
 * Returns    PLM_OK; PLM_MARK_MISSING, PLM_SURFACE_MISSING with the instrument named in *fault.
 */
PLM_MUST_USE plm_status plm_instrument_mark(const plm_listing *listing, const plm_market *market,
                                            uint32_t instrument_index, plm_price *mark,
                                            plm_fault *fault);

#endif
