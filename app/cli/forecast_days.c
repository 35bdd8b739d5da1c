/* forecast_days.c: what both forecast verbs read.                                       SPDX-License-Identifier: Apache-2.0 */
#include "cli/forecast_days.h"

#include <math.h>
#include <string.h>

#include "cli/memory.h"
#include "io/candles_csv.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "num/rounding.h"

#define DAY_NS (86400 * INT64_C(1000000000))
#define DATE_SIZE 10u
#define RANGE_SIZE 96

pli_exit
pli_forecast_days_read(const char *path, pli_pool *pool, pli_forecast_days *to) {
    pli_bars bars = {.bar_count = 0};
    plm_fault fault = {.status = PLM_OK};
    if (pli_bars_read(path, PLM_PRICE_DOMAIN_POSITIVE, pool, &bars, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    const plm_candle_run run = {.bars = bars.bars,
                                .count = bars.bar_count,
                                .step_ns = plm_realised_step(bars.bars, bars.bar_count)};
    plm_realised_day *days = PLI_MUST_TAKE(pool, bars.bar_count, plm_realised_day);
    size_t count = 0;
    plm_status status =
        plm_realised_days(&run, PLI_FORECAST_COVERED_PPM, days, bars.bar_count, &count);
    if (status != PLM_OK) {
        return pli_fail_usage(path, ": ", "bars of more than a day, or of less than a second");
    }
    *to = (pli_forecast_days){.path = path, .count = count, .days = days, .step_ns = run.step_ns};
    return PLI_EXIT_OK;
}

bool
pli_option_date(const pli_invocation *invocation, const char *name, int64_t standard,
                int64_t *day) {
    const char *text = pli_argument_value(invocation, name);
    if (text == NULL) {
        *day = standard;
        return true;
    }
    char instant[DATE_SIZE + sizeof "T00:00:00Z"] = "";
    int64_t ns = 0;
    if (strlen(text) == DATE_SIZE) {
        memcpy(instant, text, DATE_SIZE);
        memcpy(instant + DATE_SIZE, "T00:00:00Z", sizeof "T00:00:00Z");
    }
    if (pli_time_parse(instant, strlen(instant), &ns) != PLM_OK) {
        pli_fail_usage("a date is ", text, "; allowed is a day from 1980 on, such as 2021-01-01");
        return false;
    }
    *day = ns / DAY_NS;
    return true;
}

bool
pli_option_count(const pli_invocation *invocation, const char *name, const int64_t range[2],
                 int64_t standard, uint32_t *count) {
    const char *text = pli_argument_value(invocation, name);
    pli_i128 value = standard;
    if (text != NULL && (pli_decimal_parse(text, strlen(text), 0, &value) != PLM_OK ||
                         value < range[0] || value > range[1])) {
        char data[RANGE_SIZE];
        pli_text allowed = pli_text_init(data, sizeof data);
        pli_text_append(&allowed, "--");
        pli_text_append(&allowed, name);
        pli_text_append(&allowed, "; allowed is a whole number from ");
        pli_text_append_i64(&allowed, range[0]);
        pli_text_append(&allowed, " to ");
        pli_text_append_i64(&allowed, range[1]);
        pli_fail_usage(text, " is no value for ", allowed.data);
        return false;
    }
    *count = (uint32_t)value;
    return true;
}

double
pli_annual_percent(double variance) {
    return 100 * sqrt(365 * variance);
}
