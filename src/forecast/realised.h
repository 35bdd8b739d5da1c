/* realised.h: how much a price moved within a day, from its candles.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_REALISED_H
#define PLI_FORECAST_REALISED_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/forecast.h"
#include "plimsoll/status.h"

/*
 * pli_realised - the measures of one UTC day.
 *
 * A bar's return runs from the close before it to its own close, also across a hole of up to a day, so that a jump
 * during a halt counts; it belongs to the day in which the bar starts. `covered_ppm` is the part of the day that returns cover.
 * Sums are divided by it: what was not seen is taken to be like the rest.
 * Units      Squared log returns per day; `change` is a log return.
 */
typedef struct pli_realised {
    int64_t day; /* since 1970-01-01 */
    uint32_t bar_count;
    uint32_t covered_ppm;
    double variance; /* sum of squared returns */
    double bipower;  /* pi/2 sum |r_i| |r_(i-1)|: what is left of the variance without jumps */
    double downside; /* sum of squared negative returns; variance - downside is the upside */
    double
        range; /* sum of Parkinson's variance of each bar, (ln high/low)^2 / (4 ln 2), and of the gaps between bars */
    double parkinson;    /* the same of the whole day */
    double garman_klass; /* of the whole day: 0.5 (ln high/low)^2 - (2 ln 2 - 1) (ln close/open)^2 */
    double change;       /* sum of the returns, not divided */
} pli_realised;

/* pli_bar_run - bars in order of time, each `step_ns` long; only read. */
typedef struct pli_bar_run {
    const plm_candle *bars;
    size_t count;
    int64_t step_ns;
} pli_bar_run;

/*
 * pli_realised_days - the days of a run, in order.
 *
 * A day is kept when at least `covered_ppm_min` of it is covered; others are left out, never filled in.
 * Source     Realised variance and bipower: O. Barndorff-Nielsen and N. Shephard, Journal of Financial Econometrics 2 (2004)
 *            1-37; semivariance: the same with S. Kinnebrock (2010); ranges: M. Parkinson, Journal of Business 53 (1980)
 *            61-65; M. Garman and M. Klass, the same, 67-78; sums of them: K. Christensen and M. Podolskij, Journal of
 *            Econometrics 141 (2007) 323-349.
 *
 * Returns
 *   PLM_OK      *day_count days are written.
 *   PLM_DOMAIN  a price that is not > 0 and finite, low above high, times that do not rise, step_ns outside 1 s .. 1 day.
 *   PLM_LIMIT   more than `capacity` days.
 */
PLM_MUST_USE plm_status pli_realised_days(const pli_bar_run *run, uint32_t covered_ppm_min,
                                          pli_realised *days, size_t capacity, size_t *day_count);

/*
 * pli_realised_step - the smallest distance between two bars: the length of a bar; 0 below two bars.
 */
int64_t pli_realised_step(const plm_candle *bars, size_t count);

#endif
