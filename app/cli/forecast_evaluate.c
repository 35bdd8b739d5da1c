/* forecast_evaluate.c: plimsoll forecast evaluate: every model against the floor, out of sample.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/forecast_days.h"
#include "cli/forecast_page.h"
#include "cli/memory.h"
#include "cli/verbs.h"
#include "io/time_text.h"

#define DATE_TEXT_SIZE 32
#define DATE_MAX 4000000
#define FILES_MAX 16u

static const pli_option options[] = {
    {"from", "DATE", "first day that is reported; standard the first that can be forecast"},
    {"to", "DATE", "first day that is not"},
    {"horizon", "DAYS", "days that a forecast is the mean of: 1 to 22; standard 1"},
    {"window", "DAYS", "days that a model is fitted on: 315 to 100000; standard 1000"},
    {"refit", "DAYS", "days between fits: 1 to 365; standard 7"},
    {"report", "FILE.html", "write a page with pictures"},
    {NULL, NULL, NULL},
};

static pli_rows
begin_models(pli_pool *pool, uint32_t capacity) {
    const pli_column columns[8] = {
        pli_column_text("file", "file"),
        pli_column_text("model", "model"),
        pli_column_count("days", "days"),
        pli_column_number("qlike", "QLIKE", "", 4),
        pli_column_number("to_floor", "to har's", "", 4),
        pli_column_number("statistic", "Diebold-Mariano", "", 2),
        pli_column_count("runs", "days let through"),
        pli_column_count("fallbacks", "days without fit"),
    };
    pli_rows rows = pli_rows_make(pool, "models", columns, 8, capacity);
    rows.table.note = "Each day's forecast is fitted on days before it. Diebold-Mariano against "
                      "har: below -1.645 the model is better (5 %, one side).";
    return rows;
}

static pli_rows
begin_regimes(pli_pool *pool, uint32_t capacity) {
    const pli_column columns[5] = {
        pli_column_text("file", "file"),
        pli_column_count("days", "days"),
        pli_column_count("high_days", "of high volatility"),
        pli_column_number("area", "area under ROC", "", 4),
        pli_column_number("skill", "Brier skill", "", 4),
    };
    pli_rows rows = pli_rows_make(pool, "regimes", columns, 5, capacity);
    rows.table.title = "Chance of a day of high volatility";
    rows.table.note = "Skill against the share of such days before.";
    return rows;
}

static pli_rows
begin_gates(pli_pool *pool, uint32_t capacity) {
    const pli_column columns[3] = {
        pli_column_text("file", "file"),
        pli_column_text("day", "from day"),
        pli_column_text("model", "runs"),
    };
    pli_rows rows = pli_rows_make(pool, "gates", columns, 3, capacity);
    rows.table.title = "What the gate let through";
    return rows;
}

static void
add_models(pli_rows *rows, const char *file, const pli_race_row *of) {
    for (size_t k = 0; k < PLI_RACE_ROWS; k += 1) {
        bool is_gated = k == PLM_FORECAST_KIND_COUNT;
        pli_cell cells[8] = {
            pli_cell_text(file),
            pli_cell_text(is_gated ? "gated" : plm_forecast_name(of[k].kind)),
            pli_cell_number(of[k].day_count, 0),
            pli_cell_double(of[k].qlike, 6),
            pli_cell_double(of[k].to_floor, 6),
            pli_cell_double(of[k].statistic, 4),
            pli_cell_number(of[k].running_count, 0),
            pli_cell_number(of[k].fallback_count, 0),
        };
        pli_rows_add(rows, cells);
    }
}

// The first day of every stretch in which one model runs.
static void
add_gates(pli_rows *rows, const pli_forecast_race *race) {
    plm_forecast_kind running = (plm_forecast_kind)0;
    for (size_t i = 0; i < race->count; i += 1) {
        const pli_race_day *day = &race->table[i];
        bool is_reported = day->day >= race->options.from_day && day->day < race->options.to_day;
        if (is_reported && day->running != running && rows->table.row_count < rows->capacity) {
            char date[DATE_TEXT_SIZE];
            pli_text text = pli_text_init(date, sizeof date);
            pli_date_format(&text, day->day);
            const pli_cell cells[3] = {pli_cell_text(race->of.path), pli_cell_text(date),
                                       pli_cell_text(plm_forecast_name(day->running))};
            pli_rows_add(rows, cells);
            running = day->running;
        }
    }
}

static pli_exit
run_race(pli_pool *pool, const char *path, pli_forecast_race *race, pli_race_row *rows) {
    pli_exit end = pli_forecast_days_read(path, pool, &race->of);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    void *workspace = pli_must_block(pool, pli_race_size(race->of.count));
    race->table = PLI_MUST_TAKE(pool, race->of.count + 1, pli_race_day);
    plm_status status = pli_race_run(&race->options, race->of.days, race->of.count, workspace,
                                     race->table, &race->count);
    if (status == PLM_OK) {
        status = pli_race_rows(&race->options, race->table, race->count, workspace, rows);
    }
    return status == PLM_OK ? PLI_EXIT_OK
                            : pli_fail_usage(path, ": ",
                                             status == PLM_HISTORY_SHORT
                                                 ? "fewer than ten days to report; 274 days come "
                                                   "before the first forecast"
                                                 : plm_status_text(status));
}

static pli_exit
race_all(const pli_invocation *invocation, pli_pool *pool, pli_forecast_race *races,
         pli_page *page) {
    uint32_t count = invocation->operand_count;
    pli_rows models = begin_models(pool, count * PLI_RACE_ROWS);
    pli_rows regimes = begin_regimes(pool, count);
    pli_rows gates = begin_gates(pool, count * 100);
    for (uint32_t i = 0; i < count; i += 1) {
        races[i].options = races[0].options;
        pli_race_row rows[PLI_RACE_ROWS] = {{0}};
        pli_exit end = run_race(pool, invocation->operands[i], &races[i], rows);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        add_models(&models, races[i].of.path, rows);
        add_gates(&gates, &races[i]);
        pli_race_chance chance;
        if (pli_race_chances(&races[i].options, races[i].table, races[i].count, &chance) ==
            PLM_OK) {
            const pli_cell cells[5] = {
                pli_cell_text(races[i].of.path), pli_cell_number(chance.day_count, 0),
                pli_cell_number(chance.high_count, 0), pli_cell_double(chance.area, 6),
                pli_cell_double(chance.skill, 6)};
            pli_rows_add(&regimes, cells);
        }
    }
    const pli_table tables[3] = {models.table, regimes.table, gates.table};
    const pli_tables document = {
        .schema = "plimsoll-forecast-evaluate/1", .table_count = 3, .tables = tables};
    pli_exit end = pli_show(invocation, &document, page);
    const char *report = pli_argument_value(invocation, "report");
    return end == PLI_EXIT_OK && report != NULL
               ? pli_forecast_page_write(pool, &document, races, count, report)
               : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    static const int64_t horizons[2] = {1, PLM_FORECAST_HORIZON_MAX};
    static const int64_t windows[2] = {315, 100000};
    static const int64_t refits[2] = {1, 365};
    pli_forecast_race races[FILES_MAX] = {{.count = 0}};
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    pli_race_options *asked = &races[0].options;
    asked->parameters = &parameters;
    if (!pli_option_count(invocation, "horizon", horizons, 1, &asked->horizon_days) ||
        !pli_option_count(invocation, "window", windows, PLI_FORECAST_WINDOW_DAYS,
                          &asked->window_days) ||
        !pli_option_count(invocation, "refit", refits, 7, &asked->refit_days) ||
        !pli_option_date(invocation, "from", -DATE_MAX, &asked->from_day) ||
        !pli_option_date(invocation, "to", DATE_MAX, &asked->to_day)) {
        return PLI_EXIT_USAGE;
    }
    if (asked->from_day >= asked->to_day) {
        return pli_fail_usage("--from", " is not before ", "--to");
    }
    pli_pool pool = {.chunks = NULL};
    pli_exit end = race_all(invocation, &pool, races, page);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_forecast_evaluate = {
    .name = "forecast evaluate",
    .summary = "compare volatility models day by day, from what was known before",
    .operands = "CANDLES.csv[.gz]...",
    .operand_min = 1,
    .operand_max = FILES_MAX,
    .options = options,
    .detail = "QLIKE is the mean of x - ln x - 1 with x = realised / forecast variance; smaller is "
              "better.\n"
              "A model runs instead of har only while the gate lets it: docs/method/forecast.md.",
    .example = "plimsoll forecast evaluate examples/history/BTC.csv --refit 30",
    .run = run,
};
