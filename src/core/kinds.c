/* kinds.c: what is done with each kind of event once it is known who asks.             SPDX-License-Identifier: Apache-2.0 */
#include "core/kinds.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/tree.h"
#include "core/arrays.h"
#include "core/auctions.h"
#include "core/bids.h"
#include "core/expiries.h"
#include "core/forced.h"
#include "core/health.h"
#include "core/jobs.h"
#include "core/living.h"
#include "core/market.h"
#include "core/pool.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/socialise.h"
#include "core/standing.h"

// Touch the header's account and, where it exists and is another one, the other that the body names.
static plm_reject
take_both(plm_core *core, uint32_t account, uint32_t other) {
    plm_core_expect(core, other);
    plm_reject reject = pli_sides_take(core, 0, account);
    if (reject == PLM_REJECT_NONE && other != account && other < core->ledger.account_count) {
        reject = pli_sides_take(core, 1, other);
    }
    return reject;
}

static plm_reject
check_both(plm_core *core, pli_health_rule first, pli_health_rule second, uint32_t instrument) {
    plm_reject reject = pli_health_check(core, &core->sides[0], first, instrument);
    return reject == PLM_REJECT_NONE ? pli_health_check(core, &core->sides[1], second, instrument)
                                     : reject;
}

static plm_reject
handle_time(plm_core *core, const plm_event *event) {
    (void)core;
    (void)event;
    return PLM_REJECT_NONE;
}

static plm_reject
handle_continue(plm_core *core, const plm_event *event) {
    return pli_jobs_continue(core, &event->continue_body);
}

static plm_reject
handle_asset(plm_core *core, const plm_event *event) {
    uint32_t count = core->ledger.asset_count;
    plm_reject reject = pli_ledger_asset(&core->ledger, &event->asset_body);
    if (reject == PLM_REJECT_NONE && core->ledger.asset_count > count) {
        pli_arrays_listed_asset(core, count);
    }
    return reject;
}

static plm_reject
handle_underlying(plm_core *core, const plm_event *event) {
    uint32_t count = core->ledger.underlying_count;
    plm_reject reject = pli_ledger_underlying(&core->ledger, &event->underlying_body);
    if (reject == PLM_REJECT_NONE && event->underlying_body.class_id >= core->limits.class_count) {
        reject = PLM_REJECT_VALUE;
    }
    if (reject == PLM_REJECT_NONE) {
        pli_prices_list(core, count);
        pli_arrays_listed_underlying(core);
    }
    return reject;
}

static plm_reject
handle_instrument(plm_core *core, const plm_event *event) {
    uint32_t count = core->ledger.instrument_count;
    plm_reject reject = pli_ledger_instrument(&core->ledger, &event->instrument_body);
    if (reject == PLM_REJECT_NONE) {
        pli_arrays_listed_instrument(core, count);
        pli_expiries_restore(core);
    }
    return reject;
}

static plm_reject
handle_account(plm_core *core, const plm_event *event) {
    uint32_t count = core->ledger.account_count;
    plm_reject reject = pli_ledger_account(&core->ledger, core->signer_count, &event->account_body);
    if (reject == PLM_REJECT_NONE) {
        pli_standing_list(core, count);
    }
    return reject;
}

static plm_reject
handle_signer(plm_core *core, const plm_event *event) {
    const plm_event_signer *body = &event->signer_body;
    uint32_t all = PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW | PLM_SCOPE_ORACLE | PLM_SCOPE_ADMIN;
    if (body->signer_index == 0 || body->signer_index > core->signer_count) {
        return PLM_REJECT_INDEX;
    }
    bool is_new = body->signer_index == core->signer_count;
    if (is_new && core->signer_count == core->limits.signer_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    if ((body->scopes & ~all) != 0) {
        return PLM_REJECT_VALUE;
    }
    // Of one that is there key and scopes change; its accounts and the ids it has used stay.
    pli_signer *signer = &core->signers[body->signer_index];
    signer->scopes = body->scopes;
    memcpy(signer->public_key, body->public_key, sizeof signer->public_key);
    core->signer_count += is_new ? 1 : 0;
    return PLM_REJECT_NONE;
}

static plm_reject
handle_source(plm_core *core, const plm_event *event) {
    return pli_prices_source(core, &event->source_body);
}

static plm_reject
handle_anchor(plm_core *core, const plm_event *event) {
    return pli_prices_anchor(core, &event->anchor_body);
}

static plm_reject
handle_deposit(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    return reject == PLM_REJECT_NONE
               ? pli_ledger_deposit(&core->ledger, account, &event->deposit_body)
               : reject;
}

static plm_reject
handle_withdraw(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_sides_take(core, 0, account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_withdraw(&core->ledger, account, &event->withdraw_body);
    }
    return reject == PLM_REJECT_NONE
               ? pli_health_check(core, &core->sides[0], PLI_HEALTH_WITHDRAW, PLM_NONE)
               : reject;
}

static plm_reject
handle_transfer(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, event->transfer_body.to_account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_transfer(&core->ledger, account, &event->transfer_body);
    }
    return reject == PLM_REJECT_NONE
               ? pli_health_check(core, &core->sides[0], PLI_HEALTH_WITHDRAW, PLM_NONE)
               : reject;
}

static plm_reject
handle_borrow(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_sides_take(core, 0, account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_borrow(&core->ledger, account, &event->borrow_body);
    }
    return reject == PLM_REJECT_NONE
               ? pli_health_check(core, &core->sides[0], PLI_HEALTH_WITHDRAW, PLM_NONE)
               : reject;
}

static plm_reject
handle_repay(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    return reject == PLM_REJECT_NONE ? pli_ledger_repay(&core->ledger, account, &event->repay_body)
                                     : reject;
}

static plm_reject
handle_interest(plm_core *core, const plm_event *event) {
    return pli_ledger_interest(&core->ledger, &event->interest_body);
}

static plm_reject
handle_exchange(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, event->exchange_body.other_account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_exchange(&core->ledger, account, &event->exchange_body);
    }
    return reject == PLM_REJECT_NONE
               ? check_both(core, PLI_HEALTH_INITIAL, PLI_HEALTH_INITIAL, PLM_NONE)
               : reject;
}

static plm_reject
handle_fund(plm_core *core, const plm_event *event) {
    // what has been given up and not been written off yet lies in RESIDUE
    if (event->fund_body.action == PLM_FUND_ACTION_RESIDUE &&
        pli_jobs_has_kind(core, PLI_JOB_SOCIALISE)) {
        return PLM_REJECT_BALANCE;
    }
    return pli_ledger_fund(&core->ledger, &event->fund_body);
}

static plm_reject
handle_socialise(plm_core *core, const plm_event *event) {
    return pli_socialise_begin(core, &event->socialise_body);
}

static pli_health_rule
rule_of_order(uint64_t order_id) {
    return order_id == 0             ? PLI_HEALTH_INITIAL
           : pli_forced_is(order_id) ? PLI_HEALTH_FORCED
                                     : PLI_HEALTH_MAINTENANCE;
}

static plm_reject
handle_trade(plm_core *core, const plm_event *event) {
    const plm_event_trade *body = &event->trade_body;
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, body->maker_account);
    int64_t open_before = body->instrument_index < core->ledger.instrument_count
                              ? core->ledger.markets[body->instrument_index].open_interest
                              : 0;
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_trade(&core->ledger, account, core->time_ns, body);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t i = body->instrument_index;
    if (core->ledger.markets[i].open_interest > open_before && !pli_living_carries(core, i, 0)) {
        return PLM_REJECT_OPEN_INTEREST;
    }
    reject = check_both(core, rule_of_order(body->taker_order_id),
                        rule_of_order(body->maker_order_id), body->instrument_index);
    if (reject == PLM_REJECT_NONE && pli_forced_is(body->taker_order_id)) {
        pli_auctions_filled(core, account);
    }
    if (reject == PLM_REJECT_NONE && pli_forced_is(body->maker_order_id)) {
        pli_auctions_filled(core, body->maker_account);
    }
    return reject;
}

static plm_reject
handle_position_transfer(plm_core *core, const plm_event *event) {
    const plm_event_position_transfer *body = &event->position_transfer_body;
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, body->to_account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_position_transfer(&core->ledger, account, core->time_ns, body);
    }
    return reject == PLM_REJECT_NONE
               ? check_both(core, PLI_HEALTH_INITIAL, PLI_HEALTH_INITIAL, body->instrument_index)
               : reject;
}

// By how many lots the position would grow on the order's side if the order filled whole.
static int64_t
growth(const plm_core *core, uint32_t account, const plm_event_reserve *body) {
    int64_t lots = 0;
    const pli_position *run = pli_ledger_positions(&core->ledger, account);
    for (uint32_t i = 0; i < core->ledger.accounts[account].position_count; i += 1) {
        if (run[i].instrument_index == body->instrument_index) {
            lots = body->side == PLM_SIDE_BUY ? run[i].lots : -run[i].lots;
        }
    }
    int64_t grown = lots + body->lots;
    return (grown > 0 ? grown : 0) - (lots > 0 ? lots : 0);
}

static plm_reject
handle_reserve(plm_core *core, const plm_event *event) {
    const plm_event_reserve *body = &event->reserve_body;
    uint32_t account = event->header.account;
    plm_reject reject = pli_sides_take(core, 0, account);
    if (reject == PLM_REJECT_NONE && pli_forced_is(body->order_id)) {
        reject = PLM_REJECT_ORDER_DUPLICATE;
    }
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_reserve(&core->ledger, account, core->time_ns, body);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (body->is_reduce_only != 0) {
        if (pli_standing_is_bound(core, account)) {
            return PLM_REJECT_RESTRICTED;
        }
        return pli_health_may_trade(core, body->instrument_index, true) ? PLM_REJECT_NONE
                                                                        : PLM_REJECT_PRICE_STATE;
    }
    int64_t more = growth(core, account, body);
    if (more > 0 && !pli_living_carries(core, body->instrument_index, more)) {
        return PLM_REJECT_OPEN_INTEREST;
    }
    return pli_health_check(core, &core->sides[0], PLI_HEALTH_INITIAL, body->instrument_index);
}

static plm_reject
handle_release(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    if (reject == PLM_REJECT_NONE && pli_forced_is(event->release_body.order_id)) {
        reject = PLM_REJECT_ORDER_UNKNOWN;
    }
    return reject == PLM_REJECT_NONE
               ? pli_ledger_release(&core->ledger, account, &event->release_body)
               : reject;
}

static plm_reject
handle_settle_profit(plm_core *core, const plm_event *event) {
    const plm_event_settle_profit *body = &event->settle_profit_body;
    uint32_t i = body->instrument_index;
    uint32_t account = event->header.account;
    const int64_t *mark_e8 = NULL;
    if (i < core->ledger.instrument_count && core->marks[i].is_present) {
        mark_e8 = &core->marks[i].mark_e8;
    }
    plm_reject reject = pli_sides_take(core, 0, account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_ledger_settle_profit(&core->ledger, account, core->time_ns, mark_e8, body);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t u = core->ledger.listing_instruments[i].underlying_index;
    return pli_prices_allow(core, u, PLM_PRICE_ACTION_SETTLE)
               ? pli_health_check(core, &core->sides[0], PLI_HEALTH_INITIAL, PLM_NONE)
               : PLM_REJECT_PRICE_STATE;
}

static plm_reject
handle_funding(plm_core *core, const plm_event *event) {
    const plm_event_funding *body = &event->funding_body;
    plm_reject reject = pli_ledger_funding(&core->ledger, core->time_ns, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t u = core->ledger.listing_instruments[body->instrument_index].underlying_index;
    return pli_prices_allow(core, u, PLM_PRICE_ACTION_SETTLE) ? PLM_REJECT_NONE
                                                              : PLM_REJECT_PRICE_STATE;
}

static plm_reject
handle_settle_expiry(plm_core *core, const plm_event *event) {
    const plm_event_settle_expiry *body = &event->settle_expiry_body;
    plm_reject reject = pli_ledger_settle_expiry(&core->ledger, core->time_ns, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (!pli_jobs_has_room(core)) {
        return PLM_REJECT_QUEUE_FULL;
    }
    // Where the feed knows the price, nobody else says it.
    int64_t price_e8 = 0;
    plm_status status = pli_expiries_price(core, body->instrument_index, &price_e8);
    if (status == PLM_HISTORY_SHORT) {
        return PLM_REJECT_PRICE_STATE;
    }
    if (status == PLM_OK && price_e8 != body->price_e8) {
        return PLM_REJECT_PRICE;
    }
    pli_state_effect(core, PLM_EFFECT_PHASE, PLM_NONE, body->instrument_index, PLI_PHASE_SETTLING,
                     body->price_e8);
    pli_jobs_push(core, (pli_job){.kind = PLI_JOB_SETTLE, .index = body->instrument_index});
    return PLM_REJECT_NONE;
}

static plm_reject
handle_mark(plm_core *core, const plm_event *event) {
    return pli_market_mark(core, &event->mark_body);
}

static plm_reject
handle_price_report(plm_core *core, const plm_event *event) {
    return pli_prices_report(core, &event->price_report_body);
}

static plm_reject
handle_price(plm_core *core, const plm_event *event) {
    return pli_prices_set(core, &event->price_body);
}

static plm_reject
handle_liquidity(plm_core *core, const plm_event *event) {
    return pli_market_liquidity(core, &event->liquidity_body);
}

static plm_reject
handle_forecast(plm_core *core, const plm_event *event) {
    return pli_market_forecast(core, &event->forecast_body);
}

static plm_reject
handle_surface_slice(plm_core *core, const plm_event *event) {
    return pli_market_slice(core, &event->surface_slice_body);
}

static plm_reject
handle_surface_commit(plm_core *core, const plm_event *event) {
    return pli_market_surface(core, &event->surface_commit_body);
}

static plm_reject
handle_close(plm_core *core, const plm_event *event) {
    return pli_market_close(core, &event->close_body);
}

static plm_reject
handle_scenario_commit(plm_core *core, const plm_event *event) {
    return pli_arrays_commit(core, &event->scenario_commit_body);
}

static plm_reject
handle_supply(plm_core *core, const plm_event *event) {
    return pli_living_supply(core, &event->supply_body);
}

static plm_reject
handle_recalibrate(plm_core *core, const plm_event *event) {
    return pli_living_recalibrate(core, &event->recalibrate_body);
}

static plm_reject
handle_parameters(plm_core *core, const plm_event *event) {
    return pli_records_change(core, &event->parameters_body);
}

static plm_reject
handle_model(plm_core *core, const plm_event *event) {
    const plm_event_model *body = &event->model_body;
    uint32_t index = 0;
    const plm_model *model = plm_model_at(0);
    while (model != NULL &&
           !(pli_text_is_equal(model->name, body->name) && model->version == body->model_version)) {
        index += 1;
        model = plm_model_at(index);
    }
    if (model == NULL) {
        return PLM_REJECT_MODEL_UNKNOWN;
    }
    bool has_arrays = pli_state_active(core, PLM_HORIZON_MAINTENANCE) != NULL &&
                      pli_state_active(core, PLM_HORIZON_INITIAL) != NULL;
    if ((model->needs & PLM_NEEDS_ARRAYS) != 0 && !has_arrays) {
        return PLM_REJECT_MODEL_UNSUPPORTED;
    }
    core->model = model;
    core->model_index = index;
    pli_state_effect(core, PLM_EFFECT_MODEL, PLM_NONE, PLM_NONE, index, 0);
    return PLM_REJECT_NONE;
}

static plm_reject
handle_assess(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    return reject == PLM_REJECT_NONE ? pli_standing_assess(core, account) : reject;
}

static plm_reject
handle_bid(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, event->bid_body.sold_account);
    return reject == PLM_REJECT_NONE ? pli_bids_take(core, account, &event->bid_body) : reject;
}

static plm_reject
handle_pool_join(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, core->ledger.pool_account);
    return reject == PLM_REJECT_NONE ? pli_pool_join(core, account, &event->pool_join_body)
                                     : reject;
}

static plm_reject
handle_pool_leave(plm_core *core, const plm_event *event) {
    uint32_t account = event->header.account;
    plm_reject reject = take_both(core, account, core->ledger.pool_account);
    return reject == PLM_REJECT_NONE ? pli_pool_leave(core, account, &event->pool_leave_body)
                                     : reject;
}

// clang-format off
static const pli_kind_rule rules[] = {
    {PLM_EVENT_TYPE_TIME, PLM_SCOPE_ADMIN, false, handle_time},
    {PLM_EVENT_TYPE_CONTINUE, PLM_SCOPE_ADMIN, false, handle_continue},
    {PLM_EVENT_TYPE_ASSET, PLM_SCOPE_ADMIN, false, handle_asset},
    {PLM_EVENT_TYPE_UNDERLYING, PLM_SCOPE_ADMIN, false, handle_underlying},
    {PLM_EVENT_TYPE_INSTRUMENT, PLM_SCOPE_ADMIN, false, handle_instrument},
    {PLM_EVENT_TYPE_ACCOUNT, PLM_SCOPE_ADMIN, false, handle_account},
    {PLM_EVENT_TYPE_SIGNER, PLM_SCOPE_ADMIN, false, handle_signer},
    {PLM_EVENT_TYPE_SOURCE, PLM_SCOPE_ADMIN, false, handle_source},
    {PLM_EVENT_TYPE_ANCHOR, PLM_SCOPE_ADMIN, false, handle_anchor},
    {PLM_EVENT_TYPE_DEPOSIT, PLM_SCOPE_ADMIN, true, handle_deposit},
    {PLM_EVENT_TYPE_WITHDRAW, PLM_SCOPE_WITHDRAW, true, handle_withdraw},
    {PLM_EVENT_TYPE_TRANSFER, PLM_SCOPE_TRADE, true, handle_transfer},
    {PLM_EVENT_TYPE_BORROW, PLM_SCOPE_WITHDRAW, true, handle_borrow},
    {PLM_EVENT_TYPE_REPAY, PLM_SCOPE_ADMIN, true, handle_repay},
    {PLM_EVENT_TYPE_INTEREST, PLM_SCOPE_ADMIN, false, handle_interest},
    {PLM_EVENT_TYPE_EXCHANGE, PLM_SCOPE_ADMIN, true, handle_exchange},
    {PLM_EVENT_TYPE_FUND, PLM_SCOPE_ADMIN, false, handle_fund},
    {PLM_EVENT_TYPE_TRADE, PLM_SCOPE_ADMIN, true, handle_trade},
    {PLM_EVENT_TYPE_POSITION_TRANSFER, PLM_SCOPE_TRADE, true, handle_position_transfer},
    {PLM_EVENT_TYPE_RESERVE, PLM_SCOPE_TRADE, true, handle_reserve},
    {PLM_EVENT_TYPE_RELEASE, PLM_SCOPE_TRADE, true, handle_release},
    {PLM_EVENT_TYPE_SETTLE_PROFIT, PLM_SCOPE_TRADE, true, handle_settle_profit},
    {PLM_EVENT_TYPE_FUNDING, PLM_SCOPE_ADMIN, false, handle_funding},
    {PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_SCOPE_ADMIN, false, handle_settle_expiry},
    {PLM_EVENT_TYPE_MARK, PLM_SCOPE_ORACLE, false, handle_mark},
    {PLM_EVENT_TYPE_PRICE_REPORT, PLM_SCOPE_ORACLE, false, handle_price_report},
    {PLM_EVENT_TYPE_PRICE, PLM_SCOPE_ORACLE, false, handle_price},
    {PLM_EVENT_TYPE_LIQUIDITY, PLM_SCOPE_ORACLE, false, handle_liquidity},
    {PLM_EVENT_TYPE_FORECAST, PLM_SCOPE_ORACLE, false, handle_forecast},
    {PLM_EVENT_TYPE_SURFACE_SLICE, PLM_SCOPE_ORACLE, false, handle_surface_slice},
    {PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_SCOPE_ORACLE, false, handle_surface_commit},
    {PLM_EVENT_TYPE_CLOSE, PLM_SCOPE_ORACLE, false, handle_close},
    {PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_SCOPE_ADMIN, false, handle_scenario_commit},
    {PLM_EVENT_TYPE_SUPPLY, PLM_SCOPE_ORACLE, false, handle_supply},
    {PLM_EVENT_TYPE_PARAMETERS, PLM_SCOPE_ADMIN, false, handle_parameters},
    {PLM_EVENT_TYPE_MODEL, PLM_SCOPE_ADMIN, false, handle_model},
    {PLM_EVENT_TYPE_RECALIBRATE, PLM_SCOPE_ORACLE, false, handle_recalibrate},
    {PLM_EVENT_TYPE_POOL_JOIN, PLM_SCOPE_WITHDRAW, true, handle_pool_join},
    {PLM_EVENT_TYPE_POOL_LEAVE, PLM_SCOPE_WITHDRAW, true, handle_pool_leave},
    {PLM_EVENT_TYPE_ASSESS, PLM_SCOPE_TRADE, true, handle_assess},
    {PLM_EVENT_TYPE_BID, PLM_SCOPE_TRADE, true, handle_bid},
    {PLM_EVENT_TYPE_SOCIALISE, PLM_SCOPE_ADMIN, false, handle_socialise},
};
// clang-format on

const pli_kind_rule *
pli_kind_rule_find(uint16_t type) {
    uint32_t low = 0;
    uint32_t high = sizeof rules / sizeof rules[0];
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((uint32_t)rules[middle].type <= type) {
            low = middle;
        } else {
            high = middle;
        }
    }
    PLI_ASSERT((uint32_t)rules[low].type == type);
    return &rules[low];
}
