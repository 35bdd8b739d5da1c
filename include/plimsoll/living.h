/* living.h: what requirements are made of follows the market, at a governed speed.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_LIVING_H
#define PLIMSOLL_LIVING_H

#include <stdint.h>

#include "plimsoll/parameter.h"
#include "plimsoll/procyclicality.h"

#define PLM_LIVING_CAP_NONE INT64_C(9000000000000000000) /* micros: open interest is not limited */

/*
 * The governed record of a class of underlyings: the tools over its shock sizes, how often they move, and how much may be
 * open. Its first fields are those of `plm_procyclicality_parameters`, so that a setting found by a back-test is taken over
 * as it stands.
 */
#define PLM_LIVING_PARAMETERS(X, T)                                                                \
    PLM_PROCYCLICALITY_TOOLS(X, T, 750000, 100000, 500000, 50000, 0)                               \
    X(T, interval_ns, PLM_UNIT_NS, PLM_DAY_NS, 60000000000, 10 * PLM_DAY_NS, PLM_DAY_NS, 24,       \
      "risk", "", "least time between two recalibrations")                                         \
    X(T, cap_depth_ppm, PLM_UNIT_PPM, 50000000, 0, 1000000000000, 50000000, 24, "risk", "",        \
      "open interest of an underlying, at most, over its external depth")                          \
    X(T, cap_supply_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 50000, 24, "risk", "",                  \
      "open interest of an underlying, at most, as a share of its supply")                         \
    X(T, cap_unknown_micros, PLM_UNIT_MICROS, PLM_LIVING_CAP_NONE, 0, PLM_LIVING_CAP_NONE,         \
      PLM_LIVING_CAP_NONE, 24, "risk", "",                                                         \
      "open interest, at most, where neither depth nor supply is known; 9e12 is no limit")

typedef struct plm_living_parameters {
    PLM_LIVING_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_living_parameters)
} plm_living_parameters;

extern const plm_descriptor plm_living_descriptor;

/* plm_living_term - what moves. Units: ppm for volatility, micros for the others. */
typedef enum plm_living_term {
    PLM_LIVING_VOLATILITY =
        0,                 /* grid range, fractions of `dynamic`, haircuts: harmful when it rises */
    PLM_LIVING_DEPTH = 1,  /* liquidity charge, caps: harmful when it falls */
    PLM_LIVING_VOLUME = 2, /* liquidity charge: harmful when it falls */
    PLM_LIVING_OPEN_INTEREST = 3, /* initial fraction of `dynamic`: harmful when it rises */
    PLM_LIVING_COUNT = 4
} plm_living_term;

/* plm_living_term_name - such as "open_interest"; "unknown" outside the enum. */
const char *plm_living_term_name(plm_living_term term);

/* plm_living_path - what the steps so far have left behind of depth, volume or open interest. */
typedef struct plm_living_path {
    int64_t
        announced[PLM_PROCYCLICALITY_NOTICE + 1]; /* the latest last, as far as there were steps */
    uint32_t step_count;                          /* no more than the notice can look back on */
    plm_shock_reason reason;                      /* of the last step */
} plm_living_path;

/* plm_living - the memory of one underlying. Zeroed memory is a start without a past. */
typedef struct plm_living {
    plm_procyclicality volatility;
    plm_living_path paths[PLM_LIVING_COUNT - 1]; /* depth, volume, open interest */
} plm_living;

/* plm_living_size - one term after a step. */
typedef struct plm_living_size {
    int64_t in_force;
    int64_t announced; /* less favourable than `in_force` by what waits for the notice */
    plm_shock_reason reason;
} plm_living_size;

/*
 * plm_living_step - one recalibration of one underlying: what the market says becomes what requirements are made of.
 *
 * Volatility takes every tool of plm_procyclicality_step. The other three take band, speed limits and notice alone:
 * open interest in the same direction, depth and volume in the mirrored one, because it is their fall that is harmful:
 *
 *   held      = min(wanted, max(wanted / (1 + band), before))
 *   slowed    = min(held, before / (1 - fall_max)), where that is a rise; at least one unit more than before
 *   announced = max(slowed, before / (1 + rise_max)); at least 1
 *   in force  = the largest of those announced now and in the last `notice_steps`
 *
 * Depth, volume or open interest of 0 is none known: to and from there a size goes at once, and its past is forgotten.
 *
 * Units      `wanted[term]`: volatility 0..PLM_PROCYCLICALITY_SIZE_MAX, the others >= 0.
 * Rounding   Against the user at each line: volatility and open interest up, depth and volume down.
 * Purity     Integers only; no allocation, no clock.
 *
 * Guarantees [LIVING-1] under one record, paths that are never more favourable give sizes that are never more favourable
 *                       [M6], as long as none of them is 0.
 *            [LIVING-2] a size becomes less favourable no sooner than `notice_steps` steps after that was announced.
 *
 * Returns    PLM_OK with sizes[0 .. PLM_LIVING_COUNT); PLM_DOMAIN for a wanted size out of range; PLM_PARAMETER_INVALID.
 *            On any other status than PLM_OK nothing has changed.
 */
PLM_MUST_USE plm_status plm_living_step(plm_living *state, const plm_living_parameters *parameters,
                                        const int64_t wanted[PLM_LIVING_COUNT],
                                        plm_living_size sizes[PLM_LIVING_COUNT]);

/*
 * plm_living_cap - how much of an underlying may be open, in micros of the valuation currency.
 *
 * The least of depth * cap_depth and supply * cap_supply, of those that are known (above 0); cap_unknown where none is.
 *
 * Units      both in micros of the valuation currency, >= 0.
 * Rounding   Down.
 */
int64_t plm_living_cap(const plm_living_parameters *parameters, int64_t depth_micros,
                       int64_t supply_micros);

#endif
