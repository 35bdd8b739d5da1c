/* mango_v4_model.c: model mango-v4: perpetuals and tokens by health.                      SPDX-License-Identifier: Apache-2.0 */
#include "venue/mango_v4_model.h"

#include "base/checked.h"
#include "base/text.h"
#include "num/rounding.h"
#include "venue/mango_v4.h"
#include "venue/ordered.h"
#include "venue/perpetual_desk.h"

/* Prices and quote amounts in micros of the valuation currency, base in quoted units. */
#define MICROS_PER_E8 1e-2
#define UNITS_PER_E17 1e-17

static double
ratio(int64_t ppm) {
    return pli_double_from_i64(ppm) / 1e6;
}

static pli_mango_price
price_of(const pli_view *view, uint32_t underlying_index) {
    const plm_price_record *price = &view->market->underlyings[underlying_index].price;
    return (pli_mango_price){.oracle = pli_double_from_i64(price->price_e8) * MICROS_PER_E8,
                             .stable = pli_double_from_i64(price->slow_e8) * MICROS_PER_E8};
}

/* What one line is worth, and what it adds to health at two levels. */
typedef struct worth {
    double value, maintenance, initial;
} worth;

/* Value less health at either level, each rounded up, as requirement; the value itself down, as equity. */
static plm_status
parts_of(const worth *of, int64_t *value, int64_t *maintenance, int64_t *initial) {
    plm_status status = pli_i64_from_double_floor(of->value, value);
    if (status == PLM_OK) {
        status = pli_i64_from_double_ceil(of->value - of->maintenance, maintenance);
    }
    return status == PLM_OK ? pli_i64_from_double_ceil(of->value - of->initial, initial) : status;
}

static plm_status
add_line(pli_perpetual_desk *desk, uint32_t line_index, const pli_mango_record *record) {
    const pli_view *view = &desk->view;
    const pli_line *line = &view->lines[line_index];
    pli_i128 base = 0;
    pli_i128 buys = 0;
    pli_i128 sells = 0;
    pli_i128 entry = 0;
    if (!pli_desk_base_e17(view, line, line->lots, &base) ||
        !pli_desk_base_e17(view, line, line->buys, &buys) ||
        !pli_desk_base_e17(view, line, line->sells, &sells) ||
        !pli_desk_entry_micros(view, line, &entry)) {
        return PLM_OVERFLOW;
    }
    pli_mango_perpetual perpetual = {
        .base_price = price_of(view, line->underlying_index),
        .base_lot_size = 1.0,
        .base_lots = (double)base * UNITS_PER_E17,
        .quote = (double)entry,
        .bid_lots = (double)buys * UNITS_PER_E17,
        .ask_lots = (double)sells * UNITS_PER_E17,
        .base_weights = {.init_asset = ratio(record->base_asset_initial_ppm),
                         .init_liability = ratio(record->base_liability_initial_ppm),
                         .maint_asset = ratio(record->base_asset_maintenance_ppm),
                         .maint_liability = ratio(record->base_liability_maintenance_ppm)},
        .init_overall_asset_weight = ratio(record->overall_initial_ppm),
        .maint_overall_asset_weight = ratio(record->overall_maintenance_ppm)};
    worth of = {.value = perpetual.quote + perpetual.base_lots * perpetual.base_price.oracle,
                .maintenance = pli_mango_perpetual_value(&perpetual, PLI_MANGO_MAINT),
                .initial = pli_mango_perpetual_value(&perpetual, PLI_MANGO_INIT)};
    int64_t value = 0;
    int64_t maintenance = 0;
    int64_t initial = 0;
    plm_status status = parts_of(&of, &value, &maintenance, &initial);
    if (status != PLM_OK) {
        return status;
    }
    desk->unrealised += value;
    bool is_fit = pli_desk_add_line(desk, line_index, maintenance, initial);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

static plm_status
token_worth(const pli_perpetual_desk *desk, const plm_balance *balance,
            const pli_mango_record *record, worth *out) {
    const plm_asset *asset = &desk->view.listing->assets[balance->asset_index];
    double atoms = 1.0;
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        atoms *= 10.0;
    }
    pli_mango_token token = {
        .balance = (double)pli_i128_from_wide(balance->atoms) / atoms,
        .price = price_of(&desk->view, asset->underlying_index),
        .weights = {.init_asset = ratio(record->asset_initial_ppm),
                    .init_liability = ratio(record->liability_initial_ppm),
                    .maint_asset = ratio(record->asset_maintenance_ppm),
                    .maint_liability = ratio(record->liability_maintenance_ppm)}};
    pli_mango_account account = {.token_count = 1, .tokens = &token};
    worth of = {.value = token.balance * token.price.oracle};
    plm_status status = pli_mango_health(&account, PLI_MANGO_MAINT, &of.maintenance);
    if (status == PLM_OK) {
        status = pli_mango_health(&account, PLI_MANGO_INIT, &of.initial);
    }
    if (status == PLM_OK) {
        *out = of;
    }
    return status;
}

static plm_status
add_balance(pli_perpetual_desk *desk, uint32_t balance_index, const pli_mango_record *record,
            pli_i128 *collateral) {
    const plm_balance *balance = &desk->view.portfolio.balances[balance_index];
    int64_t value = 0;
    int64_t maintenance = 0;
    int64_t initial = 0;
    if (balance->asset_index == desk->cash_asset_index) {
        return PLM_OK;
    }
    worth of = {.value = 0.0};
    plm_status status = token_worth(desk, balance, record, &of);
    if (status == PLM_OK) {
        status = parts_of(&of, &value, &maintenance, &initial);
    }
    if (status != PLM_OK) {
        return status;
    }
    *(value < 0 ? &desk->liabilities : collateral) += value < 0 ? -(pli_i128)value : value;
    return pli_desk_add_balance(desk, balance_index, maintenance, initial) ? PLM_OK : PLM_OVERFLOW;
}

static plm_status
evaluate(pli_perpetual_desk *desk, const void *parameters, plm_fault *fault) {
    const pli_mango_record *record = parameters;
    pli_i128 cash = 0;
    pli_i128 collateral = 0;
    plm_status status = pli_desk_cash_micros(desk, &cash) ? PLM_OK : PLM_OVERFLOW;
    for (uint32_t i = 0; i < desk->view.line_count && status == PLM_OK; i += 1) {
        status = add_line(desk, i, record);
    }
    for (uint32_t i = 0; i < desk->view.portfolio.balance_count && status == PLM_OK; i += 1) {
        status = add_balance(desk, i, record, &collateral);
    }
    if (status == PLM_OK && !pli_add_i128(collateral - desk->liabilities + desk->unrealised, cash,
                                          &desk->equity_maintenance)) {
        status = PLM_OVERFLOW;
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "a value leaves its range", NULL, NULL);
    }
    desk->equity_initial = desk->equity_maintenance;
    desk->liabilities += cash < 0 ? -cash : 0;
    return PLM_OK;
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_desk_venue venue = {
        .has_orders = true, .has_collaterals = true, .evaluate = evaluate};
    return pli_perpetual_desk_require(&venue, input, workspace, requirement, reason, fault);
}

static plm_status
check_record(const void *record, plm_fault *fault) {
    const pli_mango_record *r = record;
    const pli_ordered pairs[] = {
        {r->base_asset_initial_ppm, r->base_asset_maintenance_ppm,
         "base_asset_initial_ppm (not above maintenance)"},
        {r->base_liability_maintenance_ppm, r->base_liability_initial_ppm,
         "base_liability_maintenance_ppm (not above initial)"},
        {r->overall_initial_ppm, r->overall_maintenance_ppm,
         "overall_initial_ppm (not above maintenance)"},
        {r->asset_initial_ppm, r->asset_maintenance_ppm,
         "asset_initial_ppm (not above maintenance)"},
        {r->liability_maintenance_ppm, r->liability_initial_ppm,
         "liability_maintenance_ppm (not above initial)"},
    };
    return pli_ordered_check(pairs, sizeof pairs / sizeof pairs[0], fault);
}

static const plm_parameter_field fields[] = {
    PLI_MANGO_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_mango_record)};

const plm_descriptor pli_mango_descriptor = {
    .id = "mango-v4",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(pli_mango_record),
    .check_coupled = check_record,
};

const plm_model pli_model_mango_v4 = {
    .name = "mango-v4",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary =
        "Mango v4: weighted assets less weighted liabilities, initial at the worse of two prices",
    .descriptor = &pli_mango_descriptor,
    .workspace_size = pli_perpetual_desk_size,
    .require = require,
    .safe_move = NULL,
};
