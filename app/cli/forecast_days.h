/* forecast_days.h: what both forecast verbs read: candles as days, dates, counts.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_FORECAST_DAYS_H
#define PLI_CLI_FORECAST_DAYS_H

#include "cli/rows.h"
#include "cli/verb.h"
#include "io/pool.h"
#include "plimsoll/forecast.h"

/* Of a day, how much must be covered for it to be used. */
#define PLI_FORECAST_COVERED_PPM 750000u
#define PLI_FORECAST_WINDOW_DAYS 1000

/* pli_forecast_days - the realised days of a candle file; the table lives in the pool. */
typedef struct pli_forecast_days {
    const char *path;
    size_t count;
    const plm_realised_day *days;
    int64_t step_ns;
} pli_forecast_days;

/* pli_forecast_days_read - read them; a failure has been told. */
pli_exit pli_forecast_days_read(const char *path, pli_pool *pool, pli_forecast_days *to);

/* pli_option_date - the day of "2021-01-01", or `standard` where the option is absent; false: refused, told. */
bool pli_option_date(const pli_invocation *invocation, const char *name, int64_t standard,
                     int64_t *day);

/* pli_option_count - a whole number inside low .. high, likewise. */
bool pli_option_count(const pli_invocation *invocation, const char *name, const int64_t range[2],
                      int64_t standard, uint32_t *count);

/* pli_annual_percent - a daily variance as annual volatility in per cent: 100 sqrt(365 v). */
double pli_annual_percent(double variance);

#endif
