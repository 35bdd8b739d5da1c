/* sale_world.c: an account that the book does not close, and who looks on.              SPDX-License-Identifier: Apache-2.0 */
#include "support/sale_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/wide.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

typedef struct rule {
    const char *field;
    int64_t value;
} rule;

static const rule rules[] = {
    {"auction_cutoff_ppm", 700000},
    {"auction_fast_ns", 60 * SECOND},
    {"auction_slow_ns", 600 * SECOND},
    {"auction_insolvent_ns", 300 * SECOND},
    {"auction_target_ppm", 100000},
    {"slice_max", 1000000},
    {"deleverage", 0},
};

// The record that the numbers below are of, with one more field; version 2, or with it 3.
void
ts_sale_change_rules(ts_core *world, uint32_t version, const char *field, int64_t value) {
    plm_event *event = ts_core_record(world, &plm_liquidation_descriptor, 0, version);
    int64_t *values = event->parameters_body.values;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i += 1) {
        values[ts_core_field(&plm_liquidation_descriptor, rules[i].field)] = rules[i].value;
    }
    values[ts_core_field(&plm_liquidation_descriptor, field)] = value;
    ts_core_must(world);
}

static void
set_rules(ts_core *world) {
    ts_sale_change_rules(world, 2, "auction_reserve_ppm", 100000);
}

/*
 * Account 0 is long 0.5 BTC from 100,000 with 10,000 USD; maintenance is 6.3 % of the notional. Above 80,000 it has something
 * left: at 82,000 equity is 1,000 and maintenance 2,583; at 70,000 it owes 5,000.
 */
void
ts_sale_start(ts_core *world, int64_t fund_usd) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    set_rules(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        int64_t usd = account >= TS_SALE_RICH ? 1000000 : 10000;
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, usd * USD), PLM_REJECT_NONE);
    }
    if (fund_usd > 0) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
        event->fund_body.asset_index = TS_C_USD;
        event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
        event->fund_body.instrument_index = PLM_NONE;
        event->fund_body.atoms = pli_wide_from_i128(fund_usd * USD);
        ts_core_must(world);
    }
    assert_int_equal(
        ts_core_trade(world, TS_SALE_SOLD, TS_SALE_RICH, TS_C_BTC_PERP, 500, 100000 * E8),
        PLM_REJECT_NONE);
}

void
ts_sale_move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

plm_reject
ts_sale_assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, TS_SALE_SOLD);
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

plm_standing
ts_sale_standing(const ts_core *world) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, TS_SALE_SOLD, &of), PLM_OK);
    return of.standing;
}

plm_reject
ts_sale_bid_for(ts_core *world, uint32_t bidder, int64_t share_ppm, int64_t premium_min_ppm) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_BID, bidder);
    event->bid_body.sold_account = TS_SALE_SOLD;
    event->bid_body.round = ts_sale_standing(world).round_count;
    event->bid_body.share_ppm = share_ppm;
    event->bid_body.premium_min_ppm = premium_min_ppm;
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

plm_reject
ts_sale_bid(ts_core *world, int64_t share_ppm) {
    return ts_sale_bid_for(world, TS_SALE_BIDDER, share_ppm, 0);
}

ts_sale_holding
ts_sale_held(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    ts_sale_holding out = {0, 0};
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    for (uint32_t i = 0; i < portfolio.position_count; i += 1) {
        out.lots += positions[i].instrument_index == TS_C_BTC_PERP ? positions[i].lots : 0;
    }
    for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
        out.usd_micros += balances[i].asset_index == TS_C_USD
                              ? (int64_t)pli_i128_from_wide(balances[i].atoms)
                              : 0;
    }
    return out;
}

plm_asset_totals
ts_sale_usd(const ts_core *world) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, TS_C_USD, &totals), PLM_OK);
    return totals;
}

int64_t
ts_sale_small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

// How often the last event told this step of an auction.
uint32_t
ts_sale_told(const ts_core *world, plm_auction_step step) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        const plm_effect *effect = &world->entries[i];
        count += effect->kind == PLM_EFFECT_AUCTION && ts_sale_small(effect->a) == (int64_t)step;
    }
    return count;
}

const plm_effect *
ts_sale_effect_of(const ts_core *world, plm_effect_kind kind) {
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        if (world->entries[i].kind == kind) {
            return &world->entries[i];
        }
    }
    fail();
    return NULL;
}

void
ts_sale_wait(ts_core *world, int64_t seconds) {
    world->time_ns += seconds * SECOND;
}

// Slices that nobody fills, until the fourth assessment begins an auction.
void
ts_sale_fall(ts_core *world, int64_t price_usd) {
    ts_sale_move(world, price_usd);
    for (uint32_t round = 0; round < 3; round += 1) {
        assert_int_equal(ts_sale_assess(world), PLM_REJECT_NONE);
        assert_int_equal(ts_sale_standing(world).stage, PLM_STAGE_PARTIAL);
        ts_sale_wait(world, 1);
    }
    assert_int_equal(ts_sale_assess(world), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(world).stage, PLM_STAGE_AUCTION);
    assert_int_equal(ts_sale_told(world, PLM_AUCTION_STARTED), 1);
}

plm_auction_offer
ts_sale_offered(const ts_core *world) {
    plm_auction_offer offer;
    assert_int_equal(plm_core_auction(world->core, TS_SALE_SOLD, &offer, NULL), PLM_OK);
    return offer;
}
