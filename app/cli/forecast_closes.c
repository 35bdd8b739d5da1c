/* forecast_closes.c: plimsoll forecast closes: what a venue's own closes say, as an event that its log can prove.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/deep.h"
#include "cli/forecast_days.h"
#include "cli/forecast_event.h"
#include "cli/memory.h"
#include "cli/venue.h"
#include "cli/verbs.h"

static const pli_option options[] = {
    {"underlying", "N", "place of the underlying in the venue's table; standard 0"},
    {"model", "NAME", "ewma or garch; standard garch"},
    {"horizon", "DAYS", "days that the forecast is the mean of: 1, for garch also 5; standard 1"},
    {"window", "DAYS",
     "latest returns that are fitted on: 365, 500, 1000, or 0 for all; standard 0"},
    {NULL, NULL, NULL},
};

/* The recipe asked for, or NULL after the reason: what `verify --deep` would not try is not offered. */
static const plm_forecast_spec *
choose(const pli_invocation *invocation, const char *model) {
    static const int64_t horizons[2] = {1, PLM_FORECAST_HORIZON_MAX};
    static const int64_t windows[2] = {0, 100000};
    uint32_t horizon = 0;
    uint32_t window = 0;
    size_t count = 0;
    if (!pli_option_count(invocation, "horizon", horizons, 1, &horizon) ||
        !pli_option_count(invocation, "window", windows, 0, &window)) {
        return NULL;
    }
    const plm_forecast_spec *specs = pli_deep_specs(&count);
    for (size_t i = 0; i < count; i += 1) {
        if (strcmp(plm_forecast_name(specs[i].kind), model) == 0 &&
            specs[i].horizon_days == horizon && specs[i].window_days == window) {
            return &specs[i];
        }
    }
    (void)pli_fail_usage("no such recipe: --model ewma or garch, --window 0, 365, 500 or 1000, "
                         "--horizon 1, for garch also 5",
                         NULL, NULL);
    return NULL;
}

static pli_exit
show(const pli_invocation *invocation, const plm_core *core, uint32_t underlying,
     const plm_forecast_spec *spec, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    plm_close_run closes = plm_core_closes(core, underlying);
    size_t size = plm_forecast_closes_size(closes.count);
    plm_named_forecast made;
    plm_status status =
        plm_forecast_closes(spec, &closes, pli_must_block(&pool, size + 1), size, &made);
    bool is_made = status == PLM_OK;
    const pli_column columns[] = {
        pli_column_text("model", "model"),
        pli_column_count("closes", "closes kept"),
        pli_column_number("volatility", "volatility", "% a year", 4),
        pli_column_text("event", "event"),
        pli_column_text("note", "note"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const pli_cell cells[COLUMNS] = {
        pli_cell_text(plm_forecast_name(spec->kind)),
        pli_cell_number((pli_i128)closes.count, 0),
        is_made ? pli_cell_number(made.volatility_ppm, 4) : pli_cell_none(),
        is_made ? pli_cell_text(pli_forecast_event(&pool, core, underlying, &made))
                : pli_cell_none(),
        is_made ? pli_cell_none() : pli_cell_text(plm_status_text(status)),
    };
    pli_rows rows = pli_rows_make(&pool, "forecast", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    const pli_tables answer = {
        .schema = "plimsoll-forecast-closes/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *model = pli_argument_value(invocation, "model");
    const plm_forecast_spec *spec = choose(invocation, model != NULL ? model : "garch");
    uint64_t underlying = 0;
    if (spec == NULL) {
        return PLI_EXIT_USAGE;
    }
    pli_exit end = pli_venue_count(invocation, "underlying", 0, UINT32_MAX - 1, &underlying);
    plm_engine *engine = NULL;
    if (end == PLI_EXIT_OK) {
        end = pli_venue_open_read(invocation, &engine);
    }
    if (end != PLI_EXIT_OK) {
        return end;
    }
    return pli_venue_close(
        engine, show(invocation, plm_engine_core(engine), (uint32_t)underlying, spec, page));
}

const pli_verb pli_verb_forecast_closes = {
    .name = "forecast closes",
    .summary = "a forecast from a venue's own closes, which its log can prove",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Fits on the daily closes that the venue has recorded and prints the FORECAST event to "
        "apply. Its hash names model, window and closes, so that `plimsoll verify DIR --deep` "
        "computes it again from the log alone and compares every digit.",
    .example = "plimsoll forecast closes build/venue",
    .run = run,
};
