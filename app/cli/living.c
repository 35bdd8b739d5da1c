/* living.c: plimsoll living: shock sizes as a venue would have recalibrated them over the past. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "cli/case.h"
#include "cli/forecast_days.h"
#include "cli/memory.h"
#include "cli/verbs.h"
#include "io/time_text.h"
#include "num/rounding.h"
#include "plimsoll/living.h"
#include "report/chart.h"
#include "study/cycle.h"
#include "study/race.h"

#define DATE_TEXT_SIZE 32
#define DATE_MAX 4000000
#define YEAR_DAYS 365.0
#define REFIT_DAYS 7

static const pli_option options[] = {
    {"from", "DATE", "first day that is reported; standard the first that can be forecast"},
    {"to", "DATE", "first day that is not"},
    {"steps", NULL, "list every day on which a size moved or was announced, with the reason"},
    {"picture", NULL, "only the picture, as SVG"},
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

/* walk - one candle file, day by day; the tables hold the reported days. */
typedef struct walk {
    pli_pool *pool;
    const char *path;
    int64_t from_day, to_day;
    plm_living_parameters parameters;
    uint32_t count;
    int64_t *days;
    double *realised, *forecasts, *in_force; /* a year, 1 = 100 % */
    plm_living_size *sizes;
} walk;

static double
annual(double variance) {
    return sqrt(variance * YEAR_DAYS);
}

static pli_exit
run_race(walk *of, pli_race_day **table, size_t *count) {
    pli_forecast_days days = {.path = of->path};
    pli_exit end = pli_forecast_days_read(of->path, of->pool, &days);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    const pli_race_options asked = {.parameters = &parameters,
                                    .horizon_days = 1,
                                    .window_days = PLI_FORECAST_WINDOW_DAYS,
                                    .refit_days = REFIT_DAYS,
                                    .from_day = -DATE_MAX,
                                    .to_day = DATE_MAX};
    void *workspace = pli_must_block(of->pool, pli_race_size(days.count));
    *table = PLI_MUST_TAKE(of->pool, days.count + 1, pli_race_day);
    plm_status status = pli_race_run(&asked, days.days, days.count, workspace, *table, count);
    return status == PLM_OK ? PLI_EXIT_OK
                            : pli_fail_usage(of->path, ": ",
                                             status == PLM_HISTORY_SHORT
                                                 ? "274 days come before the first forecast"
                                                 : plm_status_text(status));
}

static plm_status
take_step(walk *of, plm_living *living, const pli_race_day *day) {
    double forecast = annual(day->forecasts[(size_t)day->running - 1]);
    int64_t wanted[PLM_LIVING_COUNT] = {0};
    plm_living_size sizes[PLM_LIVING_COUNT];
    plm_status status = pli_i64_from_double_ceil(forecast * 1e6, &wanted[PLM_LIVING_VOLATILITY]);
    if (status == PLM_OK) {
        status = plm_living_step(living, &of->parameters, wanted, sizes);
    }
    if (status != PLM_OK || day->day < of->from_day || day->day >= of->to_day) {
        return status;
    }
    of->days[of->count] = day->day;
    of->realised[of->count] = annual(day->realised);
    of->forecasts[of->count] = (double)wanted[PLM_LIVING_VOLATILITY] / 1e6;
    of->in_force[of->count] = (double)sizes[PLM_LIVING_VOLATILITY].in_force / 1e6;
    of->sizes[of->count] = sizes[PLM_LIVING_VOLATILITY];
    of->count += 1;
    return PLM_OK;
}

static pli_exit
run_walk(walk *of) {
    static plm_living living;
    pli_race_day *table = NULL;
    size_t count = 0;
    pli_exit end = run_race(of, &table, &count);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    living = (plm_living){.volatility = {.step_count = 0}};
    of->days = PLI_MUST_TAKE(of->pool, count + 1, int64_t);
    of->realised = PLI_MUST_TAKE(of->pool, count + 1, double);
    of->forecasts = PLI_MUST_TAKE(of->pool, count + 1, double);
    of->in_force = PLI_MUST_TAKE(of->pool, count + 1, double);
    of->sizes = PLI_MUST_TAKE(of->pool, count + 1, plm_living_size);
    for (size_t i = 0; i < count; i += 1) {
        plm_fault fault = {.status = take_step(of, &living, &table[i])};
        if (fault.status != PLM_OK) {
            return pli_fail_status(of->path, &fault);
        }
    }
    return of->count > 0 ? PLI_EXIT_OK : pli_fail_usage(of->path, ": no day to report", NULL);
}

// Rises, falls, and how often one follows the other.
static void
count_moves(const double *sizes, uint32_t count, uint32_t moves[3]) {
    int last = 0;
    for (uint32_t i = 1; i < count; i += 1) {
        int now = (sizes[i] > sizes[i - 1]) - (sizes[i] < sizes[i - 1]);
        moves[0] += now > 0 ? 1 : 0;
        moves[1] += now < 0 ? 1 : 0;
        moves[2] += now * last < 0 ? 1 : 0;
        last = now == 0 ? last : now;
    }
}

static plm_status
add_measure(pli_rows *rows, const walk *of, const char *name, const double *sizes) {
    pli_cycle cycle;
    plm_status status = pli_cycle_measure(sizes, of->count, &cycle);
    if (status != PLM_OK) {
        return status;
    }
    uint32_t moves[3] = {0, 0, 0};
    count_moves(sizes, of->count, moves);
    uint32_t below = 0;
    double most = 0.0;
    for (uint32_t i = 0; i < of->count; i += 1) {
        double behind = 1.0 - sizes[i] / of->forecasts[i];
        below += behind > 0.0 ? 1 : 0;
        most = behind > most ? behind : most;
    }
    const pli_cell cells[12] = {
        pli_cell_text(name),
        pli_cell_number(of->count, 0),
        pli_cell_double(cycle.mean * 100.0, 4),
        pli_cell_double(cycle.peak_to_trough, 4),
        pli_cell_double(cycle.rises[0] * 100.0, 4),
        pli_cell_double(cycle.rises[1] * 100.0, 4),
        pli_cell_double(cycle.rises[2] * 100.0, 4),
        pli_cell_number(moves[0], 0),
        pli_cell_number(moves[1], 0),
        pli_cell_number(moves[2], 0),
        pli_cell_number(below, 0),
        pli_cell_double(most * 100.0, 4),
    };
    pli_rows_add(rows, cells);
    return PLM_OK;
}

static plm_status
measure(const walk *of, pli_rows *rows) {
    const pli_column columns[12] = {
        pli_column_text("size", "size"),
        pli_column_count("days", "days"),
        pli_column_number("mean", "mean", "% a year", 1),
        pli_column_number("peak_to_trough", "peak/trough", "", 2),
        pli_column_number("rise_1d", "largest rise 1 d", "%", 0),
        pli_column_number("rise_5d", "5 d", "%", 0),
        pli_column_number("rise_20d", "20 d", "%", 0),
        pli_column_count("rises", "rises"),
        pli_column_count("falls", "falls"),
        pli_column_count("turns", "turns"),
        pli_column_count("below", "days below the forecast"),
        pli_column_number("most_below", "by at most", "%", 0),
    };
    *rows = pli_rows_make(of->pool, "measures", columns, 12, 2);
    rows->table.note = "A turn is a rise after a fall or a fall after a rise.";
    plm_status status = add_measure(rows, of, "forecast", of->forecasts);
    return status == PLM_OK ? add_measure(rows, of, "in force", of->in_force) : status;
}

static pli_rows
list_steps(const walk *of) {
    const pli_column columns[5] = {
        pli_column_text("day", "day"),
        pli_column_number("forecast", "forecast", "% a year", 1),
        pli_column_number("announced", "announced", "% a year", 1),
        pli_column_number("in_force", "in force", "% a year", 1),
        pli_column_text("reason", "reason"),
    };
    pli_rows rows = pli_rows_make(of->pool, "steps", columns, 5, of->count);
    for (uint32_t i = 0; i < of->count; i += 1) {
        const plm_living_size *size = &of->sizes[i];
        bool is_news = i == 0 || size->in_force != of->sizes[i - 1].in_force ||
                       size->announced != of->sizes[i - 1].announced;
        if (!is_news) {
            continue;
        }
        char date[DATE_TEXT_SIZE];
        pli_text text = pli_text_init(date, sizeof date);
        pli_date_format(&text, of->days[i]);
        const pli_cell cells[5] = {
            pli_cell_text(date),
            pli_cell_double(of->forecasts[i] * 100.0, 4),
            pli_cell_number(size->announced, 4),
            pli_cell_number(size->in_force, 4),
            pli_cell_text(plm_shock_reason_name(size->reason)),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_series
curve(const walk *of, const char *label, const double *sizes, const int64_t *x) {
    int64_t *y = PLI_MUST_TAKE(of->pool, of->count, int64_t);
    for (uint32_t i = 0; i < of->count; i += 1) {
        // Annual volatilities of at most millions of per cent.
        y[i] = (int64_t)(sizes[i] * 1e3);
    }
    return (pli_series){.label = label, .is_line = true, .count = of->count, .x = x, .y = y};
}

static void
draw(const walk *of, pli_page *page) {
    int64_t *x = PLI_MUST_TAKE(of->pool, of->count, int64_t);
    for (uint32_t i = 0; i < of->count; i += 1) {
        x[i] = of->days[i] - of->days[0];
    }
    const pli_series series[3] = {curve(of, "in force", of->in_force, x),
                                  curve(of, "forecast", of->forecasts, x),
                                  curve(of, "realised", of->realised, x)};
    char title[64];
    char axis[64];
    pli_text of_axis = pli_text_init(axis, sizeof axis);
    pli_text of_title = pli_text_init(title, sizeof title);
    pli_text_append(&of_title, "Volatility that requirements are made of");
    pli_text_append(&of_axis, "days since ");
    pli_date_format(&of_axis, of->days[0]);
    const pli_lines lines = {.title = title,
                             .x_title = axis,
                             .y_title = "% a year",
                             .y_scale = 1,
                             .count = 3,
                             .series = series};
    pli_sink sink = pli_page_sink(page);
    pli_chart_lines(&sink, &lines, true);
}

static pli_exit
show(const pli_invocation *invocation, walk *of, pli_page *page) {
    if (pli_argument_is_given(invocation, "picture")) {
        draw(of, page);
        return PLI_EXIT_OK;
    }
    pli_rows measures;
    plm_fault fault = {.status = measure(of, &measures)};
    if (fault.status != PLM_OK) {
        return pli_fail_status(of->path, &fault);
    }
    bool has_steps = pli_argument_is_given(invocation, "steps");
    pli_table tables[2] = {measures.table};
    if (has_steps) {
        tables[1] = list_steps(of).table;
    }
    const pli_tables document = {
        .schema = "plimsoll-living/1", .table_count = has_steps ? 2 : 1, .tables = tables};
    return pli_show(invocation, &document, page);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    pli_parameter_book book = {.version = 0};
    plm_fault fault = {.status = PLM_OK};
    walk of = {.pool = &pool, .path = invocation->operands[0]};
    if (!pli_option_date(invocation, "from", -DATE_MAX, &of.from_day) ||
        !pli_option_date(invocation, "to", DATE_MAX, &of.to_day)) {
        return PLI_EXIT_USAGE;
    }
    const char *config = pli_argument_value(invocation, "config");
    pli_parameters_init(&book);
    if (config != NULL && pli_parameters_read(config, &book, &fault) != PLM_OK) {
        return pli_fail_status(config, &fault);
    }
    of.parameters = book.living;
    pli_exit end = run_walk(&of);
    if (end == PLI_EXIT_OK) {
        end = show(invocation, &of, page);
    }
    pli_parameters_finish(&book);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_living = {
    .name = "living",
    .summary = "shock sizes as a venue would have recalibrated them over the past",
    .operands = "CANDLES.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Each day's forecast is what the gate lets through, from days before it; each day is one\n"
        "recalibration by the record `living`: docs/method/living-requirements.md.",
    .example = "plimsoll living examples/history/BTC.csv",
    .run = run,
};
