/* books_random.c: endless random events on small books, for laws that always hold.    SPDX-License-Identifier: Apache-2.0 */
#include "support/books_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool
one_in(ts_round *r, uint64_t n) {
    return pli_prng_below(&r->prng, n) == 0;
}

void
ts_round_init(ts_round *r, uint64_t seed, uint32_t account_count, bool is_wild) {
    memset(r, 0, sizeof *r);
    r->prng = pli_prng_init(seed);
    // Half of the worlds have room for everything, half run into the ends of their tables.
    bool is_tight = one_in(r, 2);
    ts_books_init_limits(&r->books, account_count,
                         (pli_ledger_limits){.asset_count = TS_B_ASSETS,
                                             .underlying_count = 3,
                                             .instrument_count = TS_B_INSTRUMENTS,
                                             .account_count = account_count,
                                             .balance_count = is_tight ? 2 : TS_B_ASSETS,
                                             .position_count = is_tight ? 3 : TS_B_INSTRUMENTS,
                                             .order_count = 3});
    r->is_wild = is_wild;
    r->sweeping = PLM_NONE;
    r->books.ledger.notes = r->notes;
    r->books.ledger.note_capacity = TS_ROUND_NOTES;
    for (uint32_t i = 0; i < TS_B_ASSETS; i += 1) {
        r->books.ledger.assets[i].borrow_cap = (pli_i128)1 << pli_prng_range_i64(&r->prng, 8, 100);
    }
}

void
ts_round_finish(ts_round *r) {
    ts_books_finish(&r->books);
}

static uint32_t
pick(ts_round *r, uint32_t count) {
    return (uint32_t)pli_prng_below(&r->prng, count);
}

// Mostly an account that exists.
static uint32_t
pick_account(ts_round *r) {
    uint32_t count = r->books.ledger.account_count;
    return one_in(r, 200) ? count + pick(r, 2) : pick(r, count);
}

static uint32_t
pick_instrument(ts_round *r) {
    return one_in(r, 200) ? r->books.ledger.instrument_count : pick(r, TS_B_INSTRUMENTS);
}

static uint32_t
pick_asset(ts_round *r) {
    return one_in(r, 200) ? r->books.ledger.asset_count : pick(r, TS_B_ASSETS);
}

static int64_t
pick_price(ts_round *r, uint32_t instrument) {
    if (r->is_wild && one_in(r, 6)) {
        return pli_prng_edge_i64(&r->prng, -PLM_PRICE_E8_MAX, PLM_PRICE_E8_MAX);
    }
    if (one_in(r, 60)) {
        return pli_prng_edge_i64(&r->prng, -2, 2);
    }
    switch (instrument) {
    case TS_B_PERP:
    case TS_B_INVERSE:
    case TS_B_COIN:
        return pli_prng_range_i64(&r->prng, 9500, 10500) * TS_B_E8 +
               pli_prng_range_i64(&r->prng, 0, 99);
    case TS_B_PUT:
        return pli_prng_range_i64(&r->prng, 0, TS_B_E8 / 10);
    case TS_B_SHIB:
        return pli_prng_range_i64(&r->prng, 1, 1000000);
    default:
        return pli_prng_range_i64(&r->prng, one_in(r, 4) ? -3 * TS_B_E8 : 1, 60 * TS_B_E8);
    }
}

static int64_t
pick_lots(ts_round *r) {
    if (r->is_wild && one_in(r, 5)) {
        return pli_prng_edge_i64(&r->prng, -PLM_LOTS_MAX - 1, PLM_LOTS_MAX + 1);
    }
    return pli_prng_range_i64(&r->prng, -12, 12);
}

static pli_i128
pick_atoms(ts_round *r) {
    if (r->is_wild && one_in(r, 30)) {
        return (pli_i128)pli_prng_edge_i64(&r->prng, INT64_MIN, INT64_MAX) *
               ((pli_i128)1 << pick(r, 64));
    }
    if (one_in(r, 60)) {
        return pli_prng_range_i64(&r->prng, -1, 1);
    }
    return (pli_i128)1 + (pli_i128)pli_prng_below(&r->prng, UINT64_C(1) << (1 + pick(r, 40)));
}

static void
draw_trade(ts_round *r, plm_event *event, uint32_t account) {
    uint32_t instrument = pick_instrument(r);
    const pli_ledger *ledger = &r->books.ledger;
    event->trade_body = (plm_event_trade){.instrument_index = instrument,
                                          .maker_account = pick_account(r),
                                          .lots = pick_lots(r),
                                          .price_e8 = pick_price(r, instrument)};
    if (one_in(r, 2)) {
        event->trade_body.taker_fee_atoms =
            pli_prng_range_i64(&r->prng, one_in(r, 50) ? -1 : 0, 3000);
        event->trade_body.maker_fee_atoms = pli_prng_range_i64(
            &r->prng, one_in(r, 3) ? -event->trade_body.taker_fee_atoms - 1 : 0, 900);
    }
    // Now and then close what is held, or fill an order that fits.
    const pli_position *held =
        instrument < TS_B_INSTRUMENTS ? pli_position_find(ledger, account, instrument) : NULL;
    if (held != NULL && held->lots != 0 && one_in(r, 3)) {
        event->trade_body.lots = -held->lots;
    }
    uint32_t order_count = ledger->accounts[account].order_count;
    if (order_count > 0 && one_in(r, 3)) {
        const pli_order *order = &pli_ledger_orders(ledger, account)[pick(r, order_count)];
        int64_t lots = pli_prng_range_i64(&r->prng, 1, order->lots);
        event->trade_body.taker_order_id = one_in(r, 10) ? 99 : order->order_id;
        event->trade_body.instrument_index = order->instrument_index;
        event->trade_body.lots = order->side == PLM_SIDE_BUY ? lots : -lots;
        event->trade_body.price_e8 = order->limit_e8 + (one_in(r, 10) ? (lots % 3) - 1 : 0);
    } else if (one_in(r, 60)) {
        event->trade_body.maker_order_id = 1 + pick(r, 4);
    }
}

static void
draw_cash(ts_round *r, plm_event *event) {
    static const plm_event_type types[] = {PLM_EVENT_TYPE_DEPOSIT, PLM_EVENT_TYPE_WITHDRAW,
                                           PLM_EVENT_TYPE_BORROW, PLM_EVENT_TYPE_REPAY,
                                           PLM_EVENT_TYPE_DEPOSIT};
    event->header.type = (uint16_t)types[pick(r, 5)];
    event->deposit_body = (plm_event_deposit){pick_asset(r), 0, pli_wide_from_i128(pick_atoms(r))};
}

static void
draw_exchange(ts_round *r, plm_event *event) {
    if (one_in(r, 2)) {
        event->header.type = PLM_EVENT_TYPE_TRANSFER;
        event->transfer_body =
            (plm_event_transfer){pick_asset(r), pick_account(r), pli_wide_from_i128(pick_atoms(r))};
        return;
    }
    event->header.type = PLM_EVENT_TYPE_EXCHANGE;
    event->exchange_body = (plm_event_exchange){pick_account(r),
                                                pick_asset(r),
                                                pick_asset(r),
                                                0,
                                                pli_wide_from_i128(pick_atoms(r)),
                                                pli_wide_from_i128(pick_atoms(r))};
}

static void
draw_fund(ts_round *r, plm_event *event) {
    uint32_t action = 1 + pick(r, 6);
    bool is_of_market = action == PLM_FUND_ACTION_COMMIT || action >= PLM_FUND_ACTION_KEEP;
    uint32_t instrument = pick_instrument(r);
    uint32_t asset = pick_asset(r);
    if (is_of_market && instrument < TS_B_INSTRUMENTS && !one_in(r, 10)) {
        asset = r->books.ledger.markets[instrument].terms.settlement_asset_index;
    }
    event->header.type = PLM_EVENT_TYPE_FUND;
    event->fund_body =
        (plm_event_fund){asset, action, is_of_market || one_in(r, 50) ? instrument : PLM_NONE, 0,
                         pli_wide_from_i128(pick_atoms(r) >> pick(r, 20))};
}

static void
draw_orders(ts_round *r, plm_event *event) {
    if (one_in(r, 3)) {
        event->header.type = PLM_EVENT_TYPE_RELEASE;
        event->release_body =
            (plm_event_release){1 + pick(r, 5), pli_prng_range_i64(&r->prng, -1, 6)};
        return;
    }
    uint32_t instrument = pick_instrument(r);
    event->header.type = PLM_EVENT_TYPE_RESERVE;
    event->reserve_body = (plm_event_reserve){.instrument_index = instrument,
                                              .side = 1 + pick(r, 2),
                                              .lots = pick_lots(r) + 8,
                                              .limit_e8 = pick_price(r, instrument),
                                              .order_id = pick(r, 6),
                                              .is_reduce_only = pick(r, 2)};
}

static void
draw_position(ts_round *r, plm_event *event, uint32_t account) {
    const pli_ledger *ledger = &r->books.ledger;
    uint32_t instrument = pick_instrument(r);
    uint32_t count = ledger->accounts[account].position_count;
    int64_t lots = pick_lots(r);
    if (count > 0 && !one_in(r, 8)) {
        const pli_position *position = &pli_ledger_positions(ledger, account)[pick(r, count)];
        instrument = position->instrument_index;
        lots = position->lots < 0   ? pli_prng_range_i64(&r->prng, position->lots, -1)
               : position->lots > 0 ? pli_prng_range_i64(&r->prng, 1, position->lots)
                                    : 0;
    }
    switch (pick(r, 3)) {
    case 0:
        event->header.type = PLM_EVENT_TYPE_POSITION_TRANSFER;
        event->position_transfer_body =
            (plm_event_position_transfer){instrument, pick_account(r), lots};
        break;
    case 1:
        event->header.type = PLM_EVENT_TYPE_SETTLE_PROFIT;
        event->settle_profit_body = (plm_event_settle_profit){instrument, 0};
        break;
    default:
        event->header.type = PLM_EVENT_TYPE_FUNDING;
        event->funding_body = (plm_event_funding){
            instrument, 0,
            r->is_wild && one_in(r, 4) ? pli_prng_edge_i64(&r->prng, INT64_MIN, INT64_MAX)
                                       : pli_prng_range_i64(&r->prng, -5000, 5000)};
    }
}

static plm_event
draw_event(ts_round *r, uint32_t account) {
    plm_event event;
    memset(&event, 0, sizeof event);
    uint64_t choice = pli_prng_below(&r->prng, 100);
    if (choice < 50) {
        event.header.type = PLM_EVENT_TYPE_TRADE;
        draw_trade(r, &event, account);
    } else if (choice < 68) {
        draw_cash(r, &event);
    } else if (choice < 74) {
        draw_exchange(r, &event);
    } else if (choice < 79) {
        draw_fund(r, &event);
    } else if (choice < 87) {
        draw_orders(r, &event);
    } else if (choice < 94) {
        draw_position(r, &event, account);
    } else if (choice < 97) {
        event.header.type = PLM_EVENT_TYPE_INTEREST;
        event.interest_body = (plm_event_interest){pick_asset(r), 0};
        r->books.time_ns += (int64_t)pli_prng_below(&r->prng, UINT64_C(1) << (20 + pick(r, 30)));
    } else {
        uint32_t instrument = pick_instrument(r);
        event.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY;
        event.settle_expiry_body =
            (plm_event_settle_expiry){instrument, 0, pick_price(r, instrument)};
        if (one_in(r, 60)) {
            r->books.time_ns = r->books.time_ns < TS_B_EXPIRY ? TS_B_EXPIRY : r->books.time_ns;
        }
    }
    return event;
}

// Notes of an accepted event: what was realised.
static void
count_notes(ts_round *r) {
    pli_ledger *ledger = &r->books.ledger;
    assert_true(ledger->note_count <= TS_ROUND_NOTES);
    for (uint32_t i = 0; i < ledger->note_count; i += 1) {
        const pli_note *note = &r->notes[i];
        if (note->kind != PLI_NOTE_PROFIT) {
            continue;
        }
        bool is_beyond =
            note->a > 0
                ? __builtin_add_overflow(r->profits[note->index], note->a, &r->profits[note->index])
                : __builtin_sub_overflow(r->losses[note->index], note->a, &r->losses[note->index]);
        assert_true(r->is_wild || !is_beyond);
        r->is_beyond[note->index] = r->is_beyond[note->index] || is_beyond;
    }
    ledger->note_count = 0;
}

/* [M10]: what claims ever drew is what was assigned at most; every loss is collected or still uncollected. */
static void
check_round(const ts_round *r) {
    const pli_ledger *ledger = &r->books.ledger;
    for (uint32_t i = 0; i < TS_B_INSTRUMENTS; i += 1) {
        const pli_market_book *market = &ledger->markets[i];
        pli_i128 unsettled = 0;
        pli_i128 uncollected = 0;
        for (uint32_t account = 0; account < ledger->account_count; account += 1) {
            const pli_position *position = pli_position_find(ledger, account, i);
            if (position != NULL) {
                unsettled += position->senior.amount - position->senior.drawn +
                             position->junior.amount - position->junior.drawn;
                uncollected += position->uncollected;
            }
        }
        assert_true(market->assigned <= market->collected + market->committed);
        if (r->is_beyond[i]) {
            continue;
        }
        assert_true(r->profits[i] - unsettled >= 0);
        assert_true(r->profits[i] - unsettled <= market->assigned);
        assert_true(r->losses[i] == market->collected + uncollected);
    }
}

static void
step_sweep(ts_round *r) {
    if (r->cursor < r->books.ledger.account_count) {
        plm_reject reject = ts_books_touch(&r->books, r->cursor);
        assert_true(reject == PLM_REJECT_NONE || r->is_wild);
        if (reject != PLM_REJECT_NONE) {
            // Only an amount that leaves 128 bits stops a sweep, and such a round is over.
            r->sweeping = PLM_NONE;
            r->books.ledger.note_count = 0;
            return;
        }
        r->cursor += 1;
        return;
    }
    assert_int_equal(pli_ledger_settled(&r->books.ledger, r->sweeping), PLM_REJECT_NONE);
    pli_ledger_assign(&r->books.ledger);
    pli_undo_commit(&r->books.undo);
    assert_null(pli_ledger_check(&r->books.ledger));
    r->sweeping = PLM_NONE;
}

void
ts_round_step(ts_round *r) {
    if (r->sweeping != PLM_NONE && one_in(r, 3)) {
        step_sweep(r);
    } else if (one_in(r, 10)) {
        plm_reject reject = ts_books_touch(&r->books, pick(r, r->books.ledger.account_count));
        if (reject != PLM_REJECT_NONE) {
            assert_true(r->is_wild);
            r->books.ledger.note_count = 0;
        }
    } else {
        uint32_t account = pick(r, r->books.ledger.account_count);
        plm_event event = draw_event(r, account);
        int64_t mark = pick_price(r, TS_B_PERP);
        bool is_general = event.header.type == PLM_EVENT_TYPE_FUND ||
                          event.header.type == PLM_EVENT_TYPE_FUNDING ||
                          event.header.type == PLM_EVENT_TYPE_INTEREST ||
                          event.header.type == PLM_EVENT_TYPE_SETTLE_EXPIRY;
        if (event.header.type == PLM_EVENT_TYPE_SETTLE_EXPIRY && r->sweeping != PLM_NONE) {
            return;
        }
        r->books.mark_e8 = one_in(r, 10) ? NULL : &mark;
        plm_reject reject = ts_books_apply(&r->books, is_general ? PLM_NONE : account, &event);
        r->outcomes[event.header.type][reject] += 1;
        if (reject != PLM_REJECT_NONE) {
            r->books.ledger.note_count = 0;
        } else if (event.header.type == PLM_EVENT_TYPE_SETTLE_EXPIRY) {
            r->sweeping = event.settle_expiry_body.instrument_index;
            r->cursor = 0;
        }
    }
    count_notes(r);
    check_round(r);
}
