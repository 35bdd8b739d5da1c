/* derive_scenario.h: options of one expiry under the scenarios of Derive's portfolio margin.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_SCENARIO_H
#define PLI_VENUE_DERIVE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/instrument.h"

/*
 * Units      Plain doubles: amounts in units of the underlying, prices and values in the cash currency, years of 365
 *            days. Confidences are integers of 1e-18: the venue compares them with a threshold, and a double cannot
 *            tell 0.399999999999999999 from 0.4.
 */
#define PLI_DERIVE_ONE_E18 INT64_C(1000000000000000000)
#define PLI_DERIVE_YEAR_SECONDS 31536000.0
#define PLI_DERIVE_DAY_SECONDS 86400.0
#define PLI_DERIVE_TOTAL_VOLATILITY_MAX 24.0 /* Black-76 sees no more than this sigma sqrt(T) */

typedef struct pli_derive_option {
    double strike;
    double amount; /* signed: long above zero */
    double volatility;
    plm_right right;
} pli_derive_option;

typedef struct pli_derive_expiry {
    double seconds;          /* to expiry; 0 leaves intrinsic value */
    double forward_variable; /* the part of the forward that moves with spot ... */
    double forward_fixed;    /* ... and the part that the settlement average has fixed */
    double rate;             /* below zero counts as 0 */
    int64_t confidence_e18;  /* least of forward, rate and volatility */
    uint32_t option_count;
    const pli_derive_option *options;
} pli_derive_expiry;

typedef enum pli_derive_shock {
    PLI_DERIVE_SHOCK_NONE = 1,
    PLI_DERIVE_SHOCK_UP = 2,
    PLI_DERIVE_SHOCK_DOWN = 3,
    PLI_DERIVE_SHOCK_LINEAR = 4,  /* skew: by ln(K / F) */
    PLI_DERIVE_SHOCK_ABSOLUTE = 5 /* skew: by |ln(K / F)| */
} pli_derive_shock;

typedef struct pli_derive_scenario {
    double spot; /* factor on spot; the skew shocks leave spot where it is */
    double dampening;
    pli_derive_shock shock;
} pli_derive_scenario;

/* pli_derive_skew - mult = 1 + clamp(k * cap / k*), cap = base * sqrt(T) + scale, k* = max(minimum, sqrt(T) * width * (...)). */
typedef struct pli_derive_skew {
    double linear_cap, linear_base;
    double absolute_cap, absolute_base;
    double k_star_minimum, width_scale;
    double volatility_static, volatility_scale;
} pli_derive_skew;

typedef struct pli_derive_volatility {
    double up, down; /* range at 30 days */
    double short_power, long_power;
    double floor_seconds; /* least time that the range is scaled by */
} pli_derive_volatility;

/* pli_derive_terms - what is known of an expiry before any scenario; made by pli_pmrm1_margin and pli_pmrm2_margin. */
typedef struct pli_derive_terms {
    const pli_derive_expiry *expiry;
    const pli_derive_skew *skew; /* NULL where there are no skew shocks */
    double years;
    double discount;
    double up, down;     /* factors on volatility */
    double up_minimum;   /* least volatility after an upward shock */
    double long_scale;   /* static discount of a value above zero ... */
    double short_scale;  /* ... and of one below */
    double basis_weight; /* factor on the worse of the two basis moves */
    double value;        /* mark to market */
    double amount_sum;   /* sum of |amount| */
    double naked_amount; /* shorts that nothing on their strike covers */
} pli_derive_terms;

/*
 * pli_derive_option_price - undiscounted Black-76 of one unit, total volatility clamped at 24.
 *
 * A forward or strike that is not above zero, or no volatility left, gives intrinsic value.
 */
double pli_derive_option_price(const pli_derive_option *option, double forward, double volatility,
                               double years);

/* pli_derive_volatility_factors - how far volatility moves up and down at this time to expiry; down is at least 0. */
void pli_derive_volatility_factors(const pli_derive_volatility *range, double seconds, double *up,
                                   double *down);

/*
 * pli_derive_naked - shorts of one expiry that no long, call or put, covers on the same strike; >= 0.
 *
 * `parts`, option_count long or NULL, receives the share of each option: pro rata among the shorts of a strike.
 */
double pli_derive_naked(const pli_derive_expiry *expiry, double *parts);

/*
 * pli_derive_value - discounted value of the expiry's options after a move of spot and a volatility shock.
 * pli_derive_pnl   - static discount applied, less the mark, dampened; a skew shock always loses: -|pnl|.
 * pli_derive_basis - the worse of two moves of spot without a volatility shock, weighted; <= 0.
 *
 * `parts`, option_count long or NULL, receives what each option adds to the result.
 */
double pli_derive_value(const pli_derive_terms *terms, double spot, pli_derive_shock shock,
                        double *parts);
double pli_derive_pnl(const pli_derive_terms *terms, const pli_derive_scenario *scenario,
                      double *parts);
double pli_derive_basis(const pli_derive_terms *terms, double spot_up, double spot_down,
                        double *parts);

/* pli_derive_doubt - 1 - confidence where that is below the threshold, else 0. */
double pli_derive_doubt(int64_t confidence_e18, int64_t threshold_e18);

#endif
