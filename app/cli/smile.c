/* smile.c: pictures of volatility smiles.                                              SPDX-License-Identifier: Apache-2.0 */
#include "cli/smile.h"

#include "cli/memory.h"
#include "num/rounding.h"
#include "report/chart.h"

#define CURVE_POINTS 96u

/* Axes carry two decimals: strikes of cents, volatilities of hundredths. */
static bool
to_axis(double value, int64_t *out) {
    return pli_i64_from_double_half_even(value * 100, out) == PLM_OK;
}

static pli_series
curve_of(pli_pool *pool, const pli_smile *smile) {
    int64_t *x = PLI_MUST_TAKE(pool, CURVE_POINTS, int64_t);
    int64_t *y = PLI_MUST_TAKE(pool, CURVE_POINTS, int64_t);
    uint32_t count = 0;
    double step = (smile->strike_high - smile->strike_low) / (CURVE_POINTS - 1);
    for (uint32_t i = 0; i < CURVE_POINTS; i += 1) {
        double strike = smile->strike_low + step * i;
        double volatility = 0;
        if (plm_slice_volatility(smile->slice, smile->forward, strike, smile->years, &volatility) ==
                PLM_OK &&
            to_axis(strike, &x[count]) && to_axis(volatility * smile->scale, &y[count])) {
            count += 1;
        }
    }
    return (pli_series){.label = "smile", .is_line = true, .count = count, .x = x, .y = y};
}

static pli_series
quotes_of(pli_pool *pool, const pli_smile *smile) {
    size_t room = (size_t)smile->quote_count + 1;
    int64_t *x = PLI_MUST_TAKE(pool, room, int64_t);
    int64_t *y = PLI_MUST_TAKE(pool, room, int64_t);
    int64_t *low = PLI_MUST_TAKE(pool, room, int64_t);
    int64_t *high = PLI_MUST_TAKE(pool, room, int64_t);
    uint32_t count = 0;
    for (uint32_t i = 0; i < smile->quote_count; i += 1) {
        const pli_smile_quote *quote = &smile->quotes[i];
        double bottom = quote->low > 0 ? quote->low : quote->middle;
        double top = quote->high > 0 ? quote->high : quote->middle;
        if (quote->middle > 0 && to_axis(quote->strike, &x[count]) &&
            to_axis(quote->middle * smile->scale, &y[count]) &&
            to_axis(bottom * smile->scale, &low[count]) &&
            to_axis(top * smile->scale, &high[count])) {
            count += 1;
        }
    }
    return (pli_series){
        .label = "quotes", .count = count, .x = x, .y = y, .low = low, .high = high};
}

void
pli_smile_draw(const pli_sink *sink, pli_pool *pool, const pli_smile *smile) {
    const pli_series series[2] = {quotes_of(pool, smile), curve_of(pool, smile)};
    const pli_lines lines = {.title = smile->title,
                             .x_title = "strike",
                             .y_title = smile->unit,
                             .x_scale = 2,
                             .y_scale = 2,
                             .count = 2,
                             .series = series};
    pli_chart_lines(sink, &lines, false);
}
