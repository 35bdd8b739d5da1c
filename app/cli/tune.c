/* tune.c: plimsoll tune: the cheapest setting inside budgets, fitted before and reported after. SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case.h"
#include "cli/memory.h"
#include "cli/replay.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "num/rounding.h"
#include "study/tune.h"

#define LAMBDA_PPM INT64_C(940000)
#define SIZE_SCALE 1e9
#define NO_BUDGET 1e9

static const pli_option options[] = {
    {"fit", "FROM:TO", "the days that the setting is chosen on (needed), 1932-01-01:1990-12-31"},
    {"report", "FROM:TO", "later days that the choice is shown on; they decide nothing"},
    {"portfolio", "NAME", "one of the named portfolios (default: long)"},
    {"breaches", "SHARE", "budget of breaches, such as 1% (default 1%)"},
    {"mean", "SHARE", "budget of the mean requirement (default: none)"},
    {"peak-to-trough", "RATIO", "budget of the largest over the smallest (default: none)"},
    {"rise-5d", "SHARE", "budget of the largest rise over five days (default: none)"},
    {"lambdas", "A,B", "decays of the volatility to try (default 94%,96%,97%,98%,99%)"},
    {"buffers", "A,B", "shares added to a size, used up while sizes rise (default 0,25%)"},
    {"stresses", "A,B", "weights of the largest sizes so far (default 0,25%)"},
    {"floors", "A,B", "shares of the long-run mean (default 0,50%,75%,100%)"},
    {"bands", "A,B", "hysteresis: sizes fall only to so far above (default 0,10%)"},
    {"rises", "A,B", "speed limits of rises, 1000% for none (default 1000%,50%,15%,10%,5%)"},
    {"falls", "A,B", "speed limits of falls, 100% for none (default 100%,5%)"},
    {"notices", "A,B", "days between announcing a rise and its binding (default 0,1)"},
    {"all", NULL, "list every setting tried, not only those that nothing dominates"},
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

enum { LISTS_COUNT = 7, VALUES_MAX = 16, LAMBDAS_MAX = 16, SETTINGS_MAX = 200000 };

/* What is tried of each tool; a setting is one value of every list. */
static const struct {
    const char *option;
    const char *standard;
    size_t offset; /* of the field */
    bool is_count;
} lists[LISTS_COUNT] = {
    {"buffers", "0,25%", offsetof(plm_procyclicality_parameters, buffer_ppm), false},
    {"stresses", "0,25%", offsetof(plm_procyclicality_parameters, stressed_weight_ppm), false},
    {"floors", "0,50%,75%,100%", offsetof(plm_procyclicality_parameters, floor_ppm), false},
    {"bands", "0,10%", offsetof(plm_procyclicality_parameters, band_ppm), false},
    {"rises", "1000%,50%,15%,10%,5%", offsetof(plm_procyclicality_parameters, rise_max_ppm), false},
    {"falls", "100%,5%", offsetof(plm_procyclicality_parameters, fall_max_ppm), false},
    {"notices", "0,1", offsetof(plm_procyclicality_parameters, notice_steps), true},
};

typedef struct tried {
    uint32_t count;
    int64_t values[VALUES_MAX];
} tried;

typedef struct setting {
    int64_t lambda_ppm;
    int64_t scaling;
    plm_procyclicality_parameters tools;
} setting;

typedef struct days_range {
    bool is_given;
    int64_t from, to;
} days_range;

typedef struct tuning {
    pli_pool pool;
    const char *path;
    pli_parameter_book parameters;
    days_range fit, report;
    pli_budget budget;
    uint32_t portfolio;
    double level;
    uint32_t lambda_count;
    int64_t lambdas[LAMBDAS_MAX];
    tried lists[LISTS_COUNT];
    uint32_t tools_count; /* product of the lists */
    uint32_t count;
    setting *settings;
    pli_score *fits;
    pli_score *reports;
} tuning;

static pli_exit
read_range(const pli_invocation *invocation, const char *option, days_range *range) {
    const char *text = pli_argument_value(invocation, option);
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    char from[16];
    pli_text first = pli_text_init(from, sizeof from);
    const char *colon = strchr(text, ':');
    pli_text_append_bytes(&first, text, colon == NULL ? 0 : (size_t)(colon - text));
    if (colon == NULL || !pli_day_parse(from, &range->from) ||
        !pli_day_parse(colon + 1, &range->to) || range->from > range->to) {
        return pli_fail_usage("days are written 1932-01-01:1990-12-31; seen was ", text, NULL);
    }
    range->is_given = true;
    return PLI_EXIT_OK;
}

// A number, or with % at its end a hundredth of it.
static bool
parse_share(const char *text, size_t size, double *share) {
    char word[32];
    pli_text copy = pli_text_init(word, sizeof word);
    pli_text_append_bytes(&copy, text, size);
    char *end = NULL;
    double value = strtod(word, &end);
    bool is_percent = *end == '%';
    bool is_number = end != word && end[is_percent ? 1 : 0] == '\0' && !copy.is_truncated;
    if (!is_number || !(value >= 0.0 && value <= NO_BUDGET)) {
        return false;
    }
    *share = is_percent ? value / 100.0 : value;
    return true;
}

static pli_exit
read_budget(const pli_invocation *invocation, const char *option, double otherwise,
            double *budget) {
    const char *text = pli_argument_value(invocation, option);
    *budget = otherwise;
    if (text != NULL && (!parse_share(text, strlen(text), budget) || !(*budget > 0.0))) {
        return pli_fail_usage("a budget is a number above 0 such as 1% or 5.8; seen was ", text,
                              NULL);
    }
    return PLI_EXIT_OK;
}

static pli_exit
read_lambdas(const pli_invocation *invocation, tuning *run) {
    const char *list = pli_argument_value(invocation, "lambdas");
    list = list == NULL ? "94%,96%,97%,98%,99%" : list;
    while (*list != '\0') {
        size_t size = strcspn(list, ",");
        double share = 0.0;
        int64_t ppm = 0;
        if (run->lambda_count == LAMBDAS_MAX || !parse_share(list, size, &share) ||
            pli_i64_from_double_half_even(share * 1e6, &ppm) != PLM_OK || ppm < 800000 ||
            ppm > 999999) {
            return pli_fail_usage("--lambdas lists up to 16 decays from 80% to 99.9999%; seen was ",
                                  list, NULL);
        }
        run->lambdas[run->lambda_count] = ppm;
        run->lambda_count += 1;
        list += size + (list[size] == ',' ? 1 : 0);
    }
    return PLI_EXIT_OK;
}

// The bounds of a value are those of its field in the record.
static bool
is_allowed(const tuning *run, uint32_t list, int64_t value) {
    plm_procyclicality_parameters tools = run->parameters.procyclicality;
    memcpy((char *)&tools + lists[list].offset, &value, sizeof value);
    return plm_record_check(&plm_procyclicality_descriptor, &tools, NULL) == PLM_OK;
}

static pli_exit
read_list(const pli_invocation *invocation, tuning *run, uint32_t list) {
    const char *text = pli_argument_value(invocation, lists[list].option);
    const char *from = text == NULL ? lists[list].standard : text;
    tried *into = &run->lists[list];
    do {
        size_t size = strcspn(from, ",");
        double share = 0.0;
        int64_t value = 0;
        if (into->count == VALUES_MAX || !parse_share(from, size, &share) ||
            pli_i64_from_double_half_even(lists[list].is_count ? share : share * 1e6, &value) !=
                PLM_OK ||
            !is_allowed(run, list, value)) {
            return pli_fail_usage("a list of what is tried has up to 16 values inside the bounds "
                                  "that plimsoll params shows for procyclicality; seen was ",
                                  from, NULL);
        }
        into->values[into->count] = value;
        into->count += 1;
        from += size + (from[size] == ',' ? 1 : 0);
    } while (*from != '\0');
    return PLI_EXIT_OK;
}

static pli_exit
read_lists(const pli_invocation *invocation, tuning *run) {
    uint64_t product = 1;
    for (uint32_t i = 0; i < LISTS_COUNT; i += 1) {
        pli_exit end = read_list(invocation, run, i);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        product *= run->lists[i].count;
    }
    if (product * run->lambda_count * 2 > SETTINGS_MAX) {
        return pli_fail_usage("more than 200000 settings to try; shorten the lists", NULL, NULL);
    }
    run->tools_count = (uint32_t)product;
    return PLI_EXIT_OK;
}

static pli_exit
read_portfolio(const pli_invocation *invocation, tuning *run) {
    const char *name = pli_argument_value(invocation, "portfolio");
    while (name != NULL && pli_archetype_name(run->portfolio) != NULL &&
           strcmp(pli_archetype_name(run->portfolio), name) != 0) {
        run->portfolio += 1;
    }
    return pli_archetype_name(run->portfolio) != NULL
               ? PLI_EXIT_OK
               : pli_fail_usage("--portfolio: none is named ", name, NULL);
}

static pli_exit
read_question(const pli_invocation *invocation, tuning *run) {
    pli_exit end = read_range(invocation, "fit", &run->fit);
    end = end == PLI_EXIT_OK ? read_range(invocation, "report", &run->report) : end;
    if (end == PLI_EXIT_OK && !run->fit.is_given) {
        return pli_fail_usage("--fit is needed: the days that the setting is chosen on", NULL,
                              NULL);
    }
    if (end == PLI_EXIT_OK && run->report.is_given && run->report.from <= run->fit.to) {
        return pli_fail_usage("--report begins before --fit has ended: nothing is reported on days "
                              "that it was chosen on",
                              NULL, NULL);
    }
    pli_budget *budget = &run->budget;
    end = end == PLI_EXIT_OK ? read_budget(invocation, "breaches", 0.01, &budget->rate) : end;
    end = end == PLI_EXIT_OK ? read_budget(invocation, "mean", NO_BUDGET, &budget->mean) : end;
    end = end == PLI_EXIT_OK
              ? read_budget(invocation, "peak-to-trough", NO_BUDGET, &budget->peak_to_trough)
              : end;
    end =
        end == PLI_EXIT_OK ? read_budget(invocation, "rise-5d", NO_BUDGET, &budget->rise_5d) : end;
    end = end == PLI_EXIT_OK ? read_lambdas(invocation, run) : end;
    end = end == PLI_EXIT_OK ? read_lists(invocation, run) : end;
    return end == PLI_EXIT_OK ? read_portfolio(invocation, run) : end;
}

/* The raw sizes and losses of one setting of the core, day by day. */
typedef struct raw_days {
    uint32_t count;
    double *sizes;
    double *losses;
    int64_t *days;
} raw_days;

static raw_days
take_days(pli_pool *pool, const pli_replay *replay) {
    raw_days raw = {.count = replay->instant_count,
                    .sizes = PLI_MUST_TAKE(pool, replay->instant_count, double),
                    .losses = PLI_MUST_TAKE(pool, replay->instant_count, double),
                    .days = PLI_MUST_TAKE(pool, replay->instant_count, int64_t)};
    for (uint32_t i = 0; i < raw.count; i += 1) {
        double size = (double)replay->answers[i].tail_micros / replay->notionals[i];
        raw.sizes[i] = size > 1.0 / SIZE_SCALE ? size : 1.0 / SIZE_SCALE;
        raw.losses[i] = -replay->profits[i] / replay->notionals[i];
        raw.days[i] = pli_replay_day(replay, i);
    }
    return raw;
}

static plm_status
apply_tools(const plm_procyclicality_parameters *tools, const raw_days *raw, double *sizes) {
    static plm_procyclicality state;
    state = (plm_procyclicality){.step_count = 0};
    for (uint32_t i = 0; i < raw->count; i += 1) {
        int64_t before = 0;
        int64_t after = 0;
        plm_status status = pli_i64_from_double_ceil(raw->sizes[i] * SIZE_SCALE, &before);
        if (status == PLM_OK) {
            status = plm_procyclicality_step(&state, tools, before, &after);
        }
        if (status != PLM_OK) {
            return status;
        }
        sizes[i] = (double)after / SIZE_SCALE;
    }
    return PLM_OK;
}

static plm_status
score_range(const tuning *run, const raw_days *raw, const double *sizes, const days_range *range,
            pli_score *score) {
    uint32_t begin = 0;
    while (begin < raw->count && raw->days[begin] < range->from) {
        begin += 1;
    }
    uint32_t end = begin;
    while (end < raw->count && raw->days[end] <= range->to) {
        end += 1;
    }
    pli_pool pool = {.chunks = NULL};
    uint8_t *is_breach = PLI_MUST_TAKE(&pool, end - begin + 1u, uint8_t);
    plm_status status = pli_score_measure(sizes + begin, raw->losses + begin, end - begin,
                                          run->level, is_breach, score);
    pli_pool_finish(&pool);
    return status;
}

// The tools of one combination, the lists being the digits of its number.
static void
choose_tools(const tuning *run, uint32_t number, plm_procyclicality_parameters *tools) {
    for (uint32_t i = 0; i < LISTS_COUNT; i += 1) {
        const tried *list = &run->lists[i];
        memcpy((char *)tools + lists[i].offset, &list->values[number % list->count],
               sizeof list->values[0]);
        number /= list->count;
    }
}

static pli_exit
try_tools(tuning *run, const raw_days *raw, const setting *core) {
    pli_pool pool = {.chunks = NULL};
    double *sizes = PLI_MUST_TAKE(&pool, raw->count, double);
    plm_fault fault = {.status = PLM_OK};
    for (uint32_t i = 0; i < run->tools_count && fault.status == PLM_OK; i += 1) {
        setting *at = &run->settings[run->count];
        *at = *core;
        choose_tools(run, i, &at->tools);
        fault.status = apply_tools(&at->tools, raw, sizes);
        if (fault.status == PLM_OK) {
            fault.status = score_range(run, raw, sizes, &run->fit, &run->fits[run->count]);
        }
        if (fault.status == PLM_OK && run->report.is_given) {
            fault.status = score_range(run, raw, sizes, &run->report, &run->reports[run->count]);
        }
        run->count += 1;
    }
    pli_pool_finish(&pool);
    return fault.status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(run->path, &fault);
}

static pli_exit
try_core(tuning *run, const setting *core) {
    run->parameters.scenario_maintenance.history_lambda_ppm = core->lambda_ppm;
    run->parameters.scenario_maintenance.history_scaling = core->scaling;
    run->parameters.scenario_initial = run->parameters.scenario_maintenance;
    pli_replay_ask ask = {.parameters = &run->parameters,
                          .tail_record = run->parameters.portfolio,
                          .model_count = 1,
                          .portfolio_mask = 1u << run->portfolio,
                          .from_day = run->fit.from,
                          .to_day = run->report.is_given ? run->report.to : run->fit.to,
                          .step_s = 86400,
                          .lambda_ppm = LAMBDA_PPM};
    ask.tail_record.measure = 2;
    ask.models[0] = (pli_backtest_model){&plm_model_portfolio, &ask.tail_record};
    pli_replay replay = {.path = run->path};
    pli_exit end = pli_replay_open(run->path, NULL, &ask, &replay);
    end = end == PLI_EXIT_OK ? pli_replay_run(&ask, &replay) : end;
    if (end == PLI_EXIT_OK) {
        raw_days raw = take_days(&replay.pool, &replay);
        end = try_tools(run, &raw, core);
    }
    pli_replay_finish(&replay);
    return end;
}

static pli_exit
try_all(tuning *run) {
    uint32_t room = run->lambda_count * 2 * run->tools_count;
    run->settings = PLI_MUST_TAKE(&run->pool, room, setting);
    run->fits = PLI_MUST_TAKE(&run->pool, room, pli_score);
    run->reports = PLI_MUST_TAKE(&run->pool, room, pli_score);
    pli_exit end = PLI_EXIT_OK;
    for (uint32_t i = 0; i < run->lambda_count * 2 && end == PLI_EXIT_OK; i += 1) {
        setting core = {.lambda_ppm = run->lambdas[i / 2],
                        .scaling = i % 2 == 0 ? PLM_HISTORY_SCALING_MID : PLM_HISTORY_SCALING_PLAIN,
                        .tools = run->parameters.procyclicality};
        end = try_core(run, &core);
    }
    return end;
}

static void
add_score_cells(const pli_score *score, bool is_given, pli_cell cells[6]) {
    cells[0] = is_given ? pli_cell_number(score->breach_count, 0) : pli_cell_none();
    cells[1] = is_given ? pli_cell_double(score->rate * 100, 4) : pli_cell_none();
    cells[2] = is_given ? pli_cell_double(score->cycle.mean * 100, 6) : pli_cell_none();
    cells[3] = is_given ? pli_cell_double(score->cycle.peak_to_trough, 4) : pli_cell_none();
    cells[4] = is_given ? pli_cell_double(score->cycle.rises[1] * 100, 4) : pli_cell_none();
    cells[5] = is_given ? pli_cell_double(score->worst * 100, 4) : pli_cell_none();
}

static void
add_setting(const tuning *run, pli_rows *rows, uint32_t index) {
    const setting *of = &run->settings[index];
    const plm_procyclicality_parameters *tools = &of->tools;
    pli_cell cells[10 + 12] = {
        pli_cell_number(of->lambda_ppm, 4),
        pli_cell_text(of->scaling == PLM_HISTORY_SCALING_MID ? "mid" : "plain"),
        pli_cell_number(tools->buffer_ppm, 4),
        pli_cell_number(tools->stressed_weight_ppm, 4),
        pli_cell_number(tools->floor_ppm, 4),
        pli_cell_number(tools->band_ppm, 4),
        tools->rise_max_ppm == PLM_PROCYCLICALITY_RISE_NONE
            ? pli_cell_none()
            : pli_cell_number(tools->rise_max_ppm, 4),
        tools->fall_max_ppm == PLM_PROCYCLICALITY_FALL_NONE
            ? pli_cell_none()
            : pli_cell_number(tools->fall_max_ppm, 4),
        pli_cell_number(tools->notice_steps, 0),
        pli_cell_flag(pli_tune_meets(&run->fits[index], &run->budget)),
    };
    add_score_cells(&run->fits[index], true, cells + 10);
    add_score_cells(&run->reports[index], run->report.is_given, cells + 16);
    pli_rows_add(rows, cells);
}

static pli_rows
make_rows(tuning *run, const char *key, uint32_t capacity) {
    const pli_column columns[] = {
        pli_column_number("lambda", "lambda", "%", 2),
        pli_column_text("scaling", "scaling"),
        pli_column_number("buffer", "buffer", "%", 0),
        pli_column_number("stressed_weight", "stressed", "%", 0),
        pli_column_number("floor", "floor", "%", 0),
        pli_column_number("band", "band", "%", 0),
        pli_column_number("rise_max", "rise/day", "%", 0),
        pli_column_number("fall_max", "fall/day", "%", 0),
        pli_column_count("notice", "notice"),
        pli_column_text("meets_budget", "in budget"),
        pli_column_count("fit_breaches", "breaches"),
        pli_column_number("fit_rate", "fit: rate", "%", 2),
        pli_column_number("fit_mean", "mean", "%", 3),
        pli_column_number("fit_peak_to_trough", "peak/trough", "", 2),
        pli_column_number("fit_rise_5d", "5 d rise", "%", 1),
        pli_column_number("fit_worst", "worst", "% over", 0),
        pli_column_count("report_breaches", "breaches"),
        pli_column_number("report_rate", "report: rate", "%", 2),
        pli_column_number("report_mean", "mean", "%", 3),
        pli_column_number("report_peak_to_trough", "peak/trough", "", 2),
        pli_column_number("report_rise_5d", "5 d rise", "%", 1),
        pli_column_number("report_worst", "worst", "% over", 0),
    };
    return pli_rows_make(&run->pool, key, columns, sizeof columns / sizeof columns[0], capacity);
}

static pli_exit
show(const pli_invocation *invocation, tuning *run, pli_page *page) {
    uint32_t chosen = pli_tune_choose(run->fits, run->count, &run->budget);
    uint8_t *is_on = PLI_MUST_TAKE(&run->pool, run->count, uint8_t);
    pli_tune_frontier(run->fits, run->count, is_on);
    pli_rows first = make_rows(run, "chosen", 1);
    first.table.title = "The cheapest setting inside the budget";
    if (chosen != PLM_NONE) {
        add_setting(run, &first, chosen);
    } else {
        first.table.note = "No setting meets the budget on the days of --fit.";
    }
    pli_rows others = make_rows(run, "settings", run->count);
    for (uint32_t i = 0; i < run->count; i += 1) {
        if (is_on[i] != 0 || pli_argument_is_given(invocation, "all")) {
            add_setting(run, &others, i);
        }
    }
    others.table.title = "Settings that no other dominates on the days of --fit";
    others.table.note =
        "The report columns decide nothing: the choice knows the days of --fit only.";
    const pli_table tables[2] = {first.table, others.table};
    const pli_tables answer = {.schema = "plimsoll-tune/1", .table_count = 2, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    return end == PLI_EXIT_OK && chosen == PLM_NONE ? PLI_EXIT_FINDING : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    static tuning asked;
    asked = (tuning){.path = invocation->operands[0]};
    pli_parameters_init(&asked.parameters);
    const char *config = pli_argument_value(invocation, "config");
    plm_fault fault = {.status = PLM_OK};
    if (config != NULL && pli_parameters_read(config, &asked.parameters, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    asked.level = 1.0 - (double)asked.parameters.portfolio.confidence_ppm / 1e6;
    pli_exit end = read_question(invocation, &asked);
    end = end == PLI_EXIT_OK ? try_all(&asked) : end;
    end = end == PLI_EXIT_OK ? show(invocation, &asked, page) : end;
    pli_pool_finish(&asked.pool);
    pli_parameters_finish(&asked.parameters);
    return end;
}

const pli_verb pli_verb_tune = {
    .name = "tune",
    .summary = "the cheapest setting inside budgets of coverage and procyclicality",
    .operands = "CANDLES.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Tries decays and scalings of the history with every combination of buffer, stressed "
              "weight, floor, band,\n"
              "speed limits and notice on the core's value at risk of one portfolio. The choice is "
              "made on the days of --fit;\n"
              "those of --report come later and are only shown. Exit 1 where no setting meets the "
              "budget.",
    .example = "plimsoll tune examples/history/BTC.csv --fit 2025-10-04:2026-01-31 --report "
               "2026-02-01:2026-03-01 --breaches 5% --rise-5d 30% --lambdas 97%",
    .run = run,
};
