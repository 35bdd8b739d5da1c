/* desk.c: one small hand-made market for tests: BTC at 10,000 USD, five instruments.  SPDX-License-Identifier: Apache-2.0 */
#include "support/desk.h"

#include <string.h>

#include "base/wide.h"
#include "model/value.h"

static const int64_t start_ns = INT64_C(1700000000000000000);

static void
list_instruments(ts_desk *desk) {
    for (uint32_t i = 0; i < TS_DESK_INSTRUMENTS; i += 1) {
        desk->instruments[i] = (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                                                .settlement = PLM_SETTLEMENT_LINEAR,
                                                .settlement_asset_index = TS_USD,
                                                .lot_e8 = 100000};
        desk->marks[i] = (plm_mark){.mark_e8 = INT64_C(1000000000000), .is_present = true};
    }
    desk->instruments[TS_INVERSE].settlement = PLM_SETTLEMENT_INVERSE;
    desk->instruments[TS_INVERSE].settlement_asset_index = TS_BTC;
    desk->instruments[TS_INVERSE].lot_e8 = 1000000000;
    for (uint32_t i = TS_CALL; i <= TS_PUT; i += 1) {
        desk->instruments[i].kind = PLM_KIND_OPTION;
        desk->instruments[i].right = i == TS_CALL ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
        desk->instruments[i].premium = PLM_PREMIUM_PAID;
        desk->instruments[i].lot_e8 = 1000000;
        desk->instruments[i].strike_e8 = INT64_C(100000000) * (i == TS_CALL ? 11000 : 9000);
        desk->instruments[i].expiry_ns = start_ns + 30 * PLM_DAY_NS;
        desk->marks[i].mark_e8 = INT64_C(100000000) * (i == TS_CALL ? 400 : 300);
    }
    desk->instruments[TS_FUTURE].kind = PLM_KIND_FUTURE;
    desk->instruments[TS_FUTURE].expiry_ns = start_ns + 90 * PLM_DAY_NS;
    desk->marks[TS_FUTURE].mark_e8 = INT64_C(1010000000000);
}

static void
list_market(ts_desk *desk) {
    desk->prices[0] = (plm_underlying_market){
        .price = {.price_e8 = INT64_C(1000000000000),
                  .slow_e8 = INT64_C(1000000000000),
                  .publish_ns = start_ns,
                  .state = PLM_PRICE_STATE_VALID},
        .volatility_ppm = 800000,
        .depth_micros = INT64_C(5000000000000),
        .volume_micros = INT64_C(1000000000000000),
    };
    for (uint32_t i = 0; i < 2; i += 1) {
        desk->expiries[i] = (plm_expiry_market){
            .expiry_ns = start_ns + (i == 0 ? 30 : 90) * PLM_DAY_NS,
            .forward_e8 = INT64_C(1000000000000),
            .slice = {.kind = PLM_SLICE_SVI, .svi = {0.04, 0.1, -0.2, 0.0, 0.1}},
        };
    }
    desk->expiries[1].forward_e8 = INT64_C(1010000000000);
}

void
ts_desk_init(ts_desk *desk) {
    memset(desk, 0, sizeof *desk);
    for (uint32_t i = 0; i < TS_DESK_ASSETS; i += 1) {
        desk->assets[i] = (plm_asset){.underlying_index = i == TS_USD ? PLM_NONE : 0,
                                      .decimals = i == TS_USD ? 6 : 8,
                                      .treatment = PLM_TREATMENT_HAIRCUT,
                                      .tier_count = 1,
                                      .tiers = {{INT64_MAX, 0}}};
    }
    desk->underlyings[0] =
        (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1000000};
    list_instruments(desk);
    list_market(desk);
    desk->listing = (plm_listing){
        TS_DESK_ASSETS, 1, TS_DESK_INSTRUMENTS, desk->assets, desk->underlyings, desk->instruments};
    desk->market = (plm_market){.time = {start_ns},
                                .underlyings = desk->prices,
                                .marks = desk->marks,
                                .expiry_count = 2,
                                .expiries = desk->expiries};
    desk->portfolio = (plm_portfolio){
        .positions = desk->positions, .orders = desk->orders, .balances = desk->balances};
    plm_record_init(&plm_tiered_descriptor, &desk->tiered);
    plm_record_init(&plm_portfolio_descriptor, &desk->parameters);
    desk->input = (plm_margin_input){.listing = &desk->listing,
                                     .market = &desk->market,
                                     .parameters = &desk->tiered,
                                     .portfolio = &desk->portfolio};
    desk->workspace = (plm_workspace){desk->memory, sizeof desk->memory};
}

void
ts_desk_hold(ts_desk *desk, uint32_t instrument, int64_t lots, int64_t entry_e8) {
    pli_i128 cost = 0;
    if (desk->instruments[instrument].settlement == PLM_SETTLEMENT_INVERSE) {
        (void)pli_inverse_coin_e12(&desk->instruments[instrument], &desk->underlyings[0], lots,
                                   entry_e8, PLI_ROUND_DOWN, &cost);
    } else if (pli_is_futures_style(&desk->instruments[instrument])) {
        cost = (pli_i128)lots * entry_e8;
    }
    desk->positions[desk->portfolio.position_count] = (plm_position){
        .instrument_index = instrument, .lots = lots, .cost = pli_wide_from_i128(cost)};
    desk->portfolio.position_count += 1;
}

void
ts_desk_order(ts_desk *desk, uint32_t instrument, plm_side side, int64_t lots, int64_t limit_e8) {
    desk->orders[desk->portfolio.order_count] = (plm_order){
        .instrument_index = instrument, .side = side, .lots = lots, .limit_e8 = limit_e8};
    desk->portfolio.order_count += 1;
}

void
ts_desk_fund(ts_desk *desk, uint32_t asset, int64_t atoms) {
    desk->balances[desk->portfolio.balance_count] =
        (plm_balance){.asset_index = asset, .atoms = pli_wide_from_i128(atoms)};
    desk->portfolio.balance_count += 1;
}
