/* move.h: what one entry of a row does to one instrument.                             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_MOVE_H
#define PLI_SCENARIO_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/scenario.h"

/* A volatility never falls below this share of itself in one move: short tenors and wide skews would cross zero. */
#define PLI_VOLATILITY_MULTIPLE_MIN 0.1

/* No forward rolls further than this from the index, however long its tenor. */
#define PLI_ROLL_MAX 0.5

/* Strikes beyond this many standard deviations tilt no further. */
#define PLI_TILT_MAX 3.0

/* pli_exposure - what stays the same over all entries of a row. */
typedef struct pli_exposure {
    const plm_scenario_set *set;
    uint32_t underlying_index;
    uint32_t settlement_underlying; /* of the asset in which the profit is paid, or PLM_NONE */
    double vol_up;                  /* relative volatility moves at this tenor, sizes above zero */
    double vol_down;
    double vol_scale; /* (30 d / T)^p: a 30-day move in this tenor */
    double twist;     /* relative move of FRONT_UP at this tenor, signed */
    double skew;      /* relative move of SKEW_UP at this strike, signed */
    double roll;      /* relative move of ROLL_UP at this tenor, 0 for what has no basis */
    double beta;      /* of history: relative volatility move against the return */
    double residual;
    bool has_basis; /* a derivative, so the basis of a stress moves it */
} pli_exposure;

/* pli_move - one entry. */
typedef struct pli_move {
    double price;      /* relative move of the index (domain any: of the reference) */
    double away;       /* relative move of the derivative against the moved index */
    double volatility; /* multiple of the volatility, >= PLI_VOLATILITY_MULTIPLE_MIN */
    double settlement; /* relative move of the settlement asset's underlying: in the joint segments,
                          and wherever that is the instrument's own underlying */
    double weight;     /* share of the profit that counts */
    bool is_sticky_moneyness;
    bool is_elapsed;
} pli_move;

/*
 * pli_exposure_init - the tenor's part of every move.
 *
 * `tenor_ns` > 0 for what expires; 0 for perpetuals (roll floor only) and for spot and assets (`has_basis` false).
 * The skew is left 0: it belongs to the strike (pli_exposure_set_tilt).
 *
 * Formulas   docs/method/scenario-grid.md. Volatility: size * (30 d / max(T, tenor_floor))^p with the short power for
 *            T <= 30 d, else the long one. Twist: linear in ln T from +1 at 7 d to -1 at 180 d, flat outside. Roll:
 *            max(roll_floor, roll * T in years), at most PLI_ROLL_MAX.
 */
pli_exposure pli_exposure_init(const plm_scenario_set *set, uint32_t underlying_index,
                               bool has_basis, int64_t tenor_ns);

/* pli_exposure_set_tilt - the strike stands `deviations` = ln(K / F) / (sigma sqrt T) from the forward. */
void pli_exposure_set_tilt(pli_exposure *exposure, double deviations);

/*
 * pli_move_at - the move of one entry; PLM_PROBE_DELTA, which is no move, is not asked for (asserted), nor is padding.
 */
pli_move pli_move_at(const pli_exposure *exposure, uint32_t entry);

#endif
