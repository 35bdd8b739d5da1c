/* explain_default.c: how likely the account is called, liquidated or in default.        SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "num/elementary.h"
#include "num/statistics.h"
#include "study/default.h"

#define JOINT_DAYS_MIN 50u
#define SEED_COUNT 5u
#define PATHS 10000u
#define SEED UINT64_C(1)

typedef struct horizon {
    const char *name;
    double step_days;
    uint32_t step_count;
    int64_t elapsed_ns;
} horizon;

static const horizon horizons[] = {{"1 h", 1.0 / 24.0, 1, PLM_DAY_NS / 24},
                                   {"1 d", 1.0, 1, PLM_DAY_NS},
                                   {"5 d", 1.0, 5, 5 * PLM_DAY_NS}};

/* What one account's paths are made of: the underlyings that it touches and their joint past. */
typedef struct joint_past {
    uint32_t underlying_count;
    uint32_t *underlyings;
    const plm_history **histories;
    double *volatilities;
    uint32_t day_count;
    double *standardised;
} joint_past;

static const plm_history *
history_of(const pli_case *opened, uint32_t underlying) {
    for (uint32_t i = 0; i < opened->histories.count; i += 1) {
        if (opened->histories.histories[i].underlying_index == underlying) {
            return &opened->histories.histories[i];
        }
    }
    return NULL;
}

// False where something that the account touches has no past of its own, or a price that may be negative.
static bool
list_underlyings(pli_case *opened, const uint8_t *used, joint_past *past) {
    uint32_t count = opened->book.listing.underlying_count;
    past->underlyings = PLI_MUST_TAKE(&opened->pool, count, uint32_t);
    past->histories = PLI_MUST_TAKE(&opened->pool, count, const plm_history *);
    past->volatilities = PLI_MUST_TAKE(&opened->pool, count, double);
    for (uint32_t u = 0; u < count; u += 1) {
        if (used[u] == 0) {
            continue;
        }
        const plm_history *history = history_of(opened, u);
        if (history == NULL ||
            opened->book.listing.underlyings[u].domain != PLM_PRICE_DOMAIN_POSITIVE) {
            return false;
        }
        past->underlyings[past->underlying_count] = u;
        past->histories[past->underlying_count] = history;
        past->volatilities[past->underlying_count] =
            (double)opened->book.market.underlyings[u].volatility_ppm / 1e6 / sqrt(365.0);
        past->underlying_count += 1;
    }
    return past->underlying_count > 0;
}

// Daily log returns over what was known of volatility before each, NaN where a day or the day before is missing.
static bool
standardise(pli_case *opened, const plm_history *history, double lambda, double *out) {
    double *returns = PLI_MUST_TAKE(&opened->pool, history->day_count, double);
    double *variances = PLI_MUST_TAKE(&opened->pool, history->day_count + 1u, double);
    uint32_t count = 0;
    double first = 0.0;
    for (uint32_t i = 1; i < history->day_count; i += 1) {
        if (history->days[i] == history->days[i - 1] + 1) {
            returns[count] = pli_log(history->closes[i] / history->closes[i - 1]);
            first += count < SEED_COUNT ? returns[count] * returns[count] / SEED_COUNT : 0.0;
            count += 1;
        }
    }
    if (count < JOINT_DAYS_MIN ||
        pli_ewma_variance(returns, count, lambda, first, variances) != PLM_OK) {
        return false;
    }
    uint32_t at = 0;
    out[0] = NAN;
    for (uint32_t i = 1; i < history->day_count; i += 1) {
        out[i] = NAN;
        if (history->days[i] == history->days[i - 1] + 1) {
            out[i] = variances[at] > 0.0 ? returns[at] / sqrt(variances[at]) : NAN;
            at += 1;
        }
    }
    return true;
}

// The value of `day` in the row of another history, NaN where it has none.
static double
value_on(const plm_history *history, const double *values, int64_t day) {
    uint32_t low = 0;
    uint32_t high = history->day_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (history->days[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < history->day_count && history->days[low] == day ? values[low] : NAN;
}

static void
remove_means(joint_past *past) {
    for (uint32_t u = 0; u < past->underlying_count; u += 1) {
        double mean = 0.0;
        for (uint32_t t = 0; t < past->day_count; t += 1) {
            mean += past->standardised[t * past->underlying_count + u] / past->day_count;
        }
        for (uint32_t t = 0; t < past->day_count; t += 1) {
            past->standardised[t * past->underlying_count + u] -= mean;
        }
    }
}

static bool
join_past(pli_case *opened, double lambda, joint_past *past) {
    uint32_t count = past->underlying_count;
    double **values = PLI_MUST_TAKE(&opened->pool, count, double *);
    for (uint32_t u = 0; u < count; u += 1) {
        values[u] = PLI_MUST_TAKE(&opened->pool, past->histories[u]->day_count, double);
        if (!standardise(opened, past->histories[u], lambda, values[u])) {
            return false;
        }
    }
    const plm_history *first = past->histories[0];
    past->standardised = PLI_MUST_TAKE(&opened->pool, (size_t)first->day_count * count, double);
    for (uint32_t i = 0; i < first->day_count; i += 1) {
        double *row = past->standardised + (size_t)past->day_count * count;
        bool is_joint = true;
        for (uint32_t u = 0; u < count; u += 1) {
            row[u] = value_on(past->histories[u], values[u], first->days[i]);
            is_joint = is_joint && !isnan(row[u]);
        }
        past->day_count += is_joint ? 1 : 0;
    }
    remove_means(past);
    return past->day_count >= JOINT_DAYS_MIN;
}

static bool
make_curves(pli_case *opened, const plm_portfolio *portfolio, const joint_past *past,
            int64_t elapsed_ns, pli_profit_curve *curves) {
    size_t size = pli_profit_curve_size(&opened->book.listing, &opened->book.market);
    void *work = pli_must_block(&opened->pool, size);
    for (uint32_t u = 0; u < past->underlying_count; u += 1) {
        const pli_curve_question question = {.listing = &opened->book.listing,
                                             .market = &opened->book.market,
                                             .portfolio = portfolio,
                                             .underlying_index = past->underlyings[u],
                                             .elapsed_ns = elapsed_ns};
        plm_fault fault = {.status = PLM_OK};
        if (pli_profit_curve_make(&question, work, size, &curves[u], &fault) != PLM_OK) {
            return false;
        }
    }
    return true;
}

static bool
measure(pli_case *opened, const pli_explanation *explanation, const joint_past *past,
        const horizon *over, pli_default_answer *answer) {
    const plm_requirement *requirement = &explanation->answer.requirement;
    pli_profit_curve *curves =
        PLI_MUST_TAKE(&opened->pool, past->underlying_count, pli_profit_curve);
    if (!make_curves(opened, &explanation->answer.reason.evaluated, past, over->elapsed_ns,
                     curves)) {
        return false;
    }
    double equity = (double)requirement->equity_maintenance_micros;
    const pli_default_question question = {
        .underlying_count = past->underlying_count,
        .curves = curves,
        .volatilities = past->volatilities,
        .day_count = past->day_count,
        .standardised = past->standardised,
        .lambda = (double)opened->parameters.scenario_maintenance.history_lambda_ppm / 1e6,
        .step_days = over->step_days,
        .step_count = over->step_count,
        .call_micros = equity - (double)requirement->call_micros,
        .liquidation_micros = equity - (double)requirement->maintenance_micros,
        .equity_micros = equity,
        .path_count = PATHS,
        .seed = SEED};
    size_t size = pli_default_size(&question);
    return pli_default_measure(&question, pli_must_block(&opened->pool, size), size, answer) ==
           PLM_OK;
}

static double
larger(double left, double right) {
    return left > right ? left : right;
}

// What happens within an hour happens within a day: tails are fitted apart, so the longer horizon keeps the larger.
static void
keep_order(const pli_default_answer *before, pli_default_answer *now) {
    now->call_probability = larger(now->call_probability, before->call_probability);
    now->liquidation_probability =
        larger(now->liquidation_probability, before->liquidation_probability);
    now->default_probability = larger(now->default_probability, before->default_probability);
    now->expected_deficit_micros =
        larger(now->expected_deficit_micros, before->expected_deficit_micros);
    now->deficit_if_default_micros = now->default_probability > 0.0
                                         ? now->expected_deficit_micros / now->default_probability
                                         : 0.0;
}

bool
pli_explain_default(pli_case *opened, const pli_explanation *explanation, pli_table *table) {
    double lambda = (double)opened->parameters.scenario_maintenance.history_lambda_ppm / 1e6;
    joint_past past = {.underlying_count = 0};
    if (!list_underlyings(opened, explanation->used, &past) || !join_past(opened, lambda, &past)) {
        return false;
    }
    const pli_column columns[] = {
        pli_column_text("horizon", "within"),
        pli_column_number("call_probability", "called", "%", 3),
        pli_column_number("liquidation_probability", "liquidated", "%", 3),
        pli_column_number("default_probability", "in default", "%", 4),
        pli_column_number("expected_deficit", "expected deficit", opened->currency, 2),
        pli_column_number("deficit_if_default", "if in default", opened->currency, 2),
    };
    uint32_t count = sizeof horizons / sizeof horizons[0];
    pli_rows rows =
        pli_rows_make(&opened->pool, "default", columns, sizeof columns / sizeof columns[0], count);
    pli_default_answer before = {.call_probability = 0.0};
    for (uint32_t i = 0; i < count; i += 1) {
        pli_default_answer answer;
        if (!measure(opened, explanation, &past, &horizons[i], &answer)) {
            return false;
        }
        keep_order(&before, &answer);
        before = answer;
        const pli_cell cells[] = {
            pli_cell_text(horizons[i].name),
            pli_cell_double(answer.call_probability * 100, 6),
            pli_cell_double(answer.liquidation_probability * 100, 6),
            pli_cell_double(answer.default_probability * 100, 8),
            pli_cell_double(answer.expected_deficit_micros / 1e6, 6),
            pli_cell_double(answer.deficit_if_default_micros / 1e6, 6),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Probability of a call, of liquidation and of default";
    rows.table.note =
        "If nothing is done: the lowest points of 10,000 paths of the account through "
        "its joint past, at today's volatility; rare ones by a Pareto tail.";
    *table = rows.table;
    return true;
}
