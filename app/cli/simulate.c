/* simulate.c: plimsoll simulate: seeded markets under each way of closing accounts.     SPDX-License-Identifier: Apache-2.0 */
#include "cli/simulate.h"

#include <stdlib.h>
#include <string.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "io/parameters_yaml.h"

static const pli_option options[] = {
    {"policy", "NAME", "planned, whole, fifths, tenths or dutch (default: all of them)"},
    {"liquidation", "FIELD=VALUE,..",
     "fields of the record `liquidation`, as its units are written"},
    {"deleverage", "NAME", "pro-rata, queue or least-harm, of `planned` (default: as shipped)"},
    PLI_SIMULATE_OPTIONS,
    {NULL, NULL, NULL},
};

enum { KINDS = PLI_SIMULATE_KINDS + 1, PPM_SCALE = 2 };

pli_exit
pli_simulate_whole(const pli_invocation *invocation, const char *option, uint64_t low,
                   uint64_t high, uint64_t *number) {
    const char *text = pli_argument_value(invocation, option);
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || strlen(text) > 18 || value < low ||
        value > high) {
        char allowed[96];
        pli_text line = pli_text_init(allowed, sizeof allowed);
        pli_text_append(&line, " is a whole number from ");
        pli_text_append_u64(&line, low);
        pli_text_append(&line, " to ");
        pli_text_append_u64(&line, high);
        pli_text_append(&line, "; seen was ");
        return pli_fail_usage(option, allowed, text);
    }
    *number = value;
    return PLI_EXIT_OK;
}

static pli_exit
read_records(const pli_invocation *invocation, pli_simulate_settings *settings) {
    const char *path = pli_argument_value(invocation, "config");
    pli_parameter_book book;
    plm_fault fault = {.status = PLM_OK};
    if (path == NULL) {
        return PLI_EXIT_OK;
    }
    pli_parameters_init(&book);
    plm_status status = pli_parameters_read(path, &book, &fault);
    if (status == PLM_OK) {
        settings->model = book.tiered;
    }
    pli_parameters_finish(&book);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &fault);
}

pli_exit
pli_simulate_read(const pli_invocation *invocation, pli_simulate_ask *ask) {
    *ask = (pli_simulate_ask){.first = 1, .count = 20};
    pli_simulate_settings_init(&ask->settings);
    uint64_t markets = ask->settings.market_count;
    uint64_t accounts = ask->settings.account_count;
    uint64_t hours = ask->settings.hours;
    uint64_t fund = (uint64_t)ask->settings.fund_ppm;
    const struct {
        const char *option;
        uint64_t low, high;
        uint64_t *number;
    } numbers[] = {{"seed", 0, UINT64_MAX / 2, &ask->first},
                   {"seeds", 1, 1000000, &ask->count},
                   {"markets", 1, PLI_SIMULATE_MARKETS_MAX, &markets},
                   {"accounts", 8, PLI_SIMULATE_ACCOUNTS_MAX, &accounts},
                   {"hours", 1, 24, &hours},
                   {"fund", 0, PLM_PPM, &fund}};
    pli_exit end = PLI_EXIT_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && end == PLI_EXIT_OK; i += 1) {
        end = pli_simulate_whole(invocation, numbers[i].option, numbers[i].low, numbers[i].high,
                                 numbers[i].number);
    }
    ask->settings.market_count = (uint32_t)markets;
    ask->settings.account_count = (uint32_t)accounts;
    ask->settings.hours = (uint32_t)hours;
    ask->settings.fund_ppm = (int64_t)fund;
    return end == PLI_EXIT_OK ? read_records(invocation, &ask->settings) : end;
}

static pli_exit
read_policy(const pli_invocation *invocation, uint32_t *first, uint32_t *last) {
    const char *text = pli_argument_value(invocation, "policy");
    *first = 1;
    *last = PLI_SIMULATE_POLICIES;
    for (uint32_t i = 1; text != NULL && i <= PLI_SIMULATE_POLICIES; i += 1) {
        if (strcmp(text, pli_simulate_policy_name((pli_simulate_policy)i)) == 0) {
            *first = i;
            *last = i;
            return PLI_EXIT_OK;
        }
    }
    return text == NULL ? PLI_EXIT_OK : pli_fail_usage("no policy is named ", text, NULL);
}

static pli_exit
read_deleverage(const pli_invocation *invocation, pli_simulate_settings *settings) {
    static const char *const names[] = {[PLM_DELEVERAGE_PRO_RATA] = "pro-rata",
                                        [PLM_DELEVERAGE_QUEUE] = "queue",
                                        [PLM_DELEVERAGE_LEAST_HARM] = "least-harm"};
    const char *text = pli_argument_value(invocation, "deleverage");
    for (size_t i = 0; text != NULL && i < sizeof names / sizeof names[0]; i += 1) {
        if (strcmp(text, names[i]) == 0) {
            settings->liquidation.deleverage_policy = (int64_t)i;
            return PLI_EXIT_OK;
        }
    }
    return text == NULL ? PLI_EXIT_OK
                        : pli_fail_usage("deleverage is pro-rata, queue or least-harm; seen was ",
                                         text, NULL);
}

// Fields between commas, each a name and what it is set to.
static pli_exit
read_liquidation(const pli_invocation *invocation, pli_simulate_settings *settings) {
    const char *at = pli_argument_value(invocation, "liquidation");
    plm_fault fault = {.status = PLM_OK};
    while (at != NULL && *at != '\0') {
        char path[64];
        char value[64];
        size_t name = strcspn(at, "=,");
        size_t size = at[name] == '=' ? strcspn(at + name + 1, ",") : 0;
        if (size == 0 || name >= sizeof path || size >= sizeof value) {
            return pli_fail_usage("liquidation takes FIELD=VALUE,..; seen was ", at, NULL);
        }
        memcpy(path, at, name);
        path[name] = '\0';
        memcpy(value, at + name + 1, size);
        value[size] = '\0';
        if (plm_record_set(&plm_liquidation_descriptor, &settings->liquidation, path, value,
                           &fault) != PLM_OK) {
            return pli_fail_status(NULL, &fault);
        }
        at += name + 1 + size;
        at += *at == ',' ? 1 : 0;
    }
    return plm_record_check(&plm_liquidation_descriptor, &settings->liquidation, &fault) == PLM_OK
               ? PLI_EXIT_OK
               : pli_fail_status(NULL, &fault);
}

static const pli_column columns[] = {
    {"policy", "policy", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"world", "world", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"worlds", "worlds", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"bad_debt", "bad debt", "ppm of OI", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"bad_debt_error", "+-", "ppm", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"bad_debt_largest", "largest", "ppm", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"impact", "impact", "%", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"impact_error", "+-", "%", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"impact_largest", "largest", "%", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"impact_cost", "slippage", "ppm of OI", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"owner_cost", "owners' cost", "ppm of OI", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"pool", "pool", "ppm of OI", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"forced", "forced", "% of OI", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"deleveraged", "ADL", "% of OI", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"winners", "winners closed", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"harm", "haircut", "% of equity", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"harm_largest", "largest", "%", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"liquidated", "liquidated", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"recovering", "would recover", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"closed", "closed", "accounts", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"capital", "initial", "% of OI", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
};

static pli_cell
mean_cell(const pli_tally *tally, pli_tally_measure measure, double unit) {
    return pli_cell_double(pli_tally_mean(tally, measure) * unit, PPM_SCALE);
}

static void
add_row(pli_rows *rows, uint32_t policy, const char *world, const pli_tally *tally) {
    const pli_cell cells[] = {
        pli_cell_text(pli_simulate_policy_name((pli_simulate_policy)policy)),
        pli_cell_text(world),
        pli_cell_number(tally->count, 0),
        mean_cell(tally, PLI_TALLY_BAD_DEBT, 1e6),
        pli_cell_double(pli_tally_error(tally, PLI_TALLY_BAD_DEBT) * 1e6, PPM_SCALE),
        pli_cell_double(tally->largest[PLI_TALLY_BAD_DEBT] * 1e6, PPM_SCALE),
        pli_cell_double(pli_tally_mean(tally, PLI_TALLY_IMPACT_PEAK) * 100.0, 4),
        pli_cell_double(pli_tally_error(tally, PLI_TALLY_IMPACT_PEAK) * 100.0, 4),
        pli_cell_double(tally->largest[PLI_TALLY_IMPACT_PEAK] * 100.0, 4),
        mean_cell(tally, PLI_TALLY_IMPACT_COST, 1e6),
        mean_cell(tally, PLI_TALLY_OWNER_COST, 1e6),
        mean_cell(tally, PLI_TALLY_POOL, 1e6),
        pli_cell_double(pli_tally_mean(tally, PLI_TALLY_FORCED) * 100.0, 4),
        pli_cell_double(pli_tally_mean(tally, PLI_TALLY_DELEVERAGED) * 100.0, 4),
        mean_cell(tally, PLI_TALLY_WINNERS, 1.0),
        pli_cell_double(pli_tally_mean(tally, PLI_TALLY_HARM) * 100.0, 4),
        pli_cell_double(tally->largest[PLI_TALLY_HARM] * 100.0, 4),
        mean_cell(tally, PLI_TALLY_LIQUIDATED, 1.0),
        mean_cell(tally, PLI_TALLY_RECOVERING, 1.0),
        mean_cell(tally, PLI_TALLY_CLOSED, 1.0),
        pli_cell_double(pli_tally_mean(tally, PLI_TALLY_CAPITAL) * 100.0, 4),
    };
    pli_rows_add(rows, cells);
}

static pli_exit
fail_run(plm_status status, uint64_t seed) {
    char text[64];
    pli_text line = pli_text_init(text, sizeof text);
    pli_text_append(&line, "seed ");
    pli_text_append_u64(&line, seed);
    return pli_fail_usage(text, ": the model answered ", plm_status_name(status));
}

static pli_exit
run_worlds(const pli_simulate_ask *ask, uint32_t first, uint32_t last, pli_tally tallies[][KINDS]) {
    pli_simulate_settings settings = ask->settings;
    pli_pool pool = {.chunks = NULL};
    size_t size = pli_simulate_size(&settings);
    void *memory = pli_must_block(&pool, size);
    uint64_t done = 0;
    pli_progress progress = pli_progress_begin("worlds", ask->count * (last - first + 1));
    plm_status status = PLM_OK;
    for (uint64_t i = 0; i < ask->count && status == PLM_OK; i += 1) {
        settings.seed = ask->first + i;
        for (uint32_t policy = first; policy <= last && status == PLM_OK; policy += 1) {
            pli_simulate_result result;
            settings.policy = (pli_simulate_policy)policy;
            status = pli_simulate_run(&settings, memory, size, &result);
            if (status == PLM_OK) {
                pli_tally_add(&tallies[policy][0], &result);
                pli_tally_add(&tallies[policy][result.kind], &result);
            }
            done += 1;
            pli_progress_show(&progress, done);
        }
    }
    (void)pli_progress_end(&progress);
    pli_pool_finish(&pool);
    return status == PLM_OK ? PLI_EXIT_OK : fail_run(status, settings.seed);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    static pli_tally tallies[PLI_SIMULATE_POLICIES + 1][KINDS];
    memset(tallies, 0, sizeof tallies);
    pli_simulate_ask ask;
    uint32_t first = 0;
    uint32_t last = 0;
    uint32_t unsound = 0;
    pli_exit end = pli_simulate_read(invocation, &ask);
    end = end == PLI_EXIT_OK ? read_policy(invocation, &first, &last) : end;
    end = end == PLI_EXIT_OK ? read_liquidation(invocation, &ask.settings) : end;
    end = end == PLI_EXIT_OK ? read_deleverage(invocation, &ask.settings) : end;
    end = end == PLI_EXIT_OK ? run_worlds(&ask, first, last, tallies) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows rows = pli_rows_make(&pool, "policies", columns, sizeof columns / sizeof columns[0],
                                  PLI_SIMULATE_POLICIES * KINDS);
    for (uint32_t kind = 0; kind < KINDS; kind += 1) {
        const char *world = kind == 0 ? "all" : pli_simulate_kind_name((pli_simulate_kind)kind);
        for (uint32_t policy = first; policy <= last; policy += 1) {
            unsound += tallies[policy][kind].unsound;
            if (tallies[policy][kind].count != 0) {
                add_row(&rows, policy, world, &tallies[policy][kind]);
            }
        }
    }
    rows.table.title = "Ways of closing accounts, in the same seeded worlds";
    rows.table.note = unsound == 0 ? "Means over worlds, +- one standard error. Money was "
                                     "conserved exactly in every world."
                                   : "MONEY WAS NOT CONSERVED in some world.";
    const pli_tables answer = {
        .schema = "plimsoll-simulate/1", .table_count = 1, .tables = &rows.table};
    end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end == PLI_EXIT_OK && unsound != 0 ? PLI_EXIT_FINDING : end;
}

const pli_verb pli_verb_simulate = {
    .name = "simulate",
    .summary = "seeded markets with leveraged accounts under each way of closing them",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail =
        "Each seed makes a world, calm, volatile, crashing or manipulated, with accounts, market "
        "makers that withdraw,\n"
        "arbitrage and bidders; every policy meets the same one. OI is the open interest at the "
        "start. `planned` is what\n"
        "the engine does, the others what venues do. docs/method/simulation.md.",
    .example = "plimsoll simulate --seeds 4 --hours 1",
    .run = run,
};
