/* forecast_fit.c: plimsoll forecast fit: every volatility model on past candles.        SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/forecast_days.h"
#include "cli/memory.h"
#include "cli/verbs.h"
#include "io/json_writer.h"
#include "io/time_text.h"
#include "os/file.h"

#define DATE_TEXT_SIZE 32
#define DATE_MAX 4000000

static const pli_option options[] = {
    {"horizon", "DAYS", "days that a forecast is the mean of: 1 to 22; standard 1"},
    {"window", "DAYS", "latest days that are fitted on: 315 to 100000; standard 1000"},
    {"before", "DATE", "leave out this day and all after it"},
    {"out", "MODELS.json", "write the models"},
    {"check", "MODELS.json", "fit again and compare: exit 1 where a bit differs"},
    {NULL, NULL, NULL},
};

/* work - the days, and what was fitted on them. */
typedef struct work {
    pli_pool pool;
    pli_forecast_days of;
    uint32_t horizon_days;
    uint32_t window_days;
    int64_t target_day;
    plm_status statuses[PLM_FORECAST_KIND_COUNT];
    plm_forecast_model models[PLM_FORECAST_KIND_COUNT];
    double variances[PLM_FORECAST_KIND_COUNT];
    plm_status regime_status;
    plm_regime_model regime;
    int64_t chance_ppm;
} work;

static void
fit_all(work *w) {
    size_t size = plm_forecast_size(w->of.count);
    void *memory = pli_must_block(&w->pool, size);
    w->target_day = w->of.days[w->of.count - 1].day + 1;
    size_t reach = w->window_days < w->of.count ? w->window_days : w->of.count;
    for (size_t k = 0; k < PLM_FORECAST_KIND_COUNT; k += 1) {
        const plm_forecast_spec spec = {.kind = (plm_forecast_kind)(k + 1),
                                        .horizon_days = w->horizon_days,
                                        .window_days = w->window_days};
        w->statuses[k] =
            plm_forecast_fit(&spec, w->of.days, w->of.count, memory, size, &w->models[k]);
        if (w->statuses[k] == PLM_OK) {
            w->statuses[k] = plm_forecast_next(&w->models[k], w->of.days + (w->of.count - reach),
                                               reach, w->target_day, &w->variances[k]);
        }
    }
    w->regime_status =
        plm_regime_fit(w->of.days, w->of.count, w->window_days, memory, size, &w->regime);
    if (w->regime_status == PLM_OK) {
        w->regime_status =
            plm_regime_next(&w->regime, w->of.days, w->of.count, w->target_day, &w->chance_ppm);
    }
}

static void
put_date(pli_json_writer *writer, const char *key, int64_t day) {
    char data[DATE_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_date_format(&text, day);
    pli_json_text(writer, key, data);
}

static void
put_coefficients(pli_json_writer *writer, const double *coefficients, uint32_t count) {
    pli_json_begin_array_inline(writer, "coefficients");
    for (uint32_t i = 0; i < count; i += 1) {
        pli_json_double(writer, NULL, coefficients[i]);
    }
    pli_json_end(writer);
}

static void
put_model(pli_json_writer *writer, const plm_forecast_model *model, double variance) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "model", plm_forecast_name(model->kind));
    put_date(writer, "first_day", model->first_day);
    put_date(writer, "last_day", model->last_day);
    pli_json_integer(writer, "rows", model->row_count);
    put_coefficients(writer, model->coefficients, model->coefficient_count);
    pli_json_double(writer, "smear", model->smear);
    pli_json_double(writer, "low", model->low);
    pli_json_double(writer, "high", model->high);
    pli_json_double(writer, "mean", model->mean);
    pli_json_double(writer, "variance_next", variance);
    pli_json_hex(writer, "days_hash", model->days_hash, PLM_FORECAST_HASH_SIZE);
    pli_json_end(writer);
}

static void
put_regime(pli_json_writer *writer, const work *w) {
    pli_json_begin_object(writer, "regime");
    put_date(writer, "first_day", w->regime.first_day);
    put_date(writer, "last_day", w->regime.last_day);
    pli_json_integer(writer, "rows", w->regime.row_count);
    pli_json_integer(writer, "high_days", w->regime.high_count);
    put_coefficients(writer, w->regime.coefficients, PLM_FORECAST_COEFFICIENTS);
    pli_json_decimal(writer, "chance_next", w->chance_ppm, 6);
    pli_json_hex(writer, "days_hash", w->regime.days_hash, PLM_FORECAST_HASH_SIZE);
    pli_json_end(writer);
}

static void
put_all(pli_json_writer *writer, const work *w) {
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "schema", "plimsoll-forecast-models/1");
    pli_json_integer(writer, "horizon_days", w->horizon_days);
    pli_json_integer(writer, "window_days", w->window_days);
    put_date(writer, "target_day", w->target_day);
    pli_json_begin_array(writer, "models");
    for (size_t k = 0; k < PLM_FORECAST_KIND_COUNT; k += 1) {
        if (w->statuses[k] == PLM_OK) {
            put_model(writer, &w->models[k], w->variances[k]);
        }
    }
    pli_json_end(writer);
    if (w->regime_status == PLM_OK) {
        put_regime(writer, w);
    }
    pli_json_end(writer);
}

static pli_table
make_table(work *w) {
    const pli_column columns[7] = {
        pli_column_text("model", "model"),
        pli_column_count("rows", "rows"),
        pli_column_number("volatility", "next volatility", "% a year", 2),
        pli_column_number("low", "lowest seen", "% a year", 2),
        pli_column_number("high", "highest seen", "% a year", 2),
        pli_column_number("smear", "smear", "", 4),
        pli_column_text("note", "note"),
    };
    pli_rows rows = pli_rows_make(&w->pool, "models", columns, 7, PLM_FORECAST_KIND_COUNT + 1u);
    for (size_t k = 0; k < PLM_FORECAST_KIND_COUNT; k += 1) {
        pli_cell cells[7] = {pli_cell_text(plm_forecast_name((plm_forecast_kind)(k + 1)))};
        const plm_forecast_model *model = &w->models[k];
        for (size_t i = 1; i < 7; i += 1) {
            cells[i] = pli_cell_none();
        }
        cells[6] = pli_cell_text(w->statuses[k] == PLM_OK ? "" : plm_status_text(w->statuses[k]));
        if (w->statuses[k] == PLM_OK) {
            cells[1] = pli_cell_number(model->row_count, 0);
            cells[2] = pli_cell_double(pli_annual_percent(w->variances[k]), 6);
            cells[3] = pli_cell_double(pli_annual_percent(model->low), 6);
            cells[4] = pli_cell_double(pli_annual_percent(model->high), 6);
            cells[5] = pli_cell_double(model->smear, 9);
        }
        pli_rows_add(&rows, cells);
    }
    rows.table.note = "har is the floor; which model may run is what `forecast evaluate` decides.";
    return rows.table;
}

static pli_table
make_regime_table(work *w) {
    const pli_column columns[4] = {
        pli_column_count("rows", "rows"),
        pli_column_count("high_days", "days of high volatility"),
        pli_column_number("chance", "chance of one next", "%", 2),
        pli_column_text("note", "note"),
    };
    pli_rows rows = pli_rows_make(&w->pool, "regime", columns, 4, 1);
    bool is_fitted = w->regime_status == PLM_OK;
    const pli_cell cells[4] = {
        is_fitted ? pli_cell_number(w->regime.row_count, 0) : pli_cell_none(),
        is_fitted ? pli_cell_number(w->regime.high_count, 0) : pli_cell_none(),
        is_fitted ? pli_cell_number(w->chance_ppm, 4) : pli_cell_none(),
        pli_cell_text(is_fitted ? "" : plm_status_text(w->regime_status)),
    };
    pli_rows_add(&rows, cells);
    rows.table.title = "Regime";
    rows.table.note = "High: above the 90th percentile of the 365 days before.";
    return rows.table;
}

// Whether a file holds what the writer does, byte for byte.
static pli_exit
compare_with(const pli_json_writer *writer, const char *path) {
    pli_bytes bytes = {.data = NULL};
    plm_fault fault = {.status = PLM_OK};
    if (pli_file_read(path, PLI_FILE_SIZE_MAX, &bytes, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    bool is_same = bytes.size == writer->size && memcmp(bytes.data, writer->data, bytes.size) == 0;
    pli_bytes_finish(&bytes);
    return is_same ? PLI_EXIT_OK : PLI_EXIT_FINDING;
}

static pli_exit
use_file(const work *w, const char *out, const char *check) {
    pli_exit end = PLI_EXIT_OK;
    plm_fault fault = {.status = PLM_OK};
    pli_json_writer writer = {.indent = 2};
    put_all(&writer, w);
    if (writer.status != PLM_OK ||
        (out != NULL && pli_json_writer_save(&writer, out, &fault) != PLM_OK)) {
        end = pli_fail_status(NULL, &fault);
    }
    if (end == PLI_EXIT_OK && check != NULL) {
        end = compare_with(&writer, check);
    }
    pli_json_writer_finish(&writer);
    return end;
}

static pli_exit
answer(const pli_invocation *invocation, work *w, pli_page *page) {
    static const int64_t horizons[2] = {1, PLM_FORECAST_HORIZON_MAX};
    static const int64_t windows[2] = {315, 100000};
    int64_t before = 0;
    if (!pli_option_count(invocation, "horizon", horizons, 1, &w->horizon_days) ||
        !pli_option_count(invocation, "window", windows, PLI_FORECAST_WINDOW_DAYS,
                          &w->window_days) ||
        !pli_option_date(invocation, "before", DATE_MAX, &before)) {
        return PLI_EXIT_USAGE;
    }
    pli_exit end = pli_forecast_days_read(invocation->operands[0], &w->pool, &w->of);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    while (w->of.count > 0 && w->of.days[w->of.count - 1].day >= before) {
        w->of.count -= 1;
    }
    if (w->of.count == 0) {
        return pli_fail_usage(w->of.path, ": no day is covered well enough", NULL);
    }
    fit_all(w);
    const pli_table tables[2] = {make_table(w), make_regime_table(w)};
    const pli_tables document = {
        .schema = "plimsoll-forecast-fit/1", .table_count = 2, .tables = tables};
    end = pli_show(invocation, &document, page);
    return end == PLI_EXIT_OK ? use_file(w, pli_argument_value(invocation, "out"),
                                         pli_argument_value(invocation, "check"))
                              : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    work w = {.horizon_days = 0};
    pli_exit end = answer(invocation, &w, page);
    pli_pool_finish(&w.pool);
    return end;
}

const pli_verb pli_verb_forecast_fit = {
    .name = "forecast fit",
    .summary = "fit volatility models to candles",
    .operands = "CANDLES.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Bars of any size up to a day, best an hour or less; a day with less than three quarters "
        "covered is left out.\n"
        "Equal candles give equal bits on every machine, so a model file can be checked by "
        "fitting again: --check.",
    .example = "plimsoll forecast fit examples/history/BTC.csv",
    .run = run,
};
