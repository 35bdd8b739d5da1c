/* deep.c: which model, over which closes, made a forecast, and what it says today.     SPDX-License-Identifier: Apache-2.0 */
#include "cli/deep.h"

#include <string.h>

#include "cli/memory.h"

static const plm_forecast_spec specs[] = {
    {PLM_FORECAST_EWMA, 1, 0},    {PLM_FORECAST_EWMA, 1, 365},   {PLM_FORECAST_EWMA, 1, 500},
    {PLM_FORECAST_EWMA, 1, 1000}, {PLM_FORECAST_GARCH, 1, 0},    {PLM_FORECAST_GARCH, 1, 365},
    {PLM_FORECAST_GARCH, 1, 500}, {PLM_FORECAST_GARCH, 1, 1000}, {PLM_FORECAST_GARCH, 5, 0},
    {PLM_FORECAST_GARCH, 5, 365}, {PLM_FORECAST_GARCH, 5, 500},  {PLM_FORECAST_GARCH, 5, 1000},
};

#define ROWS(days, window)                                                                         \
    {PLM_FORECAST_EWMA, days, window}, {PLM_FORECAST_GARCH, days, window},                         \
        {PLM_FORECAST_HAR, days, window}, {PLM_FORECAST_HAR_LEVEL, days, window}, {                \
        PLM_FORECAST_RANGE, days, window                                                           \
    }

static const plm_forecast_spec candle_specs[] = {ROWS(1, 0), ROWS(1, 500), ROWS(1, 1000),
                                                 ROWS(5, 0), ROWS(5, 500), ROWS(5, 1000)};

const plm_forecast_spec *
pli_deep_candle_specs(size_t *count) {
    *count = sizeof candle_specs / sizeof candle_specs[0];
    return candle_specs;
}

const plm_forecast_spec *
pli_deep_specs(size_t *count) {
    *count = sizeof specs / sizeof specs[0];
    return specs;
}

/* The recipe whose name over these closes is `hash`, or NULL. */
static const plm_forecast_spec *
find_spec(pli_deep *deep, const plm_close_run *closes, const uint8_t *hash) {
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i += 1) {
        plm_named_forecast named;
        if (plm_forecast_closes_name(&specs[i], closes, deep->workspace, deep->workspace_size,
                                     &named) == PLM_OK &&
            memcmp(named.hash, hash, sizeof named.hash) == 0) {
            return &specs[i];
        }
    }
    return NULL;
}

size_t
pli_deep_days_before(const pli_forecast_days *file, int64_t time_ns) {
    size_t count = file->count;
    while (count > 0 && file->days[count - 1].day >= time_ns / PLM_DAY_NS) {
        count -= 1;
    }
    return count;
}

/* The recipe whose name over the days of this file before the event is the event's, or NULL. */
static const plm_forecast_spec *
find_candle_spec(const pli_forecast_days *file, size_t count, const uint8_t *hash) {
    for (size_t i = 0; i < sizeof candle_specs / sizeof candle_specs[0]; i += 1) {
        plm_named_forecast named;
        if (plm_forecast_days_name(&candle_specs[i], file->days, count, &named) == PLM_OK &&
            memcmp(named.hash, hash, sizeof named.hash) == 0) {
            return &candle_specs[i];
        }
    }
    return NULL;
}

static void
try_closes(pli_deep *deep, const plm_core *core, const plm_event_forecast *body,
           pli_deep_line *line) {
    plm_close_run closes = plm_core_closes(core, body->underlying_index);
    if (deep->workspace == NULL) {
        // Of the most closes that this venue ever keeps.
        deep->workspace_size = plm_forecast_closes_size(plm_core_limits_of(core)->history_count);
        deep->workspace = pli_must_block(&deep->pool, deep->workspace_size);
    }
    const plm_forecast_spec *spec = find_spec(deep, &closes, body->model_hash);
    plm_named_forecast made = {.volatility_ppm = 0};
    if (spec != NULL && plm_forecast_closes(spec, &closes, deep->workspace, deep->workspace_size,
                                            &made) == PLM_OK) {
        line->spec = *spec;
        line->found_ppm = made.volatility_ppm;
        line->is_equal = line->found_ppm == line->recorded_ppm;
    }
}

static void
try_candles(pli_deep *deep, const plm_event *event, pli_deep_line *line) {
    const plm_event_forecast *body = &event->forecast_body;
    for (uint32_t f = 0; f < deep->file_count && line->found_ppm == 0; f += 1) {
        const pli_forecast_days *file = &deep->files[f];
        size_t count = pli_deep_days_before(file, event->header.time_ns);
        const plm_forecast_spec *spec = find_candle_spec(file, count, body->model_hash);
        if (spec == NULL) {
            continue;
        }
        pli_pool pool = {.chunks = NULL};
        plm_named_forecast made;
        size_t size = plm_forecast_size(count);
        if (plm_forecast_days(spec, file->days, count, pli_must_block(&pool, size), size, &made) ==
            PLM_OK) {
            line->spec = *spec;
            line->path = file->path;
            line->found_ppm = made.volatility_ppm;
            line->is_equal =
                line->found_ppm == line->recorded_ppm && made.regime_ppm == body->regime_ppm;
        }
        pli_pool_finish(&pool);
    }
}

void
pli_deep_observe(pli_deep *deep, const plm_core *core, const plm_event *event,
                 const plm_outcome *outcome) {
    const plm_event_forecast *body = &event->forecast_body;
    if (event->header.type != PLM_EVENT_TYPE_FORECAST || outcome->reject != PLM_REJECT_NONE ||
        outcome->is_repeat) {
        return;
    }
    pli_deep_line line = {.sequence = outcome->sequence,
                          .underlying_index = body->underlying_index,
                          .recorded_ppm = body->volatility_ppm};
    try_closes(deep, core, body, &line);
    try_candles(deep, event, &line);
    deep->unknown += line.found_ppm == 0;
    deep->recomputed += line.is_equal;
    deep->differing += line.found_ppm != 0 && !line.is_equal;
    if (deep->line_count < PLI_DEEP_ROWS_MAX) {
        deep->lines[deep->line_count] = line;
        deep->line_count += 1;
    }
}

pli_rows
pli_deep_record(pli_pool *pool, const pli_deep *deep) {
    const pli_column columns[] = {
        pli_column_count("forecasts", "forecasts on record"),
        pli_column_count("recomputed", "computed again, equal"),
        pli_column_count("differs", "computed again, not equal"),
        pli_column_count("unknown", "of a model or days that are not here"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const pli_cell cells[COLUMNS] = {
        pli_cell_number((pli_i128)deep->recomputed + deep->differing + deep->unknown, 0),
        pli_cell_number((pli_i128)deep->recomputed, 0),
        pli_cell_toned(pli_cell_number((pli_i128)deep->differing, 0),
                       deep->differing == 0 ? PLI_TONE_PLAIN : PLI_TONE_BAD),
        pli_cell_number((pli_i128)deep->unknown, 0),
    };
    pli_rows rows = pli_rows_make(pool, "deep", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    return rows;
}

pli_rows
pli_deep_table(pli_pool *pool, const pli_deep *deep) {
    const pli_column columns[] = {
        pli_column_count("sequence", "event"),
        pli_column_count("underlying", "underlying"),
        pli_column_text("model", "model"),
        pli_column_count("horizon_days", "days ahead"),
        pli_column_count("window_days", "days fitted on, 0 all"),
        pli_column_number("recorded", "on record", "% a year", 4),
        pli_column_number("found", "computed again", "% a year", 4),
        pli_column_text("finding", "finding"),
        pli_column_text("source", "from"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pli_rows rows = pli_rows_make(pool, "forecasts", columns, COLUMNS, deep->line_count);
    for (uint32_t i = 0; i < deep->line_count; i += 1) {
        const pli_deep_line *line = &deep->lines[i];
        bool is_known = line->found_ppm != 0;
        const pli_cell cells[COLUMNS] = {
            pli_cell_number((pli_i128)line->sequence, 0),
            pli_cell_number(line->underlying_index, 0),
            is_known ? pli_cell_text(plm_forecast_name(line->spec.kind)) : pli_cell_none(),
            is_known ? pli_cell_number(line->spec.horizon_days, 0) : pli_cell_none(),
            is_known ? pli_cell_number(line->spec.window_days, 0) : pli_cell_none(),
            pli_cell_number(line->recorded_ppm, 4),
            is_known ? pli_cell_number(line->found_ppm, 4) : pli_cell_none(),
            pli_cell_text(!is_known        ? "unknown"
                          : line->is_equal ? "recomputed"
                                           : "differs"),
            is_known ? pli_cell_text(line->path != NULL ? line->path : "closes") : pli_cell_none(),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.note = "The first 1,000 forecasts.";
    return rows;
}
