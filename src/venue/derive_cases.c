/* derive_cases.c: formulas derive.pmrm.v1, derive.pmrm.v2 and derive.srm on published cases.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_cases.h"

#include "base/checked.h"
#include "base/text.h"
#include "venue/derive_pmrm2.h"
#include "venue/derive_srm.h"

/* Settlement averages over the last half hour; what has passed of it is fixed. */
#define AVERAGE_SECONDS 1800.0

static void
read_e18(pli_case *test, const pli_node *object, const char *key, int64_t *out) {
    pli_i128 wide = 0;
    pli_case_decimal(test, object, key, 18, &wide);
    if (test->status == PLM_OK && !pli_narrow_i64(wide, out)) {
        (void)pli_case_fail(test, PLM_OVERFLOW, object, key, NULL);
    }
}

/* Lower *confidence to the member, where there is one. */
static void
fold_confidence(pli_case *test, const pli_node *object, const char *key, int64_t *confidence_e18) {
    if (!pli_case_has(object, key)) {
        return;
    }
    int64_t seen = *confidence_e18;
    read_e18(test, object, key, &seen);
    *confidence_e18 = seen < *confidence_e18 ? seen : *confidence_e18;
}

static void *
take(pli_case *test, size_t count, size_t size) {
    void *memory = pli_arena_take(test->arena, count, size, 8);
    if (memory == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, NULL, "the case does not fit its memory", NULL);
    }
    return memory;
}

static double
read_optional(pli_case *test, const pli_node *object, const char *key) {
    double value = 0.0;
    pli_case_optional_double(test, object, key, &value);
    return value;
}

// --- Options and expiries, both shapes ---

typedef struct expiry_shape {
    const pli_node *flat; /* options in a list of their own, matched by sec_to_expiry; NULL: nested */
    const char *volatility_key;
    bool is_forward_split; /* a whole forward is split by the settlement average */
} expiry_shape;

static void
read_option(pli_case *test, const pli_node *node, const expiry_shape *shape,
            pli_derive_option *option) {
    bool is_call = false;
    pli_case_double(test, node, "strike", &option->strike);
    pli_case_double(test, node, "amount", &option->amount);
    pli_case_double(test, node, shape->volatility_key, &option->volatility);
    pli_case_bool(test, node, "is_call", &is_call);
    option->right = is_call ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
}

static bool
is_at(pli_case *test, const pli_node *node, double seconds) {
    double own = seconds;
    pli_case_double(test, node, "sec_to_expiry", &own);
    return own == seconds;
}

static void
read_options(pli_case *test, const pli_node *list, const expiry_shape *shape,
             pli_derive_expiry *expiry) {
    if (list == NULL) {
        return;
    }
    pli_derive_option *options = take(test, list->child_count, sizeof *options);
    for (const pli_node *node = list->child; test->status == PLM_OK && node != NULL;
         node = node->next) {
        if (shape->flat != NULL && !is_at(test, node, expiry->seconds)) {
            continue;
        }
        read_option(test, node, shape, &options[expiry->option_count]);
        fold_confidence(test, node, "vol_confidence", &expiry->confidence_e18);
        expiry->option_count += 1;
    }
    expiry->options = options;
}

static void
read_forward(pli_case *test, const pli_node *node, const expiry_shape *shape,
             pli_derive_expiry *expiry) {
    if (!pli_case_has(node, "forward")) {
        pli_case_double(test, node, "forward_variable", &expiry->forward_variable);
        pli_case_double(test, node, "forward_fixed", &expiry->forward_fixed);
        return;
    }
    double forward = 0.0;
    pli_case_double(test, node, "forward", &forward);
    bool is_averaging = shape->is_forward_split && expiry->seconds < AVERAGE_SECONDS;
    double moving = is_averaging ? expiry->seconds / AVERAGE_SECONDS : 1.0;
    expiry->forward_variable = forward * moving;
    expiry->forward_fixed = is_averaging ? forward * (1.0 - moving) : 0.0;
}

static bool
is_listed(const pli_derive_expiry *expiries, uint32_t count, double seconds) {
    for (uint32_t i = 0; i < count; i += 1) {
        if (expiries[i].seconds == seconds) {
            return true;
        }
    }
    return false;
}

/* Every flat option belongs to an expiry. */
static void
check_matched(pli_case *test, const expiry_shape *shape, const pli_derive_expiry *expiries,
              uint32_t count) {
    uint32_t matched = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        matched += expiries[i].option_count;
    }
    if (test->status == PLM_OK && shape->flat != NULL && matched != shape->flat->child_count) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, shape->flat, "options",
                            ": one has no expiry of its sec_to_expiry");
    }
}

static const pli_derive_expiry *
read_expiries(pli_case *test, const pli_node *object, const expiry_shape *shape, uint32_t *count) {
    const pli_node *list = pli_case_list(test, object, "expiries");
    *count = 0;
    if (list == NULL) {
        return NULL;
    }
    pli_derive_expiry *expiries = take(test, list->child_count, sizeof *expiries);
    for (const pli_node *node = list->child; test->status == PLM_OK && node != NULL;
         node = node->next) {
        pli_derive_expiry expiry = {.confidence_e18 = PLI_DERIVE_ONE_E18};
        pli_case_double(test, node, "sec_to_expiry", &expiry.seconds);
        // The flat files repeat an expiry once per option.
        if (shape->flat != NULL && is_listed(expiries, *count, expiry.seconds)) {
            continue;
        }
        read_forward(test, node, shape, &expiry);
        expiry.rate = read_optional(test, node, "rate");
        fold_confidence(test, node, "forward_confidence", &expiry.confidence_e18);
        fold_confidence(test, node, "rate_confidence", &expiry.confidence_e18);
        fold_confidence(test, node, "vol_confidence", &expiry.confidence_e18);
        fold_confidence(test, node, "vol_confidence_min_with_forward", &expiry.confidence_e18);
        read_options(test, shape->flat == NULL ? pli_case_list(test, node, "options") : shape->flat,
                     shape, &expiry);
        expiries[*count] = expiry;
        *count += 1;
    }
    check_matched(test, shape, expiries, *count);
    return expiries;
}

static pli_derive_shock
read_shock(pli_case *test, const pli_node *node) {
    static const char *const names[] = {"None", "Up", "Down", "Linear", "Abs"};
    const char *name = "";
    pli_case_text(test, node, "vol_shock", &name);
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i += 1) {
        if (pli_text_is_equal(name, names[i])) {
            return (pli_derive_shock)(i + 1);
        }
    }
    (void)pli_case_fail(test, PLM_VALUE_INVALID, node, "vol_shock is ", name);
    return PLI_DERIVE_SHOCK_NONE;
}

static const pli_derive_scenario *
read_scenarios(pli_case *test, const pli_node *list, uint32_t *count) {
    *count = 0;
    if (list == NULL) {
        return NULL;
    }
    pli_derive_scenario *scenarios = take(test, list->child_count, sizeof *scenarios);
    for (const pli_node *node = list->child; test->status == PLM_OK && node != NULL;
         node = node->next) {
        pli_derive_scenario scenario = {.dampening = 1.0};
        pli_case_double(test, node, "spot_shock", &scenario.spot);
        if (pli_case_has(node, "dampening")) {
            pli_case_double(test, node, "dampening", &scenario.dampening);
        }
        scenario.shock = read_shock(test, node);
        scenarios[*count] = scenario;
        *count += 1;
    }
    return scenarios;
}

// --- Portfolio margin, version 1 ---

static void
read_pmrm1_parameters(pli_case *test, const pli_node *node, pli_pmrm1_parameters *p) {
    const pli_node *basis = pli_case_object(test, node, "basis");
    pli_case_double(test, basis, "up", &p->basis_up);
    pli_case_double(test, basis, "down", &p->basis_down);
    pli_case_double(test, basis, "add", &p->basis_add);
    pli_case_double(test, basis, "mult", &p->basis_multiple);
    const pli_node *other = pli_case_object(test, node, "other");
    pli_case_double(test, other, "peg_thr", &p->peg_threshold);
    pli_case_double(test, other, "peg_fac", &p->peg_factor);
    read_e18(test, other, "conf_thr", &p->confidence_threshold_e18);
    pli_case_double(test, other, "conf_margin", &p->confidence_margin);
    pli_case_double(test, other, "base_pct", &p->base_ratio);
    pli_case_double(test, other, "perp_pct", &p->perpetual_ratio);
    pli_case_double(test, other, "opt_pct", &p->option_ratio);
    const pli_node *margin = pli_case_object(test, node, "margin");
    pli_case_double(test, margin, "im_factor", &p->initial_factor);
    pli_case_double(test, margin, "base_disc", &p->static_discount);
    pli_case_double(test, margin, "rate_mult", &p->rate_multiple);
    pli_case_double(test, margin, "rate_add", &p->rate_add);
    const pli_node *volatility = pli_case_object(test, node, "vol");
    pli_case_double(test, volatility, "up", &p->volatility.up);
    pli_case_double(test, volatility, "down", &p->volatility.down);
    pli_case_double(test, volatility, "short_pow", &p->volatility.short_power);
    pli_case_double(test, volatility, "long_pow", &p->volatility.long_power);
    pli_case_double(test, volatility, "dte_floor_sec", &p->volatility.floor_seconds);
}

plm_status
pli_derive_case_pmrm1(pli_case *test, const pli_node *parameters, const pli_node *scenarios,
                      const pli_node *portfolio, pli_pmrm1_result *result) {
    pli_pmrm1_parameters p = {.scenarios = NULL};
    read_pmrm1_parameters(test, parameters, &p);
    p.scenarios = read_scenarios(test, scenarios, &p.scenario_count);
    bool is_flat = pli_case_has(portfolio, "options");
    expiry_shape shape = {.flat = is_flat ? pli_case_list(test, portfolio, "options") : NULL,
                          .volatility_key = "vol"};
    pli_pmrm1_portfolio account = {.perpetual_confidence_e18 = PLI_DERIVE_ONE_E18};
    pli_case_double(test, portfolio, "cash", &account.cash);
    pli_case_double(test, portfolio, "spot_price", &account.spot);
    pli_case_double(test, portfolio, "stable_price", &account.stable);
    read_e18(test, portfolio, "spot_confidence", &account.spot_confidence_e18);
    account.base_amount = read_optional(test, portfolio, "base_position");
    account.perpetual_amount = read_optional(test, portfolio, "perp_position");
    account.perpetual_price = read_optional(test, portfolio, "perp_price");
    fold_confidence(test, portfolio, "perp_confidence", &account.perpetual_confidence_e18);
    account.perpetual_value = read_optional(test, portfolio, "unrealised_perp_pnl");
    account.perpetual_value += read_optional(test, portfolio, "unrealised_funding");
    account.expiries = read_expiries(test, portfolio, &shape, &account.expiry_count);
    pli_derive_terms *terms = take(test, account.expiry_count, sizeof *terms);
    double *pnl = take(test, p.scenario_count, sizeof *pnl);
    if (test->status == PLM_OK) {
        pli_pmrm1_margin(&p, &account, terms, pnl, result);
    }
    return test->status;
}

static plm_status
pmrm1_case(pli_case *test, pli_result *result) {
    pli_pmrm1_result r;
    const pli_node *parameters = pli_case_object(test, test->context, "params");
    const pli_node *scenarios = pli_case_list(test, test->context, "scenarios");
    plm_status status = pli_derive_case_pmrm1(test, parameters, scenarios, test->inputs, &r);
    if (status != PLM_OK) {
        return status;
    }
    pli_result_double(result, "initial_margin", r.initial);
    pli_result_double(result, "maintenance_margin", r.maintenance);
    pli_result_double(result, "portfolio_mtm_incl_cash", r.value);
    pli_result_double(result, "forward_contingency", r.basis);
    pli_result_double(result, "perp_contingency", r.perpetual);
    pli_result_double(result, "base_contingency", r.base);
    pli_result_double(result, "option_contingency", r.option);
    pli_result_double(result, "oracle_contingency", r.oracle);
    return PLM_OK;
}

// --- Portfolio margin, version 2 ---

static void
read_pmrm2_losses(pli_case *test, const pli_node *node, pli_pmrm2_parameters *p) {
    const pli_node *shock = pli_case_object(test, node, "vol_shock");
    double floor_days = 0.0;
    pli_case_double(test, shock, "VOLRANGEUP", &p->volatility.up);
    pli_case_double(test, shock, "VOLRANGEDOWN", &p->volatility.down);
    pli_case_double(test, shock, "SHORTTERMPOWER", &p->volatility.short_power);
    pli_case_double(test, shock, "LONGTERMPOWER", &p->volatility.long_power);
    pli_case_double(test, shock, "MIN_VOL_EVAL_SHOCKED", &p->volatility_up_minimum);
    pli_case_double(test, shock, "DTE_FLOOR", &floor_days);
    p->volatility.floor_seconds = floor_days * PLI_DERIVE_DAY_SECONDS;
    const pli_node *margin = pli_case_object(test, node, "margin");
    pli_case_double(test, margin, "MM_LOSS_FACTOR", &p->maintenance_factor);
    pli_case_double(test, margin, "IM_LOSS_FACTOR", &p->initial_factor);
    pli_case_double(test, margin, "SHORT_RATE_MULTSCALE", &p->short_rate_multiple);
    pli_case_double(test, margin, "LONG_RATE_MULTSCALE", &p->long_rate_multiple);
    pli_case_double(test, margin, "SHORT_RATE_ADDSCALE", &p->short_rate_add);
    pli_case_double(test, margin, "LONG_RATE_ADDSCALE", &p->long_rate_add);
    pli_case_double(test, margin, "BASE_STATIC_DISCOUNT", &p->long_base);
    pli_case_double(test, margin, "BASE_STATIC_DISCOUNT_NEG", &p->short_base);
    const pli_node *skew = pli_case_object(test, node, "skew_shock");
    pli_case_double(test, skew, "LINEAR_SCALE_CAP", &p->skew.linear_cap);
    pli_case_double(test, skew, "LINEAR_CBASE", &p->skew.linear_base);
    pli_case_double(test, skew, "ABS_SCALE_CAP", &p->skew.absolute_cap);
    pli_case_double(test, skew, "ABS_CBASE", &p->skew.absolute_base);
    pli_case_double(test, skew, "MIN_K_STAR", &p->skew.k_star_minimum);
    pli_case_double(test, skew, "MIN_WIDTH_SCALE", &p->skew.width_scale);
    pli_case_double(test, skew, "VOL_PARAM_STATIC", &p->skew.volatility_static);
    pli_case_double(test, skew, "VOL_PARAM_SCALE", &p->skew.volatility_scale);
}

static void
read_pmrm2_contingencies(pli_case *test, const pli_node *node, pli_pmrm2_parameters *p) {
    const pli_node *basis = pli_case_object(test, node, "basis_contingency");
    pli_case_double(test, basis, "SCENARIO_SPOT_UP", &p->basis_up);
    pli_case_double(test, basis, "SCENARIO_SPOT_DOWN", &p->basis_down);
    pli_case_double(test, basis, "BASIS_CONT_ADD_FACTOR", &p->basis_add);
    pli_case_double(test, basis, "BASIS_CONT_MULT_FACTOR", &p->basis_multiple);
    const pli_node *other = pli_case_object(test, node, "other_contingency");
    pli_case_double(test, other, "PEG_LOSS_THRESHOLD", &p->peg_threshold);
    pli_case_double(test, other, "PEG_LOSS_FACTOR", &p->peg_factor);
    read_e18(test, other, "CONF_THRESHOLD", &p->confidence_threshold_e18);
    pli_case_double(test, other, "CONF_MARGIN", &p->confidence_margin);
    pli_case_double(test, other, "MM_PERP_PERCENT", &p->perpetual_maintenance);
    pli_case_double(test, other, "IM_PERP_PERCENT", &p->perpetual_initial);
    pli_case_double(test, other, "MM_OPTION_PERCENT", &p->option_maintenance);
    pli_case_double(test, other, "IM_OPTION_PERCENT", &p->option_initial);
}

static const pli_pmrm2_collateral *
read_collaterals(pli_case *test, uint32_t *count) {
    const pli_node *list = pli_case_list(test, test->inputs, "collaterals");
    *count = 0;
    if (list == NULL) {
        return NULL;
    }
    pli_pmrm2_collateral *collaterals = take(test, list->child_count, sizeof *collaterals);
    for (const pli_node *node = list->child; test->status == PLM_OK && node != NULL;
         node = node->next) {
        pli_pmrm2_collateral *collateral = &collaterals[*count];
        pli_case_double(test, node, "amount", &collateral->amount);
        pli_case_double(test, node, "price", &collateral->price);
        read_e18(test, node, "confidence", &collateral->confidence_e18);
        pli_case_double(test, node, "mm_haircut", &collateral->maintenance_haircut);
        pli_case_double(test, node, "im_haircut", &collateral->initial_haircut);
        pli_case_bool(test, node, "is_risk_cancelling", &collateral->is_risk_cancelling);
        *count += 1;
    }
    return collaterals;
}

static void
read_pmrm2_portfolio(pli_case *test, pli_pmrm2_portfolio *account) {
    const pli_node *inputs = test->inputs;
    expiry_shape shape = {.flat = pli_case_list(test, inputs, "options"),
                          .volatility_key = "mark_vol",
                          .is_forward_split = true};
    pli_case_double(test, inputs, "cash", &account->cash);
    pli_case_double(test, inputs, "spot_price", &account->spot);
    read_e18(test, inputs, "spot_confidence", &account->spot_confidence_e18);
    pli_case_double(test, inputs, "stable_price", &account->stable);
    account->perpetual_amount = read_optional(test, inputs, "num_perps");
    account->perpetual_price = read_optional(test, inputs, "perp_price");
    fold_confidence(test, inputs, "perp_confidence", &account->perpetual_confidence_e18);
    account->perpetual_value = read_optional(test, inputs, "unrealised_perp_pnl");
    account->perpetual_value += read_optional(test, inputs, "unrealised_funding");
    account->collaterals = read_collaterals(test, &account->collateral_count);
    account->expiries = read_expiries(test, inputs, &shape, &account->expiry_count);
}

static void
write_pmrm2(pli_result *result, const pli_pmrm2_result *r) {
    pli_result_double(result, "IM", r->initial);
    pli_result_double(result, "MM", r->maintenance);
    pli_result_double(result, "option_mtm", r->option_value);
    pli_result_double(result, "collateral_mtm", r->collateral_value);
    pli_result_double(result, "portfolio_mtm", r->value);
    pli_result_double(result, "forward_contingency", r->basis);
    pli_result_double(result, "mm_loss_factor", r->maintenance_factor);
    pli_result_double(result, "im_loss_factor", r->initial_factor);
    pli_result_double(result, "mm_perp_cont", r->perpetual_maintenance);
    pli_result_double(result, "im_perp_cont", r->perpetual_initial);
    pli_result_double(result, "mm_base_cont", r->collateral_maintenance);
    pli_result_double(result, "im_base_cont", r->collateral_initial);
    pli_result_double(result, "mm_option_cont", r->option_maintenance);
    pli_result_double(result, "im_option_cont", r->option_initial);
    pli_result_double(result, "oracle_cont", r->oracle);
}

static plm_status
pmrm2_case(pli_case *test, pli_result *result) {
    pli_pmrm2_parameters p = {.scenarios = NULL};
    const pli_node *parameters = pli_case_object(test, test->inputs, "params");
    read_pmrm2_losses(test, parameters, &p);
    read_pmrm2_contingencies(test, parameters, &p);
    const char *set = "";
    pli_case_text(test, test->inputs, "scenario_set", &set);
    const pli_node *sets = pli_case_object(test, test->context, "scenario_sets");
    p.scenarios = read_scenarios(test, pli_case_list(test, sets, set), &p.scenario_count);
    pli_pmrm2_portfolio account = {.perpetual_confidence_e18 = PLI_DERIVE_ONE_E18};
    read_pmrm2_portfolio(test, &account);
    pli_derive_terms *terms = take(test, account.expiry_count, sizeof *terms);
    double *pnl = take(test, p.scenario_count, sizeof *pnl);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_pmrm2_result r;
    pli_pmrm2_margin(&p, &account, terms, pnl, &r);
    write_pmrm2(result, &r);
    pli_result_begin_list(result, "discount_factors_per_expiry");
    for (uint32_t i = 0; i < account.expiry_count; i += 1) {
        pli_result_begin_list(result, NULL);
        pli_result_double(result, NULL, terms[i].long_scale);
        pli_result_double(result, NULL, terms[i].short_scale);
        pli_result_end(result);
    }
    pli_result_end(result);
    pli_result_begin_list(result, "scenario_pnl");
    for (uint32_t i = 0; i < p.scenario_count; i += 1) {
        pli_result_double(result, NULL, pnl[i]);
    }
    pli_result_end(result);
    return PLM_OK;
}

// --- Standard margin ---

static void
read_srm_parameters(pli_case *test, const pli_node *node, pli_srm_parameters *p) {
    const pli_node *option = pli_case_object(test, node, "option");
    pli_case_double(test, option, "max_spot", &p->spot_maximum);
    pli_case_double(test, option, "min_spot", &p->spot_minimum);
    pli_case_double(test, option, "mm_call", &p->call_maintenance);
    pli_case_double(test, option, "mm_put", &p->put_maintenance);
    pli_case_double(test, option, "mm_put_mtm", &p->put_value_maintenance);
    pli_case_double(test, option, "unp_im", &p->unpaired_initial);
    pli_case_double(test, option, "unp_mm", &p->unpaired_maintenance);
    pli_case_double(test, option, "mm_off", &p->put_initial_multiple);
    const pli_node *oracle = pli_case_object(test, node, "oracle_contingency");
    read_e18(test, oracle, "perp_thr", &p->perpetual_threshold_e18);
    read_e18(test, oracle, "opt_thr", &p->option_threshold_e18);
    read_e18(test, oracle, "base_thr", &p->base_threshold_e18);
    pli_case_double(test, oracle, "factor", &p->oracle_factor);
    const pli_node *depeg = pli_case_object(test, node, "depeg");
    pli_case_double(test, depeg, "threshold", &p->depeg_threshold);
    pli_case_double(test, depeg, "factor", &p->depeg_factor);
    const pli_node *perpetual = pli_case_object(test, node, "perp");
    pli_case_double(test, perpetual, "im", &p->perpetual_initial);
    pli_case_double(test, perpetual, "mm", &p->perpetual_maintenance);
    const pli_node *base = pli_case_object(test, node, "base");
    pli_case_double(test, base, "margin_factor", &p->base_factor);
    pli_case_double(test, base, "im_scale", &p->base_initial_factor);
}

static void
read_srm_market(pli_case *test, const pli_node *node, pli_srm_market *market) {
    expiry_shape shape = {.volatility_key = "vol"};
    pli_case_double(test, node, "spot_price", &market->spot);
    read_e18(test, node, "spot_confidence", &market->spot_confidence_e18);
    market->perpetual_amount = read_optional(test, node, "perp_position");
    market->perpetual_price = read_optional(test, node, "perp_price");
    fold_confidence(test, node, "perp_confidence", &market->perpetual_confidence_e18);
    market->perpetual_value = read_optional(test, node, "perp_unrealised_pnl") +
                              read_optional(test, node, "perp_unrealised_pnl_plus_funding");
    market->base_amount = read_optional(test, node, "base_position");
    market->expiries = read_expiries(test, node, &shape, &market->expiry_count);
}

/* "<market><suffix>", such as ETHOptionMM. */
static void
write_market_line(pli_case *test, pli_result *result, const char *market, const char *suffix,
                  double value) {
    char *name = take(test, 64, 1);
    if (name == NULL) {
        return;
    }
    pli_text text = pli_text_init(name, 64);
    pli_text_append(&text, market);
    pli_text_append(&text, suffix);
    pli_result_double(result, name, value);
}

static void
add_srm(pli_srm_result *sum, const pli_srm_result *r) {
    sum->net.initial += r->net.initial;
    sum->net.maintenance += r->net.maintenance;
    sum->perpetual.maintenance += r->perpetual.maintenance;
    sum->base.maintenance += r->base.maintenance;
    sum->value += r->value;
    sum->oracle += r->oracle;
    sum->depeg += r->depeg;
}

static plm_status
srm_case(pli_case *test, pli_result *result) {
    pli_srm_parameters p = {.oracle_factor = 0.0};
    read_srm_parameters(test, pli_case_object(test, test->context, "params"), &p);
    double cash = 0.0;
    double stable = 0.0;
    pli_case_double(test, test->inputs, "cash", &cash);
    pli_case_double(test, test->inputs, "stable_price", &stable);
    pli_srm_result sum = {.value = 0.0};
    const pli_node *markets = pli_case_list(test, test->inputs, "markets");
    for (const pli_node *node = markets == NULL ? NULL : markets->child;
         test->status == PLM_OK && node != NULL; node = node->next) {
        pli_srm_market market = {.parameters = &p, .perpetual_confidence_e18 = PLI_DERIVE_ONE_E18};
        const char *name = "";
        pli_case_text(test, node, "market", &name);
        read_srm_market(test, node, &market);
        pli_srm_result r = {.value = 0.0};
        if (test->status == PLM_OK) {
            pli_srm_market_margin(&market, stable, &r);
        }
        add_srm(&sum, &r);
        write_market_line(test, result, name, "OptionMM", r.option.maintenance);
        write_market_line(test, result, name, "OptionIM", r.option.initial);
    }
    pli_result_double(result, "initial_margin", cash + sum.net.initial);
    pli_result_double(result, "maintenance_margin", cash + sum.net.maintenance);
    pli_result_double(result, "mtm", sum.value);
    pli_result_double(result, "PerpMargin", sum.perpetual.maintenance);
    pli_result_double(result, "OracleConts", sum.oracle);
    pli_result_double(result, "DepegIMs", sum.depeg);
    pli_result_double(result, "BaseMargin", sum.base.maintenance);
    return test->status;
}

static const pli_formula formulas[] = {
    {"derive.pmrm.v1", pmrm1_case},
    {"derive.pmrm.v2", pmrm2_case},
    {"derive.srm", srm_case},
};
const pli_formula_table pli_formulas_derive = {PLI_FORMULAS(formulas)};
