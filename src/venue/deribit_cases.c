/* deribit_cases.c: the published cases of Deribit onto its native functions.             SPDX-License-Identifier: Apache-2.0 */
#include "venue/deribit_pm.h"
#include "venue/deribit_sm.h"

#include "venue/exact_cases.h"
#include "venue/formulas.h"

#define YEAR_MS 31536000000.0

static plm_status
linear_perpetual_case(pli_case *test, pli_result *result) {
    pli_deribit_slope slope;
    pli_exact size = pli_exact_of(0);
    pli_exact price = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "im_base", &slope.initial_base);
    pli_case_exact(test, test->inputs, "mm_base", &slope.maintenance_base);
    pli_case_exact(test, test->inputs, "slope_per_coin", &slope.slope_per_coin);
    pli_case_exact(test, test->inputs, "size_coin", &size);
    pli_case_exact(test, test->inputs, "price", &price);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_deribit_requirement rates = pli_deribit_linear_rates(&slope, size);
    pli_deribit_requirement margin = pli_deribit_linear_margin(&slope, size, price);
    pli_result_exact(result, "im_usdc", margin.initial);
    pli_result_exact(result, "mm_usdc", margin.maintenance);
    pli_result_exact(result, "im_pct", rates.initial);
    pli_result_exact(result, "mm_pct", rates.maintenance);
    return PLM_OK;
}

static plm_status
short_option_case(pli_case *test, pli_result *result) {
    const char *type = "";
    pli_exact mark = pli_exact_of(0);
    pli_exact otm = pli_exact_of(0);
    pli_case_text(test, test->inputs, "type", &type);
    pli_case_exact(test, test->inputs, "mark_coin", &mark);
    pli_case_exact(test, test->inputs, "otm_fraction", &otm);
    if (test->status != PLM_OK) {
        return test->status;
    }
    bool is_call = pli_text_is_equal(type, "call");
    if (!is_call && !pli_text_is_equal(type, "put")) {
        return pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, "type is neither call nor put",
                             NULL);
    }
    pli_deribit_requirement margin = pli_deribit_short_option(is_call, mark, otm);
    pli_result_exact(result, "im_coin", margin.initial);
    pli_result_exact(result, "mm_coin", margin.maintenance);
    return PLM_OK;
}

// --- Portfolio margin ---

static void
read_optional(pli_case *test, const pli_node *object, const char *key, double *out) {
    if (pli_case_has(object, key)) {
        pli_case_double(test, object, key, out);
    }
}

/* Options are named CURRENCY-DATE-STRIKE-C or -P. */
static bool
is_option_name(const char *name) {
    uint32_t length = 0;
    while (name[length] != '\0') {
        length += 1;
    }
    return length > 2 && name[length - 2] == '-' &&
           (name[length - 1] == 'C' || name[length - 1] == 'P');
}

typedef struct pm_case {
    pli_deribit_parameters parameters;
    pli_deribit_additions additions;
    double index_price;
    double now_ms;
    uint32_t leg_count;
    pli_deribit_leg *legs; /* in the order of the case */
} pm_case;

/* What is part of the answer only with options, or with other currencies, must not be asked for. */
static void
refuse_undocumented(pli_case *test, const pli_node *pair) {
    double factor = 1.0;
    read_optional(test, pair, "extended_table_factor", &factor);
    if (factor != 1.0) {
        (void)pli_case_fail(test, PLM_MODEL_UNSUPPORTED, pair,
                            "extended_table_factor other than 1 is not documented", NULL);
    }
}

static void
read_legs(pli_case *test, pm_case *out) {
    const pli_node *list = pli_case_list(test, test->inputs, "positions");
    if (list == NULL) {
        return;
    }
    out->legs = PLI_ARENA_TAKE(test->arena, list->child_count, pli_deribit_leg);
    if (out->legs == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, list, "too many positions", NULL);
        return;
    }
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        pli_deribit_leg leg = {0.0, 0.0};
        const char *name = "";
        pli_case_text(test, entry, "instrument", &name);
        pli_case_double(test, entry, "size_coin", &leg.size_coin);
        if (is_option_name(name)) {
            (void)pli_case_fail(test, PLM_MODEL_UNSUPPORTED, entry,
                                "option legs are not documented: ", name);
        }
        if (pli_case_has(entry, "expiry_ms")) {
            double expiry_ms = 0.0;
            pli_case_double(test, test->inputs, "timestamp_ms", &out->now_ms);
            pli_case_double(test, entry, "expiry_ms", &expiry_ms);
            leg.years = (expiry_ms - out->now_ms) / YEAR_MS;
        }
        out->legs[out->leg_count] = leg;
        out->leg_count += 1;
    }
}

static void
read_portfolio(pli_case *test, pm_case *out) {
    *out = (pm_case){.parameters = {.delta_threshold_usd = 2e7}};
    const pli_node *ticker = pli_case_object(test, test->inputs, "ticker_params");
    const pli_node *pair = pli_case_object(test, test->inputs, "pair_params");
    const pli_node *general = pli_case_object(test, test->inputs, "general");
    pli_deribit_parameters *parameters = &out->parameters;
    pli_case_double(test, pair, "price_range", &parameters->price_range);
    pli_case_double(test, ticker, "pnl_offset", &parameters->gain_offset);
    pli_case_double(test, ticker, "annualised_move_risk", &parameters->annualised_move_risk);
    pli_case_double(test, ticker, "min_annualised_move", &parameters->annualised_move_min);
    pli_case_double(test, general, "mm_factor", &parameters->maintenance_factor);
    read_optional(test, pair, "delta_total_liq_shock_threshold", &parameters->delta_threshold_usd);
    pli_case_double(test, test->inputs, "index_price", &out->index_price);
    read_optional(test, test->inputs, "open_orders_margin", &out->additions.open_orders);
    read_optional(test, test->inputs, "mmp_margin", &out->additions.market_maker_protection);
    read_optional(test, test->inputs, "spot_margin", &out->additions.spot);
    refuse_undocumented(test, pair);
    read_legs(test, out);
}

/* Insertion: a handful of legs, and equal expiries keep their order. */
static pli_deribit_leg *
sort_legs(pli_case *test, const pm_case *portfolio) {
    pli_deribit_leg *sorted = PLI_ARENA_TAKE(test->arena, portfolio->leg_count, pli_deribit_leg);
    for (uint32_t i = 0; sorted != NULL && i < portfolio->leg_count; i += 1) {
        uint32_t at = i;
        for (; at > 0 && sorted[at - 1].years > portfolio->legs[i].years; at -= 1) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = portfolio->legs[i];
    }
    return sorted;
}

static void
write_doubles(pli_result *result, const char *key, uint32_t count, const double *values) {
    pli_result_begin_list(result, key);
    for (uint32_t i = 0; i < count; i += 1) {
        pli_result_double(result, NULL, values[i]);
    }
    pli_result_end(result);
}

/* The vector of the first leg of one kind. */
static void
write_leg(pli_result *result, const pm_case *portfolio, const double *moves, bool is_perpetual) {
    for (uint32_t i = 0; i < portfolio->leg_count; i += 1) {
        const pli_deribit_leg *leg = &portfolio->legs[i];
        if ((leg->years == 0.0) != is_perpetual) {
            continue;
        }
        double vector[PLI_DERIBIT_BUCKETS];
        for (uint32_t j = 0; j < PLI_DERIBIT_BUCKETS; j += 1) {
            vector[j] = pli_deribit_profit(leg->size_coin, moves[j]);
        }
        write_doubles(result, is_perpetual ? "perp_vector" : "future_vector", PLI_DERIBIT_BUCKETS,
                      vector);
        return;
    }
}

/* Where the worst case stands: bucket and cell counted from 1, and the side of the present price. */
static void
write_worst(pli_result *result, const pli_deribit_result *margin) {
    uint32_t middle = PLI_DERIBIT_BUCKETS / 2;
    uint32_t worst = margin->worst_bucket;
    const char *side = worst < middle ? "left" : worst > middle ? "right" : "middle";
    pli_result_double(result, "worst_case", margin->worst_case);
    pli_result_i128(result, "worst_case_bucket", worst + 1);
    pli_result_text(result, "worst_case_side", side);
    pli_result_i128(result, "worst_case_index", worst * PLI_DERIBIT_VOLATILITIES + 1);
}

static plm_status
portfolio_margin_case(pli_case *test, pli_result *result) {
    pm_case portfolio;
    read_portfolio(test, &portfolio);
    if (test->status != PLM_OK) {
        return test->status;
    }
    const pli_deribit_leg *legs = sort_legs(test, &portfolio);
    pli_deribit_result margin;
    plm_status status =
        legs == NULL ? PLM_LIMIT
                     : pli_deribit_pm_compute(portfolio.leg_count, legs, &portfolio.parameters,
                                              portfolio.index_price, &portfolio.additions, &margin);
    if (status == PLM_MODEL_UNSUPPORTED) {
        return pli_case_fail(test, status, test->inputs,
                             "the delta shock above its threshold is not documented", NULL);
    }
    if (status != PLM_OK) {
        return status;
    }
    write_doubles(result, "moves", PLI_DERIBIT_BUCKETS, margin.moves);
    write_doubles(result, "standard_per_bucket", PLI_DERIBIT_BUCKETS, margin.standard);
    write_doubles(result, "extended", PLI_DERIBIT_EXTENDED, margin.extended);
    write_doubles(result, "extended_moves", PLI_DERIBIT_EXTENDED, pli_deribit_extended_moves);
    write_doubles(result, "aggregated_standard_per_bucket", PLI_DERIBIT_BUCKETS, margin.aggregated);
    write_doubles(result, "aggregated_standard", PLI_DERIBIT_BUCKETS, margin.aggregated);
    write_leg(result, &portfolio, margin.moves, true);
    write_leg(result, &portfolio, margin.moves, false);
    write_worst(result, &margin);
    pli_result_double(result, "roll_shock", margin.roll_shock);
    pli_result_i128(result, "delta_shock", 0);
    pli_result_i128(result, "correlation_contingency", 0);
    pli_result_double(result, "risk_matrix_margin", margin.risk_matrix_margin);
    pli_result_double(result, "initial_margin", margin.initial_margin);
    pli_result_double(result, "maintenance_margin", margin.maintenance_margin);
    return PLM_OK;
}

static const pli_formula formulas[] = {
    {"deribit.pm", portfolio_margin_case},
    {"deribit.sm.linear_perp", linear_perpetual_case},
    {"deribit.sm.short_option", short_option_case},
};

const pli_formula_table pli_formulas_deribit = {PLI_FORMULAS(formulas)};
