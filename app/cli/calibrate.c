/* calibrate.c: plimsoll calibrate: what stricter requirements cost, and what looser ones.   SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/simulate.h"
#include "cli/verbs.h"
#include "num/rounding.h"
#include "report/chart.h"
#include "report/html.h"

static const pli_option options[] = {
    {"budget", "PPM", "bad debt that is accepted, in ppm of open interest (default 100)"},
    {"report", "FILE", "the frontier as a page"},
    PLI_SIMULATE_OPTIONS,
    {NULL, NULL, NULL},
};

/* What is tried: every fraction of the record times this, in percent. */
static const int64_t strictness[] = {50, 60, 70, 80, 90, 100, 115, 130, 150, 175, 200};
enum { SETTINGS = sizeof strictness / sizeof strictness[0] };

typedef struct calibration {
    pli_pool pool;
    pli_simulate_ask ask;
    double budget; /* share of open interest */
    uint32_t chosen;
    pli_tally tallies[SETTINGS];
} calibration;

static void
scale_fraction(int64_t *fraction_ppm, int64_t percent) {
    int64_t scaled = (*fraction_ppm * percent + 99) / 100;
    *fraction_ppm = scaled > PLM_PPM ? PLM_PPM : scaled;
}

static void
make_stricter(plm_tiered_parameters *record, int64_t percent) {
    int64_t *fractions[] = {
        &record->tier1_initial_ppm,     &record->tier2_initial_ppm,
        &record->tier3_initial_ppm,     &record->tier4_initial_ppm,
        &record->tier1_maintenance_ppm, &record->tier2_maintenance_ppm,
        &record->tier3_maintenance_ppm, &record->tier4_maintenance_ppm,
    };
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i += 1) {
        scale_fraction(fractions[i], percent);
    }
}

static pli_exit
try_all(calibration *study) {
    pli_simulate_settings settings = study->ask.settings;
    const plm_tiered_parameters base = settings.model;
    size_t size = pli_simulate_size(&settings);
    void *memory = pli_must_block(&study->pool, size);
    pli_progress progress = pli_progress_begin("worlds", study->ask.count * SETTINGS);
    plm_status status = PLM_OK;
    for (uint32_t i = 0; i < SETTINGS; i += 1) {
        settings.model = base;
        make_stricter(&settings.model, strictness[i]);
        for (uint64_t k = 0; k < study->ask.count && status == PLM_OK; k += 1) {
            pli_simulate_result result;
            settings.seed = study->ask.first + k;
            status = pli_simulate_run(&settings, memory, size, &result);
            if (status == PLM_OK) {
                pli_tally_add(&study->tallies[i], &result);
            }
            pli_progress_show(&progress, i * study->ask.count + k + 1);
        }
    }
    (void)pli_progress_end(&progress);
    if (status != PLM_OK) {
        return pli_fail_usage("the model answered ", plm_status_name(status), NULL);
    }
    study->chosen = pli_tally_choose(study->tallies, SETTINGS, study->budget);
    return PLI_EXIT_OK;
}

static const pli_column columns[] = {
    {"strictness", "fractions", "% of the record", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"is_chosen", "chosen", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"capital", "initial", "% of OI", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"bad_debt", "bad debt", "ppm of OI", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"bad_debt_error", "+-", "ppm", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"impact", "impact", "%", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"liquidated", "liquidated", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"recovering", "would recover", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"deleveraged", "ADL", "% of OI", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
};

static pli_rows
make_rows(calibration *study) {
    pli_rows rows = pli_rows_make(&study->pool, "settings", columns,
                                  sizeof columns / sizeof columns[0], SETTINGS);
    for (uint32_t i = 0; i < SETTINGS; i += 1) {
        const pli_tally *tally = &study->tallies[i];
        const pli_cell cells[] = {
            pli_cell_number(strictness[i], 0),
            pli_cell_flag(i == study->chosen),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_CAPITAL) * 100.0, 4),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_BAD_DEBT) * 1e6, 2),
            pli_cell_double(pli_tally_error(tally, PLI_TALLY_BAD_DEBT) * 1e6, 2),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_IMPACT_PEAK) * 100.0, 4),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_LIQUIDATED), 2),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_RECOVERING), 2),
            pli_cell_double(pli_tally_mean(tally, PLI_TALLY_DELEVERAGED) * 100.0, 4),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Strict against loose fractions of model tiered";
    rows.table.note =
        study->chosen == PLM_NONE
            ? "No setting keeps bad debt inside the budget."
            : "Chosen: the least initial requirement whose mean bad debt is inside the budget.";
    return rows;
}

static int64_t
hundredths(double value) {
    int64_t out = 0;
    return pli_i64_from_double_half_even(value * 100.0, &out) == PLM_OK ? out : 0;
}

static pli_exit
write_report(const calibration *study, const pli_table *table, const char *path) {
    pli_page report = {.data = NULL};
    pli_sink sink = pli_page_sink(&report);
    int64_t x[SETTINGS];
    int64_t y[SETTINGS];
    for (uint32_t i = 0; i < SETTINGS; i += 1) {
        x[i] = hundredths(pli_tally_mean(&study->tallies[i], PLI_TALLY_CAPITAL) * 100.0);
        y[i] = hundredths(pli_tally_mean(&study->tallies[i], PLI_TALLY_BAD_DEBT) * 1e6);
    }
    uint32_t at = study->chosen == PLM_NONE ? 0 : study->chosen;
    const pli_series series[] = {
        {.label = "settings", .is_line = true, .count = SETTINGS, .x = x, .y = y},
        {.label = "chosen", .count = 1, .x = &x[at], .y = &y[at]},
    };
    const pli_lines lines = {.title = "Bad debt against capital",
                             .x_title = "initial requirement, % of open interest",
                             .y_title = "bad debt, ppm of open interest",
                             .x_scale = 2,
                             .y_scale = 2,
                             .count = study->chosen == PLM_NONE ? 1 : 2,
                             .series = series};
    pli_html_begin(&sink, "Calibration", "What stricter requirements cost, and what looser ones");
    pli_html_picture_begin(&sink);
    pli_chart_lines(&sink, &lines, false);
    pli_html_picture_end(&sink);
    pli_html_table(&sink, table);
    pli_html_end(&sink, PLI_REPORT_END);
    return pli_report_write(&report, path);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    static calibration study;
    memset(&study, 0, sizeof study);
    uint64_t budget = 100;
    pli_exit end = pli_simulate_read(invocation, &study.ask);
    end = end == PLI_EXIT_OK ? pli_simulate_whole(invocation, "budget", 0, 1000000, &budget) : end;
    study.budget = (double)budget * 1e-6;
    end = end == PLI_EXIT_OK ? try_all(&study) : end;
    if (end == PLI_EXIT_OK) {
        pli_rows rows = make_rows(&study);
        const pli_tables answer = {
            .schema = "plimsoll-calibrate/1", .table_count = 1, .tables = &rows.table};
        const char *path = pli_argument_value(invocation, "report");
        end = path == NULL ? PLI_EXIT_OK : write_report(&study, &rows.table, path);
        end = end == PLI_EXIT_OK ? pli_show(invocation, &answer, page) : end;
        end = end == PLI_EXIT_OK && study.chosen == PLM_NONE ? PLI_EXIT_FINDING : end;
    }
    pli_pool_finish(&study.pool);
    return end;
}

const pli_verb pli_verb_calibrate = {
    .name = "calibrate",
    .summary =
        "the frontier between strict and loose requirements, and the cheapest inside a budget",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail = "Runs the worlds of `simulate` under policy `planned` with all fractions of model "
              "tiered scaled from 50 to 200 %,\n"
              "and names the setting of least initial requirement whose mean bad debt is inside "
              "the budget. Exit 1 where none is.",
    .example = "plimsoll calibrate --seeds 2 --hours 1 --accounts 60",
    .run = run,
};
