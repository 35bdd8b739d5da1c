/* books.c: small books for tests: four assets, three underlyings, eight instruments.  SPDX-License-Identifier: Apache-2.0 */
#include "support/books.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
must(ts_books *w, plm_reject reject) {
    assert_string_equal(plm_reject_name(reject), "none");
    pli_ledger_assign(&w->ledger);
    pli_undo_commit(&w->undo);
}

static void
list_asset(ts_books *w, uint32_t index, const char *name, uint32_t underlying, uint32_t decimals) {
    plm_event_asset body = {.asset_index = index,
                            .underlying_index = underlying,
                            .decimals = decimals,
                            .treatment = PLM_TREATMENT_HAIRCUT,
                            .tier_count = 1,
                            .tier_upto_micros = {INT64_MAX},
                            .borrow_cap_atoms = {0, INT64_C(1) << 60},
                            .kink_ppm = 800000,
                            .rate_zero_ppm = 10000,
                            .rate_kink_ppm = 100000,
                            .rate_full_ppm = 1000000,
                            .reserve_ppm = 100000};
    strcpy(body.name, name);
    must(w, pli_ledger_asset(&w->ledger, &body));
}

static void
list_underlying(ts_books *w, uint32_t index, const char *name, plm_price_domain domain,
                int64_t unit) {
    plm_event_underlying body = {
        .underlying_index = index, .domain = domain, .price_unit = unit, .tick_e8 = 1};
    body.reference_e8 = domain == PLM_PRICE_DOMAIN_ANY ? 50 * TS_B_E8 : 0;
    strcpy(body.name, name);
    must(w, pli_ledger_underlying(&w->ledger, &body));
}

static void
list_instrument(ts_books *w, const char *name, plm_instrument terms) {
    plm_event_instrument body = {.instrument_index = w->ledger.instrument_count,
                                 .kind = terms.kind,
                                 .settlement = terms.settlement,
                                 .right = terms.right,
                                 .premium = terms.premium,
                                 .underlying_index = terms.underlying_index,
                                 .settlement_asset_index = terms.settlement_asset_index,
                                 .lot_e8 = terms.lot_e8,
                                 .strike_e8 = terms.strike_e8,
                                 .expiry_ns = terms.expiry_ns};
    strcpy(body.name, name);
    must(w, pli_ledger_instrument(&w->ledger, &body));
}

static void
list_everything(ts_books *w) {
    enum { BTC, OIL, SHIB };
    const int64_t milli = TS_B_E8 / 1000;
    list_underlying(w, BTC, "BTC", PLM_PRICE_DOMAIN_POSITIVE, 1);
    list_underlying(w, OIL, "OIL", PLM_PRICE_DOMAIN_ANY, 1);
    list_underlying(w, SHIB, "SHIB", PLM_PRICE_DOMAIN_POSITIVE, 1000);
    list_asset(w, TS_B_USD, "USD", PLM_NONE, 6);
    list_asset(w, TS_B_BTC, "BTC", BTC, 8);
    list_asset(w, TS_B_DAI, "DAI", SHIB, 18);
    list_asset(w, TS_B_WHOLE, "WHOLE", OIL, 0);
    list_instrument(w, "PERP",
                    (plm_instrument){PLM_KIND_PERPETUAL, PLM_SETTLEMENT_LINEAR, 0, 0, BTC, TS_B_USD,
                                     milli, 0, 0});
    list_instrument(w, "INVERSE",
                    (plm_instrument){PLM_KIND_PERPETUAL, PLM_SETTLEMENT_INVERSE, 0, 0, BTC,
                                     TS_B_BTC, 10 * TS_B_E8, 0, 0});
    list_instrument(w, "FUTURE",
                    (plm_instrument){PLM_KIND_FUTURE, PLM_SETTLEMENT_LINEAR, 0, 0, OIL, TS_B_USD,
                                     TS_B_E8, 0, TS_B_EXPIRY});
    list_instrument(w, "CALL",
                    (plm_instrument){PLM_KIND_OPTION, PLM_SETTLEMENT_LINEAR, PLM_RIGHT_CALL,
                                     PLM_PREMIUM_PAID, BTC, TS_B_USD, 10 * milli, 11000 * TS_B_E8,
                                     TS_B_EXPIRY});
    list_instrument(w, "PUT",
                    (plm_instrument){PLM_KIND_OPTION, PLM_SETTLEMENT_INVERSE, PLM_RIGHT_PUT,
                                     PLM_PREMIUM_PAID, BTC, TS_B_BTC, 10 * milli, 9000 * TS_B_E8,
                                     TS_B_EXPIRY});
    list_instrument(w, "STYLE",
                    (plm_instrument){PLM_KIND_OPTION, PLM_SETTLEMENT_LINEAR, PLM_RIGHT_CALL,
                                     PLM_PREMIUM_FUTURES_STYLE, OIL, TS_B_USD, TS_B_E8,
                                     50 * TS_B_E8, TS_B_EXPIRY});
    list_instrument(w, "SHIB",
                    (plm_instrument){PLM_KIND_PERPETUAL, PLM_SETTLEMENT_LINEAR, 0, 0, SHIB,
                                     TS_B_DAI, PLM_LOT_E8_MAX, 0, 0});
    list_instrument(w, "COIN",
                    (plm_instrument){PLM_KIND_FUTURE, PLM_SETTLEMENT_INVERSE, 0, 0, BTC, TS_B_BTC,
                                     7 * TS_B_E8, 0, TS_B_EXPIRY});
}

void
ts_books_init_limits(ts_books *w, uint32_t account_count, pli_ledger_limits limits) {
    *w = (ts_books){.time_ns = 1000};
    pli_arena sizing = pli_arena_init_sizing();
    assert_true(pli_ledger_carve(&w->ledger, &limits, &sizing));
    w->block_size = pli_arena_used(&sizing);
    w->block = malloc(w->block_size);
    w->before = malloc(w->block_size);
    size_t undo_size = pli_ledger_undo_size(&limits);
    w->undo_memory = malloc(undo_size);
    assert_non_null(w->block);
    assert_non_null(w->before);
    assert_non_null(w->undo_memory);
    memset(w->block, 0, w->block_size);
    pli_arena arena = pli_arena_init(w->block, w->block_size);
    assert_true(pli_ledger_carve(&w->ledger, &limits, &arena));
    w->state_size = (size_t)((uint8_t *)w->ledger.due - w->block);
    pli_undo_init(&w->undo, w->undo_memory, undo_size);
    w->ledger.undo = &w->undo;
    list_everything(w);
    for (uint32_t i = 0; i < account_count; i += 1) {
        plm_event_account body = {i, PLM_ACCOUNT_CROSS, PLM_NONE, PLM_NONE, i > 4, 0};
        must(w, pli_ledger_account(&w->ledger, 2, &body));
    }
}

void
ts_books_init(ts_books *w, uint32_t account_count) {
    ts_books_init_limits(w, account_count,
                         (pli_ledger_limits){.asset_count = 6,
                                             .underlying_count = 4,
                                             .instrument_count = 10,
                                             .account_count = account_count + 4,
                                             .balance_count = 4,
                                             .position_count = 8,
                                             .order_count = 4});
}

void
ts_books_finish(ts_books *w) {
    free(w->block);
    free(w->before);
    free(w->undo_memory);
}

// The other account that a body names, or PLM_NONE.
static uint32_t
other_account(const plm_event *event) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_TRADE:
        return event->trade_body.maker_account;
    case PLM_EVENT_TYPE_TRANSFER:
        return event->transfer_body.to_account;
    case PLM_EVENT_TYPE_EXCHANGE:
        return event->exchange_body.other_account;
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        return event->position_transfer_body.to_account;
    default:
        return PLM_NONE;
    }
}

static plm_reject
book_cash(ts_books *w, uint32_t account, const plm_event *event) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_DEPOSIT:
        return pli_ledger_deposit(&w->ledger, account, &event->deposit_body);
    case PLM_EVENT_TYPE_WITHDRAW:
        return pli_ledger_withdraw(&w->ledger, account, &event->withdraw_body);
    case PLM_EVENT_TYPE_TRANSFER:
        return pli_ledger_transfer(&w->ledger, account, &event->transfer_body);
    case PLM_EVENT_TYPE_BORROW:
        return pli_ledger_borrow(&w->ledger, account, &event->borrow_body);
    case PLM_EVENT_TYPE_REPAY:
        return pli_ledger_repay(&w->ledger, account, &event->repay_body);
    case PLM_EVENT_TYPE_INTEREST:
        return pli_ledger_interest(&w->ledger, &event->interest_body);
    case PLM_EVENT_TYPE_EXCHANGE:
        return pli_ledger_exchange(&w->ledger, account, &event->exchange_body);
    case PLM_EVENT_TYPE_FUND:
        return pli_ledger_fund(&w->ledger, &event->fund_body);
    default:
        fail_msg("type %u is no event of the ledger", event->header.type);
        return PLM_REJECT_NONE;
    }
}

static plm_reject
book(ts_books *w, uint32_t account, const plm_event *event) {
    switch (event->header.type) {
    case PLM_EVENT_TYPE_ASSET:
        return pli_ledger_asset(&w->ledger, &event->asset_body);
    case PLM_EVENT_TYPE_UNDERLYING:
        return pli_ledger_underlying(&w->ledger, &event->underlying_body);
    case PLM_EVENT_TYPE_INSTRUMENT:
        return pli_ledger_instrument(&w->ledger, &event->instrument_body);
    case PLM_EVENT_TYPE_ACCOUNT:
        return pli_ledger_account(&w->ledger, 2, &event->account_body);
    case PLM_EVENT_TYPE_TRADE:
        return pli_ledger_trade(&w->ledger, account, w->time_ns, &event->trade_body);
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        return pli_ledger_position_transfer(&w->ledger, account, w->time_ns,
                                            &event->position_transfer_body);
    case PLM_EVENT_TYPE_RESERVE:
        return pli_ledger_reserve(&w->ledger, account, w->time_ns, &event->reserve_body);
    case PLM_EVENT_TYPE_RELEASE:
        return pli_ledger_release(&w->ledger, account, &event->release_body);
    case PLM_EVENT_TYPE_SETTLE_PROFIT:
        return pli_ledger_settle_profit(&w->ledger, account, w->time_ns, w->mark_e8,
                                        &event->settle_profit_body);
    case PLM_EVENT_TYPE_FUNDING:
        return pli_ledger_funding(&w->ledger, w->time_ns, &event->funding_body);
    case PLM_EVENT_TYPE_SETTLE_EXPIRY:
        return pli_ledger_settle_expiry(&w->ledger, w->time_ns, &event->settle_expiry_body);
    default:
        return book_cash(w, account, event);
    }
}

plm_reject
ts_books_apply_fast(ts_books *w, uint32_t account, plm_event *event) {
    w->ledger.time_ns = w->time_ns;
    plm_reject reject = PLM_REJECT_NONE;
    uint32_t other = other_account(event);
    if (account != PLM_NONE) {
        reject = pli_ledger_touch(&w->ledger, account);
    }
    if (reject == PLM_REJECT_NONE && other < w->ledger.account_count) {
        reject = pli_ledger_touch(&w->ledger, other);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = book(w, account, event);
    }
    if (reject != PLM_REJECT_NONE) {
        pli_ledger_rollback(&w->ledger);
        return reject;
    }
    pli_ledger_assign(&w->ledger);
    pli_undo_commit(&w->undo);
    return reject;
}

static void
check_books(ts_books *w) {
    const char *broken = pli_ledger_check(&w->ledger);
    if (broken != NULL) {
        fail_msg("%s", broken);
    }
    assert_int_equal(w->ledger.due_count, 0);
}

plm_reject
ts_books_apply(ts_books *w, uint32_t account, plm_event *event) {
    memcpy(w->before, w->block, w->state_size);
    w->ledger.time_ns = w->time_ns;
    pli_ledger before = w->ledger;
    plm_reject reject = PLM_REJECT_NONE;
    uint32_t other = other_account(event);
    if (account != PLM_NONE) {
        reject = pli_ledger_touch(&w->ledger, account);
    }
    if (reject == PLM_REJECT_NONE && other < w->ledger.account_count) {
        reject = pli_ledger_touch(&w->ledger, other);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = book(w, account, event);
    }
    pli_ledger_assign(&w->ledger);
    assert_false(w->undo.is_exhausted);
    if (reject != PLM_REJECT_NONE) {
        w->rejected_count += 1;
        pli_ledger_rollback(&w->ledger);
        assert_memory_equal(w->before, w->block, w->state_size);
        assert_int_equal(before.account_count, w->ledger.account_count);
        assert_int_equal(before.instrument_count, w->ledger.instrument_count);
        assert_int_equal(before.asset_count, w->ledger.asset_count);
        assert_int_equal(before.underlying_count, w->ledger.underlying_count);
        assert_int_equal(before.settling_count, w->ledger.settling_count);
        return reject;
    }
    w->accepted_count += 1;
    pli_undo_commit(&w->undo);
    check_books(w);
    return reject;
}

plm_reject
ts_books_touch(ts_books *w, uint32_t account) {
    w->ledger.time_ns = w->time_ns;
    plm_reject reject = pli_ledger_touch(&w->ledger, account);
    if (reject != PLM_REJECT_NONE) {
        pli_ledger_rollback(&w->ledger);
        return reject;
    }
    pli_ledger_assign(&w->ledger);
    pli_undo_commit(&w->undo);
    check_books(w);
    return reject;
}

void
ts_sweep(ts_books *w, uint32_t instrument) {
    for (uint32_t i = 0; i < w->ledger.account_count; i += 1) {
        assert_int_equal(ts_books_touch(w, i), PLM_REJECT_NONE);
    }
    assert_int_equal(pli_ledger_settled(&w->ledger, instrument), PLM_REJECT_NONE);
    pli_ledger_assign(&w->ledger);
    pli_undo_commit(&w->undo);
    check_books(w);
}

static plm_reject
move_cash(ts_books *w, plm_event_type type, uint32_t account, uint32_t asset, pli_i128 atoms) {
    plm_event event = {.header.type = (uint16_t)type};
    event.deposit_body = (plm_event_deposit){asset, 0, pli_wide_from_i128(atoms)};
    return ts_books_apply(w, account, &event);
}

plm_reject
ts_deposit(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms) {
    return move_cash(w, PLM_EVENT_TYPE_DEPOSIT, account, asset, atoms);
}

plm_reject
ts_withdraw(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms) {
    return move_cash(w, PLM_EVENT_TYPE_WITHDRAW, account, asset, atoms);
}

plm_reject
ts_borrow(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms) {
    return move_cash(w, PLM_EVENT_TYPE_BORROW, account, asset, atoms);
}

plm_reject
ts_repay(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms) {
    return move_cash(w, PLM_EVENT_TYPE_REPAY, account, asset, atoms);
}

plm_reject
ts_transfer(ts_books *w, uint32_t from, uint32_t to, uint32_t asset, pli_i128 atoms) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRANSFER};
    event.transfer_body = (plm_event_transfer){asset, to, pli_wide_from_i128(atoms)};
    return ts_books_apply(w, from, &event);
}

plm_reject
ts_fund(ts_books *w, plm_fund_action action, uint32_t asset, uint32_t instrument, pli_i128 atoms) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_FUND};
    event.fund_body = (plm_event_fund){asset, action, instrument, 0, pli_wide_from_i128(atoms)};
    return ts_books_apply(w, PLM_NONE, &event);
}

plm_reject
ts_trade(ts_books *w, uint32_t taker, uint32_t maker, uint32_t instrument, int64_t lots,
         int64_t price_e8) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRADE};
    event.trade_body = (plm_event_trade){
        .instrument_index = instrument, .maker_account = maker, .lots = lots, .price_e8 = price_e8};
    return ts_books_apply(w, taker, &event);
}

plm_reject
ts_position_transfer(ts_books *w, uint32_t from, uint32_t to, uint32_t instrument, int64_t lots) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_POSITION_TRANSFER};
    event.position_transfer_body = (plm_event_position_transfer){instrument, to, lots};
    return ts_books_apply(w, from, &event);
}

plm_reject
ts_settle_profit(ts_books *w, uint32_t account, uint32_t instrument, int64_t mark_e8) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_PROFIT};
    event.settle_profit_body = (plm_event_settle_profit){instrument, 0};
    w->mark_e8 = &mark_e8;
    plm_reject reject = ts_books_apply(w, account, &event);
    w->mark_e8 = NULL;
    return reject;
}

plm_reject
ts_funding(ts_books *w, uint32_t instrument, int64_t per_lot) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_FUNDING};
    event.funding_body = (plm_event_funding){instrument, 0, per_lot};
    return ts_books_apply(w, PLM_NONE, &event);
}

plm_reject
ts_interest(ts_books *w, uint32_t asset) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_INTEREST};
    event.interest_body = (plm_event_interest){asset, 0};
    return ts_books_apply(w, PLM_NONE, &event);
}

plm_reject
ts_reserve(ts_books *w, uint32_t account, uint64_t order_id, uint32_t instrument, int64_t lots,
           int64_t limit_e8) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_RESERVE};
    event.reserve_body = (plm_event_reserve){.instrument_index = instrument,
                                             .side = lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                                             .lots = lots > 0 ? lots : -lots,
                                             .limit_e8 = limit_e8,
                                             .order_id = order_id};
    return ts_books_apply(w, account, &event);
}

plm_reject
ts_settle(ts_books *w, uint32_t instrument, int64_t price_e8) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY};
    event.settle_expiry_body = (plm_event_settle_expiry){instrument, 0, price_e8};
    w->time_ns = w->time_ns < TS_B_EXPIRY ? TS_B_EXPIRY : w->time_ns;
    plm_reject reject = ts_books_apply(w, PLM_NONE, &event);
    if (reject == PLM_REJECT_NONE) {
        ts_sweep(w, instrument);
    }
    return reject;
}

static int64_t
narrow(pli_i128 value) {
    assert_true(value >= INT64_MIN && value <= INT64_MAX);
    return (int64_t)value;
}

int64_t
ts_atoms(const ts_books *w, uint32_t account, uint32_t asset) {
    return narrow(pli_atoms_held(&w->ledger, account, asset));
}

int64_t
ts_lots(const ts_books *w, uint32_t account, uint32_t instrument) {
    const pli_position *position = pli_position_find(&w->ledger, account, instrument);
    return position != NULL ? position->lots : 0;
}

int64_t
ts_cost(const ts_books *w, uint32_t account, uint32_t instrument) {
    const pli_position *position = pli_position_find(&w->ledger, account, instrument);
    return position != NULL ? narrow(position->cost) : 0;
}

int64_t
ts_unsettled(const ts_books *w, uint32_t account, uint32_t instrument) {
    const pli_position *position = pli_position_find(&w->ledger, account, instrument);
    return position != NULL ? narrow(position->senior.amount - position->senior.drawn +
                                     position->junior.amount - position->junior.drawn)
                            : 0;
}

int64_t
ts_uncollected(const ts_books *w, uint32_t account, uint32_t instrument) {
    const pli_position *position = pli_position_find(&w->ledger, account, instrument);
    return position != NULL ? narrow(position->uncollected) : 0;
}

int64_t
ts_named(const ts_books *w, uint32_t asset, pli_named named) {
    return narrow(w->ledger.assets[asset].named[named]);
}
