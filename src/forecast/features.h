/* features.h: what the regressions look at: one row of numbers per day.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_FEATURES_H
#define PLI_FORECAST_FEATURES_H

#include <stddef.h>

#include "plimsoll/forecast.h"

#define PLI_FEATURES_MAX 15u
#define PLI_WEEK_DAYS                                                                              \
    5u /* past days that count as a week, and as a month: trading days, as in Corsi 2009 */
#define PLI_MONTH_DAYS 22u

/*
 * pli_features_make - the features of `kind` on day `index`, for a forecast that begins on `target_day`.
 *
 *   HAR        ln of the mean variance of 1, 5 and 22 days; the day's return where it is a loss, else 0.
 *   HAR_LEVEL  the mean variance of 1, 5 and 22 days.
 *   RANGE      ln of the mean `range` of 1, 5 and 22 days; the return of 1, 5 and 22 days where it is a loss, else 0; the size
 *              of the day's return; ln of the downside's part in the variance of 5 days, inside 0.01 .. 0.99; 1 for the
 *              weekday of the target, Monday to Saturday.
 * Logarithms are taken of at least 1e-10.
 * `index` >= PLM_FORECAST_REACH_DAYS - 1 is asserted. `row` has room for PLI_FEATURES_MAX.
 *
 * Returns    How many features there are.
 */
size_t pli_features_make(plm_forecast_kind kind, const plm_realised_day *days, size_t index,
                         int64_t target_day, double *row);

/* pli_log_variance - ln of a variance of at least 1e-10. */
double pli_log_variance(double variance);

/* pli_mean_variance - the mean `variance` of `count` days. */
double pli_mean_variance(const plm_realised_day *days, size_t count);

/*
 * pli_days_check - are days in order and their measures finite and not negative?
 *
 * Returns    PLM_OK or PLM_DOMAIN.
 */
PLM_MUST_USE plm_status pli_days_check(const plm_realised_day *days, size_t count);

/* pli_days_hash - BLAKE2b-256 of the days, every field little-endian in the order of the struct. */
void pli_days_hash(const plm_realised_day *days, size_t count, uint8_t *hash);

/* pli_recipe_hash - BLAKE2b-256 of `domain`, kind, horizon, window, the last day and the hash of `count` > 0 days. */
void pli_recipe_hash(const char *domain, const plm_forecast_spec *spec,
                     const plm_realised_day *days, size_t count, uint8_t *hash);

/* pli_annual_ppm - a daily variance as annual volatility of 365 days, rounded up; as pli_i64_from_double_ceil. */
PLM_MUST_USE plm_status pli_annual_ppm(double variance, int64_t *ppm);

#endif
