/* forecast_page.c: the page of forecast evaluate.                                       SPDX-License-Identifier: Apache-2.0 */
#include "cli/forecast_page.h"

#include "cli/memory.h"
#include "num/rounding.h"
#include "report/chart.h"
#include "report/html.h"

#define YEAR_DAYS 365.2425

/* curve - points under way; x in 1e-3 years, y in 1e-3. */
typedef struct curve {
    int64_t *x;
    int64_t *y;
    uint32_t count;
} curve;

static curve
begin_curve(pli_pool *pool, size_t capacity) {
    return (curve){.x = PLI_MUST_TAKE(pool, capacity + 1, int64_t),
                   .y = PLI_MUST_TAKE(pool, capacity + 1, int64_t)};
}

static void
add_point(curve *to, int64_t day, double value) {
    int64_t year = 0;
    int64_t scaled = 0;
    if (pli_i64_from_double_half_even((1970 + (double)day / YEAR_DAYS) * 1e3, &year) == PLM_OK &&
        pli_i64_from_double_half_even(value * 1e3, &scaled) == PLM_OK) {
        to->x[to->count] = year;
        to->y[to->count] = scaled;
        to->count += 1;
    }
}

static pli_series
series_of(const char *label, const curve *of) {
    return (pli_series){
        .label = label, .is_line = true, .count = of->count, .x = of->x, .y = of->y};
}

static void
draw(const pli_sink *sink, const char *title, const char *y_title, const pli_series *series,
     uint32_t count) {
    const pli_lines lines = {.title = title,
                             .x_title = "year",
                             .y_title = y_title,
                             .x_scale = 3,
                             .y_scale = 3,
                             .count = count,
                             .series = series};
    pli_html_picture_begin(sink);
    pli_chart_lines(sink, &lines, false);
    pli_html_picture_end(sink);
}

static bool
is_reported(const pli_forecast_race *race, size_t i) {
    return race->table[i].day >= race->options.from_day &&
           race->table[i].day < race->options.to_day;
}

static void
draw_forecasts(const pli_sink *sink, pli_pool *pool, const pli_forecast_race *race) {
    curve realised = begin_curve(pool, race->count);
    curve running = begin_curve(pool, race->count);
    for (size_t i = 0; i < race->count; i += 1) {
        if (is_reported(race, i)) {
            const pli_race_day *day = &race->table[i];
            add_point(&realised, day->day, pli_annual_percent(day->realised));
            double forecast = day->forecasts[(size_t)day->running - 1];
            add_point(&running, day->day, pli_annual_percent(forecast));
        }
    }
    const pli_series series[2] = {series_of("realised", &realised),
                                  series_of("forecast let through", &running)};
    draw(sink, race->of.path, "volatility, % a year", series, 2);
}

static void
draw_leads(const pli_sink *sink, pli_pool *pool, const pli_forecast_race *race) {
    pli_series series[PLM_FORECAST_KIND_COUNT];
    for (size_t k = 0; k < PLM_FORECAST_KIND_COUNT; k += 1) {
        curve lead = begin_curve(pool, race->count);
        double sum = 0;
        for (size_t i = 0; i < race->count; i += 1) {
            const pli_race_day *day = &race->table[i];
            if (is_reported(race, i)) {
                sum += day->losses[PLM_FORECAST_FLOOR - 1] - day->losses[k];
                add_point(&lead, day->day, sum);
            }
        }
        series[k] = series_of(plm_forecast_name((plm_forecast_kind)(k + 1)), &lead);
    }
    draw(sink, "Lead over har", "QLIKE saved since the first day", series, PLM_FORECAST_KIND_COUNT);
}

pli_exit
pli_forecast_page_write(pli_pool *pool, const pli_tables *document, const pli_forecast_race *races,
                        uint32_t count, const char *path) {
    pli_page page = {.data = NULL};
    pli_sink sink = pli_page_sink(&page);
    pli_html_begin(&sink, "Volatility forecasts, out of sample",
                   "Each day from what was known before it");
    for (uint32_t i = 0; i < document->table_count; i += 1) {
        pli_html_table(&sink, &document->tables[i]);
    }
    for (uint32_t i = 0; i < count; i += 1) {
        pli_html_section(&sink, races[i].of.path, "");
        draw_forecasts(&sink, pool, &races[i]);
        draw_leads(&sink, pool, &races[i]);
    }
    pli_html_end(&sink, PLI_REPORT_END);
    return pli_report_write(&page, path);
}
