/* drift_v2_model.c: model drift-v2: perpetuals and weighted balances.                     SPDX-License-Identifier: Apache-2.0 */
#include "venue/drift_v2_model.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "venue/drift_v2.h"
#include "venue/ordered.h"
#include "venue/perpetual_desk.h"

#define E17_TO_BASE ((pli_i128)100000000)
#define E8_TO_PRICE 100
#define PPM_TO_WEIGHT 100

/* The venue truncates value and requirement: less than a micro each, given back so that nothing rounds for the account. */
#define TRUNCATED_MICROS 2

/* Weights of what counts for the account: down. */
static pli_drift_pair
asset_weights(int64_t initial_ppm, int64_t maintenance_ppm) {
    return (pli_drift_pair){.initial = initial_ppm / PPM_TO_WEIGHT,
                            .maintenance = maintenance_ppm / PPM_TO_WEIGHT};
}

/* Ratios and weights of what counts against it: up. */
static pli_drift_pair
liability_weights(int64_t initial_ppm, int64_t maintenance_ppm) {
    return (pli_drift_pair){.initial = pli_div_ceil_i128(initial_ppm, PPM_TO_WEIGHT),
                            .maintenance = pli_div_ceil_i128(maintenance_ppm, PPM_TO_WEIGHT)};
}

/* Down for what counts for the account, up for what counts against it. */
static pli_i128
price_of(int64_t price_e8, bool is_up) {
    return is_up ? pli_div_ceil_i128(price_e8, E8_TO_PRICE)
                 : pli_div_floor_i128(price_e8, E8_TO_PRICE);
}

static bool
base_of(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out) {
    pli_i128 base_e17 = 0;
    if (!pli_desk_base_e17(view, line, lots, &base_e17)) {
        return false;
    }
    *out = base_e17 / E17_TO_BASE;
    return true;
}

/* Every lot must be a whole number of the venue's base units, or sizes would have to be rounded. */
static plm_status
check_lots(const pli_view *view, plm_fault *fault) {
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        pli_i128 lot_e17 = 0;
        bool is_fit = pli_desk_base_e17(view, &view->lines[i], 1, &lot_e17);
        if (!is_fit || lot_e17 % E17_TO_BASE != 0) {
            return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, "instrument",
                                       view->lines[i].instrument_index,
                                       " has lots that are no multiple of 1e-9 quoted units");
        }
    }
    return PLM_OK;
}

static pli_i128
orders_of(const pli_view *view, uint32_t line_index) {
    pli_i128 count = 0;
    for (uint32_t i = 0; i < view->order_count; i += 1) {
        count += view->orders[i].line_index == line_index ? 1 : 0;
    }
    return count;
}

static bool
make_perpetual(const pli_view *view, uint32_t line_index, const pli_drift_record *record,
               pli_drift_perpetual *out) {
    const pli_line *line = &view->lines[line_index];
    pli_drift_perpetual perpetual = {
        .price = price_of(pli_desk_price_e8(view, line), line->lots < 0),
        .quote_price = {.oracle = PLI_DRIFT_PRICE},
        .margin_ratio =
            liability_weights(record->perpetual_initial_ppm, record->perpetual_maintenance_ppm),
        .imf_factor = record->perpetual_imf_ppm,
        .profit_weight = asset_weights(record->profit_initial_ppm, record->profit_maintenance_ppm),
        .profit_imf_factor = record->profit_imf_ppm,
        .profit_max_initial = record->profit_maximum_micros,
        .open_orders = orders_of(view, line_index)};
    if (!base_of(view, line, line->lots, &perpetual.base) ||
        !base_of(view, line, line->buys, &perpetual.open_bids) ||
        !base_of(view, line, -line->sells, &perpetual.open_asks) ||
        !pli_desk_entry_micros(view, line, &perpetual.quote)) {
        return false;
    }
    *out = perpetual;
    return true;
}

static plm_status
add_line(pli_perpetual_desk *desk, uint32_t line_index, const pli_drift_record *record) {
    pli_drift_perpetual perpetual = {0};
    pli_drift_sum maintenance = {0};
    pli_drift_sum initial = {0};
    if (!make_perpetual(&desk->view, line_index, record, &perpetual)) {
        return PLM_OVERFLOW;
    }
    plm_status status = pli_drift_perpetual_sum(&perpetual, PLI_DRIFT_MAINTENANCE, &maintenance);
    if (status == PLM_OK) {
        status = pli_drift_perpetual_sum(&perpetual, PLI_DRIFT_INITIAL, &initial);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 back = perpetual.base == 0 && perpetual.open_orders == 0 ? 0 : TRUNCATED_MICROS;
    bool is_fit =
        pli_add_i128(desk->unrealised, maintenance.collateral, &desk->unrealised) &&
        pli_add_i128(desk->equity_maintenance, maintenance.collateral, &desk->equity_maintenance) &&
        pli_add_i128(desk->equity_initial, initial.collateral, &desk->equity_initial) &&
        pli_desk_add_line(desk, line_index, maintenance.requirement + back,
                          initial.requirement + back);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

static pli_drift_spot
make_spot(const pli_perpetual_desk *desk, const plm_balance *balance,
          const pli_drift_record *record) {
    const plm_asset *asset = &desk->view.listing->assets[balance->asset_index];
    pli_drift_spot spot = {.tokens = pli_i128_from_wide(balance->atoms),
                           .decimals = asset->decimals,
                           .price = {.oracle = PLI_DRIFT_PRICE},
                           .asset_weight = {PLI_DRIFT_WEIGHT, PLI_DRIFT_WEIGHT},
                           .liability_weight = {PLI_DRIFT_WEIGHT, PLI_DRIFT_WEIGHT}};
    if (asset->underlying_index == PLM_NONE) {
        return spot;
    }
    const plm_price_record *price = &desk->view.market->underlyings[asset->underlying_index].price;
    bool is_up = spot.tokens < 0;
    spot.price = (pli_drift_strict_price){.oracle = price_of(price->price_e8, is_up),
                                          .average = price_of(price->slow_e8, is_up)};
    spot.asset_weight = asset_weights(record->asset_initial_ppm, record->asset_maintenance_ppm);
    spot.liability_weight =
        liability_weights(record->liability_initial_ppm, record->liability_maintenance_ppm);
    spot.imf_factor = record->spot_imf_ppm;
    return spot;
}

static plm_status
add_balance(pli_perpetual_desk *desk, uint32_t balance_index, const pli_drift_record *record) {
    const plm_balance *balance = &desk->view.portfolio.balances[balance_index];
    pli_drift_spot spot = make_spot(desk, balance, record);
    pli_drift_sum maintenance = {0};
    pli_drift_sum initial = {0};
    plm_status status = pli_drift_spot_add(&spot, PLI_DRIFT_INITIAL, 0, &initial);
    // Only the initial level is strict.
    spot.price.average = 0;
    if (status == PLM_OK) {
        status = pli_drift_spot_add(&spot, PLI_DRIFT_MAINTENANCE, 0, &maintenance);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 back = maintenance.requirement > 0 ? TRUNCATED_MICROS : 0;
    bool is_fit =
        pli_add_i128(desk->equity_maintenance, maintenance.collateral, &desk->equity_maintenance) &&
        pli_add_i128(desk->equity_initial, initial.collateral, &desk->equity_initial) &&
        pli_desk_add_balance(desk, balance_index, maintenance.requirement + back,
                             initial.requirement + back);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

/* A loan is required weighted, so it is not taken off equity as well. */
static plm_status
evaluate(pli_perpetual_desk *desk, const void *parameters, plm_fault *fault) {
    const pli_drift_record *record = parameters;
    plm_status status = check_lots(&desk->view, fault);
    if (status != PLM_OK) {
        return status;
    }
    for (uint32_t i = 0; i < desk->view.line_count && status == PLM_OK; i += 1) {
        status = add_line(desk, i, record);
    }
    for (uint32_t i = 0; i < desk->view.portfolio.balance_count && status == PLM_OK; i += 1) {
        status = add_balance(desk, i, record);
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "a value leaves 128 bits", NULL, NULL);
    }
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
    const pli_drift_record *r = record;
    const pli_ordered pairs[] = {
        {r->perpetual_maintenance_ppm, r->perpetual_initial_ppm,
         "perpetual_maintenance_ppm (not above initial)"},
        {r->profit_initial_ppm, r->profit_maintenance_ppm,
         "profit_initial_ppm (not above maintenance)"},
        {r->asset_initial_ppm, r->asset_maintenance_ppm,
         "asset_initial_ppm (not above maintenance)"},
        {r->liability_maintenance_ppm, r->liability_initial_ppm,
         "liability_maintenance_ppm (not above initial)"},
    };
    return pli_ordered_check(pairs, sizeof pairs / sizeof pairs[0], fault);
}

static const plm_parameter_field fields[] = {
    PLI_DRIFT_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_drift_record)};

const plm_descriptor pli_drift_descriptor = {
    .id = "drift-v2",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(pli_drift_record),
    .check_coupled = check_record,
};

const plm_model pli_model_drift_v2 = {
    .name = "drift-v2",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Drift v2: weights and ratios that get harder with the square root of the size",
    .descriptor = &pli_drift_descriptor,
    .workspace_size = pli_perpetual_desk_size,
    .require = require,
    .safe_move = NULL,
};
