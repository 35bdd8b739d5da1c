/* backtest.c: plimsoll backtest: any model over any history, coverage, cost and procyclicality. SPDX-License-Identifier: Apache-2.0 */
#include "cli/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "cli/memory.h"
#include "cli/verbs.h"

#define SERIES_MAX 8u
#define NAME_SIZE 64
#define LAMBDA_PPM INT64_C(940000)
#define SIMULATIONS 1000u
#define SIMULATIONS_MAX 1000000u

static const pli_option options[] = {
    {"from", "YYYY-MM-DD", "first day of an instant (default: the first with enough history)"},
    {"to", "YYYY-MM-DD", "last day of an instant (default: the last whose window is over)"},
    {"step", "1d|1h|15m|5m", "distance of instants; tests use those a horizon apart (default 1d)"},
    {"older", "A,B", "per operand a file for what lies before and after it, or - for none"},
    {"portfolios", "A,B", "of long, short, calendar, short-strangle, long-straddle, short-put"},
    {"models", "A,B", "beside the core's value at risk (default: portfolio,tiered)"},
    {"market", "MARKET.json", "with --portfolio: these instead; --config names the histories"},
    {"portfolio", "FILE.json", "the margin groups of this file, carried through history"},
    {"living", NULL, "also what a venue would have in force: recalibrated, announced, limited"},
    {"simulations", "N", "of the nulls of the shortfall tests, 0 for none (default 1000)"},
    {"seed", "N", "of those simulations (default 1)"},
    {"report", "FILE.html", "also write a page with plots, one file that opens offline"},
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

// Takes the next name of a comma-separated list; false at its end.
static bool
next_name(const char **list, char name[NAME_SIZE]) {
    if (*list == NULL || **list == '\0') {
        return false;
    }
    size_t size = strcspn(*list, ",");
    pli_text text = pli_text_init(name, NAME_SIZE);
    pli_text_append_bytes(&text, *list, size);
    *list += size + ((*list)[size] == ',' ? 1 : 0);
    return true;
}

static pli_exit
choose_portfolios(const pli_invocation *invocation, pli_replay_ask *ask) {
    const char *list = pli_argument_value(invocation, "portfolios");
    ask->portfolio_mask = list == NULL ? (1u << PLI_ARCHETYPE_COUNT) - 1 : 0;
    char name[NAME_SIZE];
    while (next_name(&list, name)) {
        uint32_t index = 0;
        while (pli_archetype_name(index) != NULL && strcmp(pli_archetype_name(index), name) != 0) {
            index += 1;
        }
        if (pli_archetype_name(index) == NULL) {
            return pli_fail_usage("--portfolios: no portfolio is named ", name, NULL);
        }
        ask->portfolio_mask |= 1u << index;
    }
    return PLI_EXIT_OK;
}

static pli_exit
choose_models(const pli_invocation *invocation, pli_replay_ask *ask) {
    const char *list = pli_argument_value(invocation, "models");
    list = list == NULL ? "portfolio,tiered" : list;
    ask->tail_record = ask->parameters->portfolio;
    ask->tail_record.measure = 2;
    ask->models[0] = (pli_backtest_model){&plm_model_portfolio, &ask->tail_record};
    ask->model_count = 1;
    char name[NAME_SIZE];
    while (next_name(&list, name)) {
        const plm_model *model = plm_model_find(name);
        if (model == NULL) {
            return pli_fail_usage("--models: no model is named ", name,
                                  "; plimsoll models lists them");
        }
        if (ask->model_count == PLI_REPLAY_MODELS_MAX) {
            return pli_fail_usage("--models names too many", NULL, NULL);
        }
        ask->models[ask->model_count] =
            (pli_backtest_model){model, pli_parameters_record(ask->parameters, model->descriptor)};
        ask->model_count += 1;
    }
    return PLI_EXIT_OK;
}

static pli_exit
choose_day(const pli_invocation *invocation, const char *option, int64_t otherwise, int64_t *day) {
    const char *text = pli_argument_value(invocation, option);
    *day = otherwise;
    if (text != NULL && !pli_day_parse(text, day)) {
        return pli_fail_usage("a day is written 2020-03-12; seen was ", text, NULL);
    }
    return PLI_EXIT_OK;
}

static pli_exit
choose_step(const pli_invocation *invocation, pli_replay_ask *ask) {
    static const struct {
        const char *text;
        int64_t seconds;
    } steps[] = {{"1d", 86400}, {"1h", 3600}, {"15m", 900}, {"5m", 300}};
    const char *text = pli_argument_value(invocation, "step");
    ask->step_s = 86400;
    for (size_t i = 0; text != NULL; i += 1) {
        if (i == sizeof steps / sizeof steps[0]) {
            return pli_fail_usage("--step is ", text, "; allowed is 1d, 1h, 15m or 5m");
        }
        if (strcmp(steps[i].text, text) == 0) {
            ask->step_s = steps[i].seconds;
            break;
        }
    }
    return PLI_EXIT_OK;
}

static pli_exit
choose_count(const pli_invocation *invocation, const char *option, uint32_t otherwise,
             uint32_t *count) {
    const char *text = pli_argument_value(invocation, option);
    *count = otherwise;
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > SIMULATIONS_MAX) {
        return pli_fail_usage("a count is a whole number up to 1000000; seen was ", text, NULL);
    }
    *count = (uint32_t)value;
    return PLI_EXIT_OK;
}

static void
add_kind(pli_backtested *tested, pli_kind kind) {
    tested->kinds[tested->kind_count] = kind;
    tested->kind_count += 1;
}

static const char *
join_words(pli_pool *pool, const char *first, const char *second) {
    char *both = PLI_MUST_TAKE(pool, strlen(first) + strlen(second) + 1, char);
    strcpy(both, first);
    strcat(both, second);
    return both;
}

static bool
is_shipped(const plm_procyclicality_parameters *record) {
    plm_procyclicality_parameters shipped;
    plm_record_init(&plm_procyclicality_descriptor, &shipped);
    return memcmp(&shipped, record, sizeof shipped) == 0;
}

static void
add_requirements(const pli_replay_ask *ask, pli_backtested *tested, uint32_t model,
                 bool is_living) {
    const char *name = ask->models[model].model->name;
    const char *first = is_living ? " maintenance living" : " maintenance";
    const char *second = is_living ? " initial living" : " initial";
    add_kind(tested, (pli_kind){.name = join_words(&tested->pool, name, first),
                                .model = model,
                                .is_living = is_living});
    add_kind(tested, (pli_kind){.name = join_words(&tested->pool, name, second),
                                .model = model,
                                .is_initial = true,
                                .is_living = is_living});
}

// The core's value at risk first, then every model's two requirements; what is in force beside what is raw.
static void
list_kinds(const pli_replay_ask *ask, pli_backtested *tested) {
    bool has_tools = !is_shipped(tested->procyclicality);
    add_kind(tested, (pli_kind){.name = "core VaR", .is_tail = true});
    if (has_tools) {
        add_kind(tested,
                 (pli_kind){.name = "core VaR in force", .is_tail = true, .is_in_force = true});
    }
    for (uint32_t m = 1; m < ask->model_count; m += 1) {
        add_requirements(ask, tested, m, false);
        if (ask->has_living) {
            add_requirements(ask, tested, m, true);
        }
    }
    if (has_tools && ask->model_count > 1) {
        const char *name = ask->models[1].model->name;
        add_kind(tested,
                 (pli_kind){.name = join_words(&tested->pool, name, " maintenance in force"),
                            .model = 1,
                            .is_in_force = true});
    }
}

static pli_exit
choose(const pli_invocation *invocation, const pli_parameter_book *parameters, pli_replay_ask *ask,
       pli_backtested *tested) {
    *ask = (pli_replay_ask){.parameters = parameters, .lambda_ppm = LAMBDA_PPM};
    uint32_t seed = 0;
    pli_exit end = choose_portfolios(invocation, ask);
    end = end == PLI_EXIT_OK ? choose_models(invocation, ask) : end;
    end = end == PLI_EXIT_OK ? choose_day(invocation, "from", -100000, &ask->from_day) : end;
    end = end == PLI_EXIT_OK ? choose_day(invocation, "to", 100000, &ask->to_day) : end;
    end = end == PLI_EXIT_OK ? choose_step(invocation, ask) : end;
    end = end == PLI_EXIT_OK
              ? choose_count(invocation, "simulations", SIMULATIONS, &tested->simulation_count)
              : end;
    end = end == PLI_EXIT_OK ? choose_count(invocation, "seed", 1, &seed) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    ask->has_samples = tested->simulation_count > 0;
    ask->has_living = pli_argument_is_given(invocation, "living");
    tested->seed = seed;
    tested->level = 1.0 - (double)parameters->portfolio.confidence_ppm / 1e6;
    tested->procyclicality = &parameters->procyclicality;
    tested->portfolio_record = &parameters->portfolio;
    list_kinds(ask, tested);
    return PLI_EXIT_OK;
}

// The file that stands beside operand `index` in --older; NULL where none does.
static const char *
older_of(const pli_invocation *invocation, uint32_t index, pli_pool *pool) {
    const char *list = pli_argument_value(invocation, "older");
    for (uint32_t i = 0; list != NULL && i < index; i += 1) {
        list = strchr(list, ',');
        list = list == NULL ? NULL : list + 1;
    }
    if (list == NULL) {
        return NULL;
    }
    size_t size = strcspn(list, ",");
    char *path = PLI_MUST_TAKE(pool, size + 1, char);
    memcpy(path, list, size);
    return strcmp(path, "-") == 0 || size == 0 ? NULL : path;
}

static pli_exit
replay_all(const pli_invocation *invocation, const pli_replay_ask *ask, pli_backtested *tested) {
    const char *market = pli_argument_value(invocation, "market");
    const char *portfolio = pli_argument_value(invocation, "portfolio");
    if ((market != NULL) != (portfolio != NULL)) {
        return pli_fail_usage("--market and --portfolio belong together", NULL, NULL);
    }
    if ((market != NULL) == (invocation->operand_count > 0)) {
        return pli_fail_usage("give candle files, or --market and --portfolio", NULL, NULL);
    }
    uint32_t count = market != NULL ? 1 : invocation->operand_count;
    tested->replays = PLI_MUST_TAKE(&tested->pool, count, pli_replay);
    for (uint32_t i = 0; i < count; i += 1) {
        pli_replay *replay = &tested->replays[i];
        tested->replay_count += 1;
        pli_exit end = market != NULL
                           ? pli_replay_open_market(market, portfolio, ask, replay)
                           : pli_replay_open(invocation->operands[i],
                                             older_of(invocation, i, &tested->pool), ask, replay);
        end = end == PLI_EXIT_OK ? pli_replay_run(ask, replay) : end;
        if (end != PLI_EXIT_OK) {
            return end;
        }
    }
    return PLI_EXIT_OK;
}

static pli_exit
show(const pli_invocation *invocation, pli_backtested *tested, pli_page *page) {
    pli_table tables[PLI_BACKTEST_TABLE_COUNT];
    bool has_days = invocation->table_key != NULL && strcmp(invocation->table_key, "days") == 0;
    pli_backtest_tables(tested, has_days, tables);
    const pli_tables answer = {
        .schema = "plimsoll-backtest/1", .table_count = has_days ? 3 : 2, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    const char *path = pli_argument_value(invocation, "report");
    if (end == PLI_EXIT_OK && path != NULL) {
        pli_page report = {.data = NULL};
        pli_backtest_page(tested, tables, &report);
        end = pli_report_write(&report, path);
    }
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_parameter_book parameters;
    pli_parameters_init(&parameters);
    const char *config = pli_argument_value(invocation, "config");
    plm_fault fault = {.status = PLM_OK};
    if (config != NULL && pli_parameters_read(config, &parameters, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_replay_ask ask;
    pli_backtested tested = {.kind_count = 0};
    pli_exit end = choose(invocation, &parameters, &ask, &tested);
    end = end == PLI_EXIT_OK ? replay_all(invocation, &ask, &tested) : end;
    end = end == PLI_EXIT_OK ? pli_backtest_score(&tested) : end;
    end = end == PLI_EXIT_OK ? show(invocation, &tested, page) : end;
    for (uint32_t i = 0; i < tested.replay_count; i += 1) {
        pli_replay_finish(&tested.replays[i]);
    }
    pli_pool_finish(&tested.pool);
    pli_parameters_finish(&parameters);
    return end;
}

const pli_verb pli_verb_backtest = {
    .name = "backtest",
    .summary = "models over years of prices: coverage, breaches, cost, procyclicality",
    .operands = "[CANDLES.csv[.gz]...]",
    .operand_min = 0,
    .operand_max = SERIES_MAX,
    .options = options,
    .detail = "Each instant is built from its past only: the scenario history, the volatility and "
              "the requirement of each model;\n"
              "then the loss of the window that begins there (the maintenance horizon) is held "
              "against it. Option portfolios\n"
              "keep their moneyness and time to run. --table days lists every window; with 5m "
              "steps and --report an event\n"
              "becomes a page of plots.",
    .example = "plimsoll backtest examples/history/BTC.csv --portfolios long,short "
               "--simulations 200",
    .run = run,
};
