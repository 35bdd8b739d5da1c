/* default.h: how likely an account is called, liquidated or in default, and how deep.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_DEFAULT_H
#define PLI_STUDY_DEFAULT_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/status.h"

/*
 * pli_first_passage - the probability that a geometric Brownian motion touches `barrier` before `years` are over.
 *
 * P = N((d - v t) / (s sqrt t)) + e^(2 v d / s^2) N((d + v t) / (s sqrt t)) with d = ln(barrier / price) < 0 and
 * v = drift - s^2 / 2 (the reflection principle). Above the price the barrier has been touched: 1.
 * pli_merton_default - the probability N(-d2) that assets end below `debt`, and the equity as a call on them (R. Merton,
 * Journal of Finance 29, 1974).
 *
 * Returns    PLM_OK; PLM_DOMAIN where price, barrier, assets, debt, volatility or years are not above 0.
 */
PLM_MUST_USE plm_status pli_first_passage(double price, double barrier, double drift,
                                          double volatility, double years, double *probability);

typedef struct pli_merton {
    double d1, d2;
    double default_probability;
    double equity;
} pli_merton;

PLM_MUST_USE plm_status pli_merton_default(double assets, double debt, double rate,
                                           double volatility, double years, pli_merton *out);

enum { PLI_PROFIT_POINTS = 61 };

/*
 * pli_profit_curve - what a portfolio gains when one underlying alone has moved; linear between the points.
 *
 * Profits add up over underlyings because every instrument depends on one. Units: logarithmic moves; micros.
 */
typedef struct pli_profit_curve {
    double moves[PLI_PROFIT_POINTS]; /* rising, 0 among them */
    double profits[PLI_PROFIT_POINTS];
} pli_profit_curve;

/*
 * pli_profit_curve_make - full revaluation from ln 0.1 to ln 4 after `elapsed_ns`, smiles where they are.
 *
 * Work       pli_profit_curve_size bytes.
 * Returns    PLM_OK; PLM_DOMAIN for an underlying of domain any; PLM_WORKSPACE_SMALL; the statuses of pli_frame_open.
 */
size_t pli_profit_curve_size(const plm_listing *listing, const plm_market *market);

/* pli_curve_question - whose curve, of what. */
typedef struct pli_curve_question {
    const plm_listing *listing;
    const plm_market *market;
    const plm_portfolio *portfolio;
    uint32_t underlying_index;
    int64_t elapsed_ns;
} pli_curve_question;

PLM_MUST_USE plm_status pli_profit_curve_make(const pli_curve_question *question, void *work,
                                              size_t work_size, pli_profit_curve *curve,
                                              plm_fault *fault);

/*
 * pli_default_question - one account, and the world it lives through.
 *
 * A step draws one past day jointly over all underlyings: its standardised returns times today's volatility, which then
 * follows the EWMA rule from step to step. Between the ends of a step the lowest profit is drawn from the Brownian bridge
 * between them, with the variance that the curves' slopes and the joint second moments give: paths are not only looked at
 * once a day.
 */
typedef struct pli_default_question {
    uint32_t underlying_count;
    const pli_profit_curve *curves;
    const double *volatilities; /* a day, of today, one per underlying, > 0 */
    uint32_t day_count;
    const double *standardised; /* [day][underlying], each of mean 0 */
    double lambda;              /* decay of the EWMA variance a day, 0..1 */
    double drift;               /* of the logarithm, a day; 0 for accounts */
    double step_days;
    uint32_t step_count;
    double call_micros;        /* equity above the call level; below 0: it has been called */
    double liquidation_micros; /* equity above maintenance */
    double equity_micros;      /* equity above nothing */
    uint32_t path_count;
    uint64_t seed;
} pli_default_question;

/*
 * pli_default_answer - the deepest point of each path against the three levels.
 *
 * Probabilities that fewer than 100 paths decide come from a generalised Pareto tail through the deepest twentieth of the
 * paths, so that they do not end where the paths do.
 */
typedef struct pli_default_answer {
    double call_probability;
    double liquidation_probability;
    double default_probability; /* equity gone */
    double
        expected_deficit_micros; /* mean of what is then missing, over all paths: the price of the account to the fund */
    double deficit_if_default_micros;
    double tail_shape; /* of the Pareto tail; 0 where none was fitted */
    uint8_t has_tail;
} pli_default_answer;

/* pli_default_size - bytes of work, aligned to 8. */
size_t pli_default_size(const pli_default_question *question);

/*
 * pli_default_measure - walk the paths.
 *
 * Cost       O(path_count * step_count * underlying_count^2). The same seed gives the same answer on every machine.
 *
 * Returns    PLM_OK; PLM_HISTORY_SHORT below 20 days, no path or no step; PLM_DOMAIN for a volatility, lambda or step out
 *            of range; PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status pli_default_measure(const pli_default_question *question, void *work,
                                            size_t work_size, pli_default_answer *answer);

#endif
